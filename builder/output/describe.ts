// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatLibvirt } from '../../osinfo/formats/index.js';
import { machineFormat, OUTPUTS, unpackedName } from '../plan/outputs.js';
import { withoutPassword } from '../plan/rpm/address.js';
import type { DiskFormat, InstallPlan, Plan } from '../plan/types.js';
import type { HelperShare } from '../run/progress.js';
import type { JobResult } from '../run/protocol.js';
import { imageSizes } from '../sizes/index.js';
import type { ImageSizes } from '../sizes/types.js';
import { describeAppliance, writeVirtImage } from '../virt-image/index.js';
import { type DiskFormat as DescriptorFormat, diskFormats as descriptorFormats } from '../virt-image/model.js';
import { type Checksums, checksumFile } from './checksum.js';
import { type Manifest, type ManifestTree, makeManifest, type PackageSource, type StageDuration } from './manifest.js';

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
  /** The virt-image XML and the libvirt XML; absent where no disk was asked for, or one that it has no word for. */
  readonly virtImage?: string;
  readonly libvirt?: string;
}

/** Measures the finished images and writes the descriptions that lie beside them. */
export async function describe(input: DescribeInput): Promise<Described> {
  const { plan, result, folder } = input;
  const measured = await Promise.all(
    result.images.map(async (image) => {
      const path = join(folder, image.file);
      return {
        ...image,
        sizes: sizesOf(plan, image, path),
        checksums: await checksumFile(path, plan.outputs.checksum ? ['sha1', 'sha256'] : ['sha256']),
      };
    }),
  );
  const machine = writeMachine(input, measured);
  const tree = result.tree === undefined ? undefined : await describeTree(folder, result.tree);
  const manifestFile = `${plan.name}.manifest.json`;
  const manifest = makeManifest({
    name: plan.name,
    ...(plan.version === undefined ? {} : { version: plan.version }),
    ...(plan.release === undefined ? {} : { release: plan.release }),
    os: { id: plan.os.id, shortId: plan.os.shortId, name: plan.os.name, why: plan.os.why },
    arch: plan.arch.name,
    kickstart: plan.kickstart,
    planKey: planKey(plan),
    packageSource: {
      repositories: packageRepositories(plan.install),
      why: plan.install.sourcesWhy,
    },
    packages: result.packages,
    disks: plan.disks.map((disk) => ({
      name: disk.name,
      images: measured
        .filter((image) => image.disk === disk.name)
        .map(({ sizes, checksums }) => ({ sizes, checksums: { sha256: checksums.sha256 } })),
    })),
    ...(tree === undefined ? {} : { tree }),
    tools: input.toolVersions,
    stages: input.stages,
    helpers: input.helpers,
    recommendation: plan.recommendation,
    ...(plan.outputs.sourceDateEpoch === undefined ? {} : { sourceDateEpoch: plan.outputs.sourceDateEpoch }),
  });
  writeFileSync(join(folder, manifestFile), `${JSON.stringify(manifest, undefined, 2)}\n`);
  return {
    files: [
      ...measured.map((image) => image.file),
      ...(tree === undefined ? [] : [tree.file]),
      manifestFile,
      ...Object.values(machine ?? {}),
    ].sort(),
    images: measured.map(({ disk, format: one, file, sizes }) => ({ disk, format: one, file, sizes })),
    manifest,
    ...machine,
  };
}

interface MeasuredImage extends DescribedImage {
  readonly checksums: Checksums;
}

/** Writes how the machine is started, from one of its formats. Nothing to start: nothing to write. */
function writeMachine(
  { plan, folder, outputFolder }: DescribeInput,
  measured: readonly MeasuredImage[],
): { readonly virtImage?: string; readonly libvirt: string } | undefined {
  const format = machineFormat(plan.outputs.formats);
  if (format === undefined) return undefined;
  const images = plan.disks.map(
    (disk) => measured.find((image) => image.disk === disk.name && image.format === format)!,
  );
  const { container, packed } = OUTPUTS[format];
  const virtImage = isDescriptorFormat(container) ? `${plan.name}.xml` : undefined;
  if (virtImage !== undefined && isDescriptorFormat(container)) {
    const descriptor = describeAppliance({
      name: plan.name,
      ...(plan.version === undefined ? {} : { version: plan.version }),
      ...(plan.release === undefined ? {} : { release: plan.release }),
      recommendation: plan.recommendation,
      arch: plan.arch.name,
      interfaces: 1,
      disks: images.map((image) => ({
        file: image.file,
        format: container,
        use: 'system' as const,
        checksums: plan.outputs.checksum ? image.checksums : {},
        capacityBytes: image.sizes.capacityBytes,
      })),
    });
    writeFileSync(join(folder, virtImage), writeVirtImage(descriptor));
  }
  const { text } = formatLibvirt(plan.recommendation, {
    name: plan.name,
    disks: images.map(({ file }) => ({
      path: join(outputFolder, packed ? unpackedName(file) : file),
      format: container,
    })),
  });
  const libvirt = `${plan.name}.libvirt.xml`;
  writeFileSync(join(folder, libvirt), text);
  return { libvirt, ...(virtImage === undefined ? {} : { virtImage }) };
}

/** The descriptor's readers know neither VHD nor VHDX. */
function isDescriptorFormat(format: string): format is DescriptorFormat {
  return (descriptorFormats as readonly string[]).includes(format);
}

async function describeTree(folder: string, file: string): Promise<ManifestTree> {
  const path = join(folder, file);
  const { sha256 } = await checksumFile(path, ['sha256']);
  return { file, format: 'tar', lengthBytes: statSync(path).size, checksums: { sha256 } };
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

/** A name for exactly this plan, so that two manifests can be told to be of the same one. */
function planKey(plan: Plan): string {
  return createHash('sha256')
    .update(JSON.stringify({ ...plan, recommendation: undefined, notices: undefined }))
    .digest('hex');
}
