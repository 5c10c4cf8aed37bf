// SPDX-License-Identifier: Apache-2.0
import { renameSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { inspectImage } from '../../osinfo/detect/image/inspect.js';
import type { ImageInspection } from '../../osinfo/detect/image/types.js';
import { GuestwrightError } from '../../osinfo/errors.js';
import { formatLibvirt } from '../../osinfo/formats/index.js';
import type { Db } from '../../osinfo/model/types.js';
import type { Recommendation } from '../../osinfo/recommend/types.js';
import type { Accelerator } from '../boot-test/accelerator.js';
import { type Checksums, checksumFile } from '../output/checksum.js';
import { formatChecksumFile } from '../output/papers/checksum-file.js';
import { imageSizes } from '../sizes/index.js';
import type { ImageSizes } from '../sizes/types.js';
import { describeAppliance, writeVirtImage } from '../virt-image/index.js';
import type { FetchedMedium } from './fetch-medium.js';
import { fileNames, type InstallPlan } from './plan-install.js';
import type { Installation } from './run-installation.js';

/** What was installed, from what, and how: `NAME.install.json`. Sizes are bytes. No secrets. */
export interface InstallRecord {
  readonly format: 'guestwright/install/1';
  readonly name: string;
  readonly os: InstallPlan['os'];
  readonly arch: string;
  readonly medium: {
    /** Of the file: what else its path says is nobody's who gets the machine. */
    readonly file: string;
    readonly address?: string;
    readonly volumeId?: string;
    readonly bytes: number;
    readonly sha256: string;
    /** The published checksum that it was held against. */
    readonly verified?: FetchedMedium['verified'];
  };
  readonly answers?: InstallPlan['answers'];
  /** What lies on the disk, as its own files say. */
  readonly found?: { readonly name: string; readonly shortId?: string };
  readonly disk: Pick<ImageSizes, 'capacityBytes' | 'lengthBytes' | 'allocationBytes' | 'commitmentBytes'> & {
    readonly file: string;
    readonly format: 'qcow2';
    readonly checksums: Checksums;
  };
  readonly accelerator: Accelerator;
  readonly installation: Installation;
  readonly recommendation: Recommendation;
}

export interface DescribeMachineInput {
  readonly plan: InstallPlan;
  readonly medium: Pick<FetchedMedium, 'path' | 'bytes' | 'sha256' | 'verified'>;
  readonly installation: Installation;
  readonly accelerator: Accelerator;
  /** Where the disk lies now. The other files are written beside it. */
  readonly folder: string;
  readonly db: Db;
}

/**
 * Looks at what was installed and writes the descriptions beside it: virt-image XML, libvirt XML, the record, checksums.
 * @returns the record, the names of all files, and what a person should know, a sentence each
 */
export async function describeMachine(input: DescribeMachineInput): Promise<{
  readonly record: InstallRecord;
  readonly files: readonly string[];
  readonly warnings: readonly string[];
}> {
  const { plan, folder, medium } = input;
  const names = fileNames(plan.name);
  const path = join(folder, names.disk);
  const sizes = imageSizes(path, { format: plan.disk.format });
  const checksums = await checksumFile(path, ['sha256']);
  const { found, warnings } = await look(path, input);
  const disk = {
    file: names.disk,
    format: plan.disk.format,
    capacityBytes: sizes.capacityBytes,
    lengthBytes: sizes.lengthBytes,
    allocationBytes: sizes.allocationBytes,
    commitmentBytes: sizes.commitmentBytes,
    checksums,
  };
  const { commitmentBytes, ...facts } = disk;
  writeFileSync(
    join(folder, names.virtImage),
    writeVirtImage(
      describeAppliance({
        name: plan.name,
        recommendation: plan.machine,
        arch: plan.arch,
        // A machine that was used is no longer what its checksum says: that one is in SHA256SUMS.
        disks: [{ ...facts, use: 'system', checksums: {}, ...(commitmentBytes === null ? {} : { commitmentBytes }) }],
      }),
    ),
  );
  const { text } = formatLibvirt(plan.machine, {
    name: plan.name,
    disks: [{ path: join(plan.folder, names.disk), format: plan.disk.format }],
  });
  writeFileSync(join(folder, names.libvirt), text);
  const { from, volumeId } = plan.medium;
  const record: InstallRecord = {
    format: 'guestwright/install/1',
    name: plan.name,
    os: plan.os,
    arch: plan.arch,
    medium: {
      file: basename(medium.path),
      ...(from.kind === 'address' ? { address: from.address } : {}),
      ...(volumeId === undefined ? {} : { volumeId }),
      bytes: medium.bytes,
      sha256: medium.sha256,
      ...(medium.verified === undefined ? {} : { verified: medium.verified }),
    },
    ...(plan.answers === undefined ? {} : { answers: plan.answers }),
    ...(found === undefined ? {} : { found }),
    disk,
    accelerator: input.accelerator,
    installation: input.installation,
    recommendation: plan.machine,
  };
  writeFileSync(join(folder, names.record), `${JSON.stringify(record, undefined, 2)}\n`);
  await writeSums(folder, plan, checksums.sha256);
  return { record, files: plan.files, warnings };
}

async function look(
  path: string,
  { plan, db }: DescribeMachineInput,
): Promise<{ readonly found?: InstallRecord['found']; readonly warnings: readonly string[] }> {
  let inspection: ImageInspection;
  try {
    inspection = await inspectImage(path, { db, format: plan.disk.format });
  } catch (error) {
    if (!(error instanceof GuestwrightError)) throw error;
    return { warnings: [`what was installed cannot be looked at: ${error.message}`] };
  }
  const [guest] = inspection.guests;
  const { bios, uefi } = inspection.boot;
  const warnings = [
    ...(guest === undefined ? ['no installed system that is known was found on the disk'] : []),
    ...(plan.machine.firmware.type === 'bios' && !bios && uefi
      ? ['the disk has no loader for BIOS, from which it was installed']
      : []),
  ];
  if (guest === undefined) return { warnings };
  const shortId = guest.os?.shortId;
  return { found: { name: guest.name, ...(shortId === undefined ? {} : { shortId }) }, warnings };
}

async function writeSums(folder: string, plan: InstallPlan, diskSum: string): Promise<void> {
  const { disk, sums } = fileNames(plan.name);
  const digests = new Map([[disk, diskSum]]);
  for (const file of plan.files) {
    if (file === disk || file === sums) continue;
    digests.set(file, (await checksumFile(join(folder, file), ['sha256'])).sha256);
  }
  const part = join(folder, `${sums}.new`);
  writeFileSync(part, formatChecksumFile(digests));
  renameSync(part, join(folder, sums));
}
