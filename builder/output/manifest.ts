// SPDX-License-Identifier: Apache-2.0
import type { Recommendation } from '../../osinfo/recommend/types.js';
import type { HelperShare } from '../run/progress.js';
import type { ImageSizes } from '../sizes/types.js';
import type { Checksums } from './checksum.js';

/** What was built, from what, and how: `NAME.manifest.json`, obeying `schema/manifest.schema.json`. Sizes are bytes. */
export interface Manifest {
  readonly format: 'guestwright/manifest/1';
  readonly name: string;
  readonly version?: string;
  readonly release?: string;
  readonly os: ManifestInput['os'];
  readonly arch: string;
  readonly kickstart: { readonly file: string; readonly sha256: string };
  readonly planKey: string;
  readonly packageSource: PackageSource;
  readonly packages: readonly InstalledPackage[];
  readonly disks: readonly { readonly name: string; readonly images: readonly ManifestImage[] }[];
  /** The system's tree as a tar, where it was asked for. */
  readonly tree?: ManifestTree;
  readonly tools: Readonly<Record<string, string>>;
  /** Seconds since 1970 that the outputs carry; only where SOURCE_DATE_EPOCH asked for it. */
  readonly sourceDateEpoch?: number;
  /** What differs from one build to the next; left out where the outputs are to be the same bytes. */
  readonly stages?: readonly StageDuration[];
  /** Helper machines that were started, as part of a stage; none where every layer could be written without. */
  readonly helpers?: readonly HelperShare[];
  readonly recommendation: Recommendation;
}

export interface InstalledPackage {
  readonly name: string;
  readonly version: string;
  readonly arch: string;
}

export interface PackageSource {
  readonly repositories: readonly {
    readonly uri: string;
    readonly suite?: string;
    readonly components?: readonly string[];
  }[];
  /** Who named them, as a sentence. */
  readonly why: string;
}

export interface StageDuration {
  readonly stage: string;
  readonly ms: number;
  readonly cached: boolean;
}

export interface ManifestTree {
  /** Name of the file beside the manifest. */
  readonly file: string;
  readonly format: 'tar';
  readonly lengthBytes: number;
  readonly checksums: Checksums;
}

export interface ManifestImage {
  /** Name of the file beside the manifest. */
  readonly file: string;
  readonly format: string;
  readonly capacityBytes: number;
  readonly lengthBytes: number;
  /** Depends on the file system that the file lies on; left out where the manifest is to be the same bytes. */
  readonly allocationBytes?: number;
  readonly commitmentBytes: number | null;
  readonly commitmentNote?: string;
  readonly clusterBytes?: number;
  /** Of the file as it is stored. */
  readonly checksums: Checksums;
}

export interface ManifestInput {
  readonly name: string;
  readonly version?: string;
  readonly release?: string;
  readonly os: { readonly id: string; readonly shortId?: string; readonly name?: string; readonly why?: string };
  readonly arch: string;
  readonly kickstart: { readonly file: string; readonly sha256: string };
  /** The hash of the plan that was carried out. */
  readonly planKey: string;
  readonly packageSource: PackageSource;
  readonly packages: readonly InstalledPackage[];
  readonly disks: readonly {
    readonly name: string;
    readonly images: readonly { readonly sizes: ImageSizes; readonly checksums: Checksums }[];
  }[];
  readonly tree?: ManifestTree;
  readonly tools: Readonly<Record<string, string>>;
  readonly stages: readonly StageDuration[];
  readonly helpers: readonly HelperShare[];
  readonly recommendation: Recommendation;
  readonly sourceDateEpoch?: number;
}

/**
 * The manifest of a build. Names of files are without their folders, and packages are in order of name, architecture and
 * version. With `sourceDateEpoch` the same build gives the same manifest wherever and whenever it is made: durations,
 * allocations and the database's paths are left out.
 */
export function makeManifest(input: ManifestInput): Manifest {
  const reproducible = input.sourceDateEpoch !== undefined;
  return {
    format: 'guestwright/manifest/1',
    name: input.name,
    ...(input.version === undefined ? {} : { version: input.version }),
    ...(input.release === undefined ? {} : { release: input.release }),
    os: input.os,
    arch: input.arch,
    kickstart: { file: baseName(input.kickstart.file), sha256: input.kickstart.sha256 },
    planKey: input.planKey,
    packageSource: input.packageSource,
    packages: [...input.packages].sort(byName).map(({ name, version, arch }) => ({ name, version, arch })),
    disks: input.disks.map((disk) => ({
      name: disk.name,
      images: disk.images.map(({ sizes, checksums }) => describeImage(sizes, checksums, reproducible)),
    })),
    ...(input.tree === undefined ? {} : { tree: input.tree }),
    tools: Object.fromEntries(Object.entries(input.tools).sort(([a], [b]) => compare(a, b))),
    ...(reproducible
      ? { sourceDateEpoch: input.sourceDateEpoch! }
      : {
          stages: input.stages.map(({ stage, ms, cached }) => ({ stage, ms, cached })),
          helpers: input.helpers.map(({ purpose, machine, ms }) => ({ purpose, machine, ms })),
        }),
    recommendation: reproducible ? withoutPaths(input.recommendation) : input.recommendation,
  };
}

function describeImage(sizes: ImageSizes, checksums: Checksums, reproducible: boolean): ManifestImage {
  return {
    file: baseName(sizes.path),
    format: sizes.format,
    capacityBytes: sizes.capacityBytes,
    lengthBytes: sizes.lengthBytes,
    ...(reproducible ? {} : { allocationBytes: sizes.allocationBytes }),
    commitmentBytes: sizes.commitmentBytes,
    ...(sizes.commitmentNote === undefined ? {} : { commitmentNote: sizes.commitmentNote }),
    ...(sizes.clusterBytes === undefined ? {} : { clusterBytes: sizes.clusterBytes }),
    checksums,
  };
}

/** The facts of a recommendation name lines of the database by its path on this machine. */
function withoutPaths(recommendation: Recommendation): Recommendation {
  return {
    ...recommendation,
    why: recommendation.why.map((decision) => ({
      ...decision,
      facts: decision.facts.map(({ text, from }) => (from === undefined ? { text } : { text, from })),
    })),
  };
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function byName(a: InstalledPackage, b: InstalledPackage): number {
  return compare(a.name, b.name) || compare(a.arch, b.arch) || compare(a.version, b.version);
}

/** By code units: the same order in every locale. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
