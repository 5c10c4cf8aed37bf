// SPDX-License-Identifier: Apache-2.0
import type { Recommendation } from '../../osinfo/recommend/types.js';
import type { BundleFormat } from '../plan/types.js';
import type { HelperShare } from '../run/progress.js';
import type { ImageSizes } from '../sizes/types.js';
import { byPackage, type InstalledPackage } from '../stages/packages/types.js';
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
  readonly packages: readonly ManifestPackage[];
  readonly disks: readonly { readonly name: string; readonly images: readonly ManifestImage[] }[];
  /** What holds disks: an OVA, a containerDisk. */
  readonly bundles?: readonly ManifestBundle[];
  /** The system's tree as a tar, where it was asked for. */
  readonly tree?: ManifestTree;
  /** What tells of the packages: a list of them, and bills of materials. */
  readonly papers?: readonly ManifestPaper[];
  /** What the system is started from without a boot loader, where it was asked for. */
  readonly kernel?: ManifestKernel;
  readonly tools: Readonly<Record<string, string>>;
  /** Seconds since 1970 that the outputs carry; only where SOURCE_DATE_EPOCH asked for it. */
  readonly sourceDateEpoch?: number;
  /** What differs from one build to the next; left out where the outputs are to be the same bytes. */
  readonly stages?: readonly StageDuration[];
  /** Helper machines that were started, as part of a stage; none where every layer could be written without. */
  readonly helpers?: readonly HelperShare[];
  readonly recommendation: Recommendation;
}

export type ManifestPackage = Pick<InstalledPackage, 'name' | 'version' | 'arch'>;

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

export interface ManifestKernel {
  readonly version: string;
  /** Each file beside the manifest, and what it is for. */
  readonly files: readonly {
    readonly role: 'kernel' | 'initrd' | 'command line';
    readonly file: string;
    readonly lengthBytes: number;
    readonly checksums: Checksums;
  }[];
}

/** Disks and what they need, in one file; its sizes are those of an image that is not written to. */
export interface ManifestBundle {
  /** Name of the file beside the manifest. */
  readonly file: string;
  readonly format: BundleFormat;
  /** The disks in it, by name. */
  readonly disks: readonly string[];
  /** What the guest sees of all of them. */
  readonly capacityBytes: number;
  readonly lengthBytes: number;
  /** Left out where the manifest is to be the same bytes. */
  readonly allocationBytes?: number;
  readonly commitmentBytes: number;
  readonly checksums: Checksums;
}

export interface ManifestPaper {
  readonly kind: 'packages' | 'spdx' | 'cyclonedx';
  /** Name of the file beside the manifest. */
  readonly file: string;
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
  readonly packages: readonly ManifestPackage[];
  readonly disks: readonly {
    readonly name: string;
    readonly images: readonly { readonly sizes: ImageSizes; readonly checksums: Checksums }[];
  }[];
  readonly bundles?: readonly ManifestBundle[];
  readonly tree?: ManifestTree;
  readonly papers?: readonly ManifestPaper[];
  readonly kernel?: ManifestKernel;
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
    packages: [...input.packages].sort(byPackage).map(({ name, version, arch }) => ({ name, version, arch })),
    disks: input.disks.map((disk) => ({
      name: disk.name,
      images: disk.images.map(({ sizes, checksums }) => describeImage(sizes, checksums, reproducible)),
    })),
    ...(input.bundles === undefined || input.bundles.length === 0
      ? {}
      : { bundles: input.bundles.map((bundle) => describeBundle(bundle, reproducible)) }),
    ...(input.tree === undefined ? {} : { tree: input.tree }),
    ...(input.papers === undefined ? {} : { papers: input.papers }),
    ...(input.kernel === undefined ? {} : { kernel: input.kernel }),
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

function describeBundle({ allocationBytes, ...bundle }: ManifestBundle, reproducible: boolean): ManifestBundle {
  return reproducible || allocationBytes === undefined ? bundle : { ...bundle, allocationBytes };
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

/** By code units: the same order in every locale. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
