// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { OUTPUTS } from '../plan/outputs.js';
import { withoutPassword } from '../plan/rpm/address.js';
import type { DiskFormat, InstallPlan, Plan } from '../plan/types.js';
import type { HelperShare } from '../run/progress.js';
import type { BundleResult, JobResult, KernelResult } from '../run/protocol.js';
import { imageSizes } from '../sizes/index.js';
import type { ImageSizes } from '../sizes/types.js';
import { type Checksums, type ChecksumType, checksumFile } from './checksum.js';
import { checksumFiles } from './checksum-files.js';
import { writeMachine } from './machine-files.js';
import {
  type Manifest,
  type ManifestBundle,
  type ManifestKernel,
  type ManifestTree,
  makeManifest,
  type PackageSource,
  type StageDuration,
} from './manifest.js';
import { formatChecksumFile } from './papers/checksum-file.js';
import { writePapers } from './papers/index.js';
import { type SignOptions, signFile } from './papers/sign.js';

export interface DescribeInput {
  readonly plan: Plan;
  readonly result: JobResult;
  /** Where the finished images lie now. */
  readonly folder: string;
  /** Where they will lie: libvirt wants absolute paths. */
  readonly outputFolder: string;
  readonly stages: readonly StageDuration[];
  readonly helpers: readonly HelperShare[];
  readonly toolVersions: Readonly<Record<string, string>>;
  /** Who signs the checksums. */
  readonly sign?: SignOptions;
  /** Stops the reading of large files. */
  readonly signal?: AbortSignal;
}

export interface DescribedImage {
  readonly disk: string;
  readonly format: DiskFormat;
  readonly file: string;
  readonly sizes: ImageSizes;
}

export interface Described {
  /** Every file of the appliance, without its folder. */
  readonly files: readonly string[];
  readonly images: readonly DescribedImage[];
  readonly manifest: Manifest;
  /** The virt-image XML and the libvirt XML; absent where no disk was asked for, and libvirt's where it has no word for it. */
  readonly virtImage?: string;
  readonly libvirt?: string;
}

/**
 * Measures the finished images and writes the descriptions that lie beside them; checksums of all of it come last, and
 * signatures of those.
 */
export async function describe(input: DescribeInput): Promise<Described> {
  const { plan, result, folder } = input;
  const { checksum, sourceDateEpoch } = plan.outputs;
  const types: ChecksumType[] = checksum ? ['sha1', 'sha256', 'sha512'] : ['sha256'];
  const place = (file: string): string => join(folder, file);
  const key = planKey(plan);
  // Threads of their own digest what is large, and this one writes meanwhile.
  const [digests, papers] = await Promise.all([
    checksumFiles(largeFiles(result).map(place), types, input.signal),
    writePapers(folder, plan, result, key),
  ]);
  const measure = (file: string): Measured => {
    const { size, blocks } = statSync(place(file));
    return { file, lengthBytes: size, allocationBytes: blocks * 512, checksums: digests.get(place(file))! };
  };
  const measured = result.images.map((image) => ({
    ...image,
    sizes: sizesOf(plan, image, place(image.file)),
    checksums: measure(image.file).checksums,
  }));
  const machine = writeMachine(input, measured);
  const bundles = result.bundles.map((bundle) => describeBundle(plan, bundle, measure(bundle.file)));
  const tree = result.tree === undefined ? undefined : describeTree(measure(result.tree));
  const kernel = result.kernelFiles === undefined ? undefined : describeKernel(result.kernelFiles, measure);
  const manifestFile = `${plan.name}.manifest.json`;
  const manifest = makeManifest({
    name: plan.name,
    ...(plan.version === undefined ? {} : { version: plan.version }),
    ...(plan.release === undefined ? {} : { release: plan.release }),
    os: { id: plan.os.id, shortId: plan.os.shortId, name: plan.os.name, why: plan.os.why },
    arch: plan.arch.name,
    kickstart: plan.kickstart,
    planKey: key,
    packageSource: {
      repositories: packageRepositories(plan.install),
      why: plan.install.sourcesWhy,
    },
    packages: result.packages,
    disks: plan.disks.map((disk) => ({
      name: disk.name,
      images: measured
        .filter((image) => image.disk === disk.name)
        .map(({ sizes, checksums }) => withoutSha1({ sizes, checksums })),
    })),
    bundles: bundles.map(withoutSha1),
    ...(tree === undefined ? {} : { tree: withoutSha1(tree) }),
    ...(kernel === undefined ? {} : { kernel: { ...kernel, files: kernel.files.map(withoutSha1) } }),
    papers,
    tools: input.toolVersions,
    stages: input.stages,
    helpers: input.helpers,
    recommendation: plan.recommendation,
    ...(sourceDateEpoch === undefined ? {} : { sourceDateEpoch }),
  });
  writeFileSync(join(folder, manifestFile), `${JSON.stringify(manifest, undefined, 2)}\n`);
  const large = [...measured, ...bundles, ...(tree === undefined ? [] : [tree]), ...(kernel?.files ?? [])];
  const small = [...papers.map(({ file }) => file), manifestFile, ...Object.values(machine ?? {})];
  const sums = await writeChecksumFiles(input, large, small);
  return {
    files: [...large.map(({ file }) => file), ...small, ...sums].sort(),
    images: measured.map(({ disk, format: one, file, sizes }) => ({ disk, format: one, file, sizes })),
    manifest,
    ...machine,
  };
}

/** A finished file, and what it takes. */
interface Measured {
  readonly file: string;
  readonly lengthBytes: number;
  readonly allocationBytes: number;
  readonly checksums: Checksums;
}

/** All that the build made before anything describes it. */
function largeFiles({ images, bundles, tree, kernelFiles }: JobResult): string[] {
  return [
    ...[...images, ...bundles].map(({ file }) => file),
    ...(tree === undefined ? [] : [tree]),
    ...(kernelFiles === undefined ? [] : [kernelFiles.kernel, kernelFiles.initrd, kernelFiles.commandLine]),
  ];
}

/** SHA-1 is for the descriptor's old readers only. */
function withoutSha1<T extends { readonly checksums: Checksums }>(one: T): T {
  const { sha1: _, ...checksums } = one.checksums;
  return { ...one, checksums };
}

/**
 * Writes the digests of all files that were made: SHA-256, and SHA-512 where checksums were asked for. Who checks the
 * signature of such a file and then the file has checked everything.
 * @param large files whose digests are known
 * @returns the names of the files
 */
async function writeChecksumFiles(
  { plan, folder, sign }: DescribeInput,
  large: readonly { readonly file: string; readonly checksums: Checksums }[],
  small: readonly string[],
): Promise<string[]> {
  const { checksum, sourceDateEpoch } = plan.outputs;
  const digests = [
    ...large,
    ...(await Promise.all(
      small.map(async (file) => ({ file, checksums: await checksumFile(join(folder, file), ['sha256', 'sha512']) })),
    )),
  ];
  const written: string[] = [];
  for (const type of checksum ? (['sha256', 'sha512'] as const) : (['sha256'] as const)) {
    const name = `${plan.name}.${type.toUpperCase()}SUMS`;
    const path = join(folder, name);
    writeFileSync(path, formatChecksumFile(new Map(digests.map(({ file, checksums }) => [file, checksums[type]!]))));
    const signatures = sign === undefined ? [] : await signFile(path, sign, sourceDateEpoch);
    written.push(name, ...signatures.map((one) => basename(one)));
  }
  return written;
}

function describeBundle(
  { disks }: Plan,
  { format, disks: names }: BundleResult,
  { file, lengthBytes, allocationBytes, checksums }: Measured,
): ManifestBundle & { readonly allocationBytes: number } {
  const capacities = disks.filter(({ name }) => names.includes(name)).map(({ sizeBytes }) => sizeBytes);
  return {
    file,
    format,
    disks: names,
    capacityBytes: capacities.reduce((sum, bytes) => sum + bytes, 0),
    lengthBytes,
    allocationBytes,
    commitmentBytes: lengthBytes,
    checksums,
  };
}

function describeTree({ file, lengthBytes, checksums }: Measured): ManifestTree {
  return { file, format: 'tar', lengthBytes, checksums };
}

function describeKernel({ version, ...files }: KernelResult, measure: (file: string) => Measured): ManifestKernel {
  const roles = { kernel: 'kernel', initrd: 'initrd', commandLine: 'command line' } as const;
  return {
    version,
    files: (['kernel', 'initrd', 'commandLine'] as const).map((key) => {
      const { file, lengthBytes, checksums } = measure(files[key]);
      return { role: roles[key], file, lengthBytes, checksums };
    }),
  };
}

/** Where the packages came from; a password in an address is nobody's who reads the manifest. */
function packageRepositories(install: InstallPlan): PackageSource['repositories'] {
  return install.family === 'deb'
    ? install.sources.map(({ uri, suite, components }) => ({ uri, suite, components }))
    : install.repositories.map(({ address }) => ({ uri: withoutPassword(address.url) }));
}

function sizesOf(plan: Plan, image: JobResult['images'][number], path: string): ImageSizes {
  const { container, packed } = OUTPUTS[image.format];
  if (!packed) return imageSizes(path, { format: container });
  const { size, blocks } = statSync(path);
  return {
    path,
    format: container,
    formatSource: 'given',
    capacityBytes: plan.disks.find((disk) => disk.name === image.disk)!.sizeBytes,
    lengthBytes: size,
    allocationBytes: blocks * 512,
    commitmentBytes: size,
    commitmentNote: 'packed for transport: it is not written to before it is unpacked',
  };
}

/** What of a plan says where something stands, or why, and not what is done. */
const NOT_DONE: ReadonlySet<string> = new Set(['at', 'why', 'sourcesWhy', 'notices', 'recommendation', 'ovaMachine']);

/** A name for exactly this plan, so that two manifests can be told to be of the same one, wherever its kickstart lies. */
function planKey({ kickstart, ...plan }: Plan): string {
  return createHash('sha256')
    .update(
      JSON.stringify({ kickstart: kickstart.sha256, ...plan }, (key, value: unknown) =>
        NOT_DONE.has(key) ? undefined : value,
      ),
    )
    .digest('hex');
}
