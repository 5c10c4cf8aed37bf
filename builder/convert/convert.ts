// SPDX-License-Identifier: Apache-2.0
import { accessSync, chmodSync, constants, existsSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { outputEpoch } from '../../osinfo/doors/clock.js';
import { InputError, WorkError } from '../../osinfo/errors.js';
import { writeOva } from '../output/bundles/ova.js';
import { checksumFile } from '../output/checksum.js';
import { OUTPUTS, unpackedName } from '../plan/outputs.js';
import type { DiskFormat } from '../plan/types.js';
import { makeWholeFolder } from '../run/whole-folder.js';
import { imageSizes } from '../sizes/image-sizes.js';
import { hexDigits } from '../virt-image/digests.js';
import { describeAppliance, writeVirtImage } from '../virt-image/index.js';
import { diskFormats } from '../virt-image/model.js';
import { describeMachine } from './describe.js';
import { needsRaw, writeDiskImage } from './disk-image.js';
import { checkImage, type FoundDisk } from './find-disks.js';
import { mayBeReadonly } from './lost.js';
import { unpackOvaMember } from './ova.js';
import { type ConvertPlan, containerOf, type PlannedDisk, placeOf } from './plan.js';
import { quoted } from './said.js';

/** A file that a conversion wrote, in its folder. */
export interface WrittenFile {
  readonly file: string;
  readonly kind: 'description' | 'disk' | 'cdrom';
  /** Of a disk: what the guest sees, in bytes. */
  readonly capacityBytes?: number;
}

export interface ConvertOptions {
  /** A line for each disk when it is begun. */
  readonly onStep?: (text: string) => void;
  readonly signal?: AbortSignal;
}

/** A disk as it was written. */
interface MadeDisk {
  readonly file: string;
  readonly path: string;
  readonly capacityBytes: number;
  readonly readonly: boolean;
}

/**
 * Does what a plan says: everything is written into a hidden folder beside the target, which gets its name when all is
 * there. What fails or is stopped leaves nothing, and sources are only read.
 * @throws InputError for a disk that is not what its digest or the description says; WorkError for what cannot be written
 */
export async function runConversion(plan: ConvertPlan, options: ConvertOptions = {}): Promise<readonly WrittenFile[]> {
  checkSpace(plan);
  return await makeWholeFolder(plan.folder, { code: 'convert', signal: options.signal }, async (part) => {
    const disks: MadeDisk[] = [];
    for (const disk of plan.disks) disks.push(await makeDisk(plan, disk, part, options));
    if (plan.cdrom) await copyDisc(plan, plan.cdrom, part, options);
    return await writeDescription(plan, disks, part);
  });
}

/** What the disks take now has to fit, once more for each step on the way. @throws WorkError where it does not */
function checkSpace({ folder, disks, target, diskFormat }: ConvertPlan): void {
  let parent = dirname(folder);
  while (!existsSync(parent) && parent !== dirname(parent)) parent = dirname(parent);
  try {
    accessSync(parent, constants.W_OK);
  } catch (error) {
    throw new WorkError('folder', `you may not write to ${parent}: name another folder with --output`, {
      cause: error,
    });
  }
  const copies = 1 + Number(target.name === 'ova') + Number(diskFormat !== undefined && needsRaw(diskFormat));
  const needed = disks.reduce((sum, { found }) => sum + found.allocationBytes * copies, 0);
  const { bavail, bsize } = statfsSync(parent);
  if (needed > bavail * bsize)
    throw new WorkError(
      'no-space',
      `${parent} has ${mebibytes(bavail * bsize)} MiB free, and the disks take about ${mebibytes(needed)} MiB: make room, or name another folder with --output`,
    );
}

function isPacked(format: DiskFormat): boolean {
  return OUTPUTS[format].packed === true;
}

const mebibytes = (bytes: number): number => Math.ceil(bytes / 1024 ** 2);

async function makeDisk(
  plan: ConvertPlan,
  { found, file }: PlannedDisk,
  part: string,
  { onStep, signal }: ConvertOptions,
): Promise<MadeDisk> {
  signal?.throwIfAborted();
  const { disk } = found;
  onStep?.(`${disk.file ?? 'a blank disk'} → ${file}`);
  const target = join(part, file);
  const scratch = join(part, `.${file}`);
  const unpacked = `${scratch}.source`;
  const format = plan.diskFormat!;
  try {
    const from = await sourceOf(plan, found, unpacked, signal);
    await writeDiskImage(from, format, target, scratch, signal);
  } finally {
    rmSync(unpacked, { force: true });
  }
  const capacityBytes = isPacked(format)
    ? (found.capacityBytes ?? 0)
    : imageSizes(target, { format: containerOf(format) }).capacityBytes;
  return { file, path: target, capacityBytes, readonly: disk.readonly === true };
}

/** The image that QEMU is to read, checked: of an archive it is unpacked first. */
async function sourceOf(
  { source: { machine, path } }: ConvertPlan,
  { disk, from, format, capacityBytes }: FoundDisk,
  unpacked: string,
  signal: AbortSignal | undefined,
): Promise<Parameters<typeof writeDiskImage>[0]> {
  const at = { file: machine.file, line: disk.line };
  const digests = Object.entries(disk.digests ?? {}).filter(([type]) => hexDigits[type] !== undefined);
  const types = digests.map(([type]) => type);
  const verify = (real: Readonly<Record<string, string>>): void => {
    for (const [type, wanted] of digests)
      if (real[type] !== wanted.trim().toLowerCase())
        throw new InputError(
          'convert-digest',
          `${quoted(disk.file ?? '')} is not what its digest says: its ${type} is ${real[type]}`,
          at,
        );
  };
  if (from.kind === 'blank') return { bytes: capacityBytes! };
  if (from.kind === 'member') {
    verify(await unpackOvaMember(path, from.member, unpacked, types, signal));
    const known = checkImage(unpacked, format, disk, at, () => undefined);
    return { path: unpacked, format: known.format };
  }
  if (types.length > 0) verify(await checksumFile(from.path, types, signal));
  return { path: from.path, format };
}

async function copyDisc(
  plan: ConvertPlan,
  { found, file }: NonNullable<ConvertPlan['cdrom']>,
  part: string,
  { onStep, signal }: ConvertOptions,
): Promise<void> {
  onStep?.(`${found.disk.file} → ${file}`);
  const target = join(part, file);
  if (found.from.kind === 'member') await unpackOvaMember(plan.source.path, found.from.member, target, [], signal);
  else if (found.from.kind === 'file') await copyFile(found.from.path, target, constants.COPYFILE_FICLONE);
  chmodSync(target, 0o644);
}

async function writeDescription(plan: ConvertPlan, disks: readonly MadeDisk[], part: string): Promise<WrittenFile[]> {
  const { target, description, recommendation, name, base, folder, nics, macs } = plan;
  const made = disks.map(({ file, capacityBytes }): WrittenFile => ({ file, kind: 'disk', capacityBytes }));
  const discs: WrittenFile[] = plan.cdrom === undefined ? [] : [{ file: plan.cdrom.file, kind: 'cdrom' }];
  if (description === undefined || recommendation === undefined) return made;
  const path = join(part, description);
  const done: WrittenFile = { file: description, kind: 'description' };
  if (target.name === 'ova') {
    await writeOva(path, { name: base, machine: recommendation, disks, nics, mtime: outputEpoch({}) });
    // They are in the archive now.
    for (const disk of disks) rmSync(disk.path);
    return [done, ...discs];
  }
  if (target.name === 'virt-image') {
    writeFileSync(path, await virtImageOf(plan, disks));
    return [done, ...made, ...discs];
  }
  const place = (file: string): string => placeOf(target, folder, base, file);
  const { text } = describeMachine(target, {
    name,
    recommendation,
    disks: disks.map((disk) => ({
      path: place(unpackedName(disk.file)),
      format: containerOf(plan.diskFormat!),
      capacityBytes: disk.capacityBytes,
      fileBytes: statSync(disk.path).size,
      ...(disk.readonly && mayBeReadonly(recommendation.disk) ? { readonly: true } : {}),
    })),
    ...(plan.cdrom === undefined ? {} : { cdrom: place(plan.cdrom.file) }),
    nics,
    macs,
  });
  writeFileSync(path, text, { mode: target.script ? 0o755 : 0o644 });
  return [done, ...made, ...discs];
}

async function virtImageOf(plan: ConvertPlan, disks: readonly MadeDisk[]): Promise<string> {
  const recommendation = plan.recommendation!;
  const format = diskFormats.find((one) => one === containerOf(plan.diskFormat!));
  if (format === undefined)
    throw new InputError('convert-format', `virt-image knows no ${plan.diskFormat}: take qcow2, raw, vmdk or vdi`);
  const described = await Promise.all(
    disks.map(async ({ file, path, capacityBytes }) => ({
      file,
      format,
      use: 'system' as const,
      capacityBytes,
      checksums: await checksumFile(path, ['sha256']),
    })),
  );
  return writeVirtImage(
    describeAppliance({
      name: plan.name,
      recommendation,
      arch: recommendation.arch,
      interfaces: plan.nics,
      imageFirmware: [recommendation.firmware.type === 'uefi' ? 'uefi' : 'bios'],
      disks: described,
    }),
  );
}
