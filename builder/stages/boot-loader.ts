// SPDX-License-Identifier: Apache-2.0
import { existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { WorkError } from '../../osinfo/errors.js';
import type { DiskPlan } from '../plan/types.js';
import type { StageContext } from '../run/context.js';
import { sandboxed } from '../run/sandbox.js';
import { GRUB_PLATFORM } from './boot-files.js';
import { readTreeFile } from './files.js';
import { copyToFat } from './filesystem/fat.js';
import { writeAt } from './place.js';

const SECTOR = 512;

/** Modules that find and read the boot menu from either firmware; the rest is loaded from /boot/grub. */
const COMMON_MODULES = [
  'ext2',
  'search',
  'search_fs_uuid',
  'configfile',
  'normal',
  'linux',
  'serial',
  'terminal',
  'echo',
  'test',
  'ls',
] as const;

/** All modules of the first stage, by firmware. */
const MODULES = {
  bios: ['biosdisk', 'part_gpt', ...COMMON_MODULES],
  uefi: ['part_gpt', 'fat', ...COMMON_MODULES, 'efi_gop', 'efi_uga', 'all_video', 'gzio'],
} as const;

/** GRUB's boot.img: only this much of the first sector is code, the rest belongs to the partition table. */
const BOOT_CODE = 440;

/**
 * Makes the disk start from BIOS (boot code, and a core image in the BIOS boot partition) and from UEFI (the removable
 * medium's path on the ESP, so that no firmware variable is needed). The images are made by the system's own GRUB.
 */
export async function installBootLoader(context: StageContext, disk: DiskPlan, image: string): Promise<void> {
  const { plan, tree, scratch } = context;
  const work = join(scratch, 'grub');
  mkdirSync(work, { recursive: true });
  const prefix = `${plan.boot.bootPath}/grub`;
  writeFileSync(
    join(work, 'early.cfg'),
    `search --no-floppy --fs-uuid --set=root ${plan.boot.bootUuid}\nset prefix=($root)${prefix}\nconfigfile $prefix/grub.cfg\n`,
  );
  for (const firmware of plan.boot.firmware) {
    const platform = GRUB_PLATFORM[firmware];
    if (!existsSync(join(tree, 'usr/lib/grub', platform))) {
      throw new WorkError(
        'no-boot-loader',
        `the tree has no GRUB for ${firmware === 'bios' ? 'BIOS' : 'UEFI'}: %post must not remove it`,
      );
    }
    context.detail('disks', `${disk.name}: boot loader for ${firmware === 'bios' ? 'BIOS' : 'UEFI'}`);
    await sandboxed(
      context,
      [
        'grub-mkimage',
        '-O',
        platform,
        '-p',
        prefix,
        '-c',
        '/run/grub/early.cfg',
        '-o',
        `/run/grub/core-${firmware}`,
        ...MODULES[firmware],
      ],
      { binds: [[work, '/run/grub']] },
    );
  }
  writeBiosCode(
    disk,
    image,
    readTreeFile(tree, `usr/lib/grub/${GRUB_PLATFORM.bios}/boot.img`),
    readFileSync(join(work, 'core-bios')),
  );
  await writeEfiFile(context, disk, image, work);
}

/**
 * Places GRUB's two BIOS images: boot.img knows the first sector of the core image (8 bytes at 0x5c, and two no-ops at
 * 0x66 that keep the BIOS's drive number); the core image's first sector knows where its rest lies (block list at its
 * end: start sector at 0x1f4, count at 0x1fc, load segment at 0x1fe). GRUB's own include/grub/offsets.h has the numbers.
 */
function writeBiosCode(disk: DiskPlan, image: string, boot: Buffer, core: Buffer): void {
  const place = disk.partitions.find((partition) => partition.role === 'biosboot')!;
  if (core.length > place.sizeBytes) {
    throw new WorkError(
      'core-too-large',
      `the boot loader needs ${core.length} bytes, more than the BIOS boot partition has`,
    );
  }
  const first = BigInt(place.startBytes / SECTOR);
  const code = Buffer.from(boot.subarray(0, BOOT_CODE));
  code.writeBigUInt64LE(first, 0x5c);
  code.writeUInt16LE(0x9090, 0x66);
  const sectors = Math.ceil(core.length / SECTOR);
  const padded = Buffer.alloc(sectors * SECTOR);
  core.copy(padded);
  padded.writeBigUInt64LE(first + 1n, 0x1f4);
  padded.writeUInt16LE(sectors - 1, 0x1fc);
  padded.writeUInt16LE(0x820, 0x1fe);
  writeAt(image, code, 0);
  writeAt(image, padded, place.startBytes);
}

async function writeEfiFile(context: StageContext, disk: DiskPlan, image: string, work: string): Promise<void> {
  const esp = disk.partitions.find((partition) => partition.role === 'esp')!;
  const folder = join(work, 'esp/EFI/BOOT');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'BOOTX64.EFI'), readFileSync(join(work, 'core-uefi')));
  const epoch = context.plan.outputs.sourceDateEpoch;
  if (epoch !== undefined) {
    for (const path of [join(folder, 'BOOTX64.EFI'), folder, join(work, 'esp/EFI')]) utimesSync(path, epoch, epoch);
  }
  await copyToFat(context, { file: image, offsetBytes: esp.startBytes }, [join(work, 'esp/EFI')], '::/');
}
