// SPDX-License-Identifier: Apache-2.0
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatLibvirt } from '../../osinfo/formats/index.js';
import { LIBVIRT_DISKS } from '../../osinfo/formats/libvirt.js';
import { machineFormat, OUTPUTS, unpackedName } from '../plan/outputs.js';
import type { Plan } from '../plan/types.js';
import type { ImageSizes } from '../sizes/types.js';
import { describeAppliance, writeVirtImage } from '../virt-image/index.js';
import type { DiskFacts } from '../virt-image/model.js';
import type { Checksums } from './checksum.js';
import type { DescribedImage } from './describe.js';
import { networkCards } from './network-cards.js';

/** A finished image, measured. */
export interface MeasuredImage extends DescribedImage {
  readonly checksums: Checksums;
}

export interface MachineInput {
  readonly plan: Plan;
  /** Where the finished images lie now. */
  readonly folder: string;
  /** Where they will lie: libvirt wants absolute paths. */
  readonly outputFolder: string;
}

/** Where libvirt keeps images: what is to be the same bytes in any folder names this one. */
const LIBVIRT_IMAGES = '/var/lib/libvirt/images';

/** Writes how the machine is started, from one of its formats. Nothing to start: nothing to write. */
export function writeMachine(
  { plan, folder, outputFolder }: MachineInput,
  measured: readonly MeasuredImage[],
): { readonly virtImage: string; readonly libvirt?: string } | undefined {
  const format = machineFormat(plan.outputs.formats);
  if (format === undefined) return undefined;
  const images = plan.disks.map(
    (disk) => measured.find((image) => image.disk === disk.name && image.format === format)!,
  );
  const { container, packed } = OUTPUTS[format];
  const virtImage = `${plan.name}.xml`;
  const descriptor = describeAppliance({
    name: plan.name,
    ...(plan.version === undefined ? {} : { version: plan.version }),
    ...(plan.release === undefined ? {} : { release: plan.release }),
    recommendation: plan.recommendation,
    arch: plan.arch.name,
    interfaces: networkCards(plan),
    disks: images.map((image) => ({
      file: image.file,
      format: container,
      use: 'system' as const,
      checksums: plan.outputs.checksum ? image.checksums : {},
      ...descriptorSizes(plan, image.sizes),
    })),
  });
  writeFileSync(join(folder, virtImage), writeVirtImage(descriptor));
  if (!LIBVIRT_DISKS.includes(container)) return { virtImage };
  const place = plan.outputs.sourceDateEpoch === undefined ? outputFolder : LIBVIRT_IMAGES;
  const { text } = formatLibvirt(plan.recommendation, {
    name: plan.name,
    nics: networkCards(plan),
    disks: images.map(({ file }) => ({
      path: join(place, packed ? unpackedName(file) : file),
      format: container,
    })),
  });
  const libvirt = `${plan.name}.libvirt.xml`;
  writeFileSync(join(folder, libvirt), text);
  return { libvirt, virtImage };
}

/** What a disk takes where it was made is nobody's who gets the same bytes from elsewhere. */
function descriptorSizes({ outputs }: Plan, sizes: ImageSizes): Omit<DiskFacts, 'transport'> {
  const { capacityBytes, lengthBytes, allocationBytes, commitmentBytes } = sizes;
  return {
    capacityBytes,
    lengthBytes,
    ...(outputs.sourceDateEpoch === undefined ? { allocationBytes } : {}),
    ...(commitmentBytes === null ? {} : { commitmentBytes }),
  };
}
