// SPDX-License-Identifier: Apache-2.0
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { MissingError } from '../../../osinfo/errors.js';
import { findProgram } from '../probes.js';
import { makeInitramfs } from './initramfs.js';
import { diskName, FILES } from './job-folder.js';
import { chooseKernel } from './kernel.js';
import type { HelperContext, HelperJob } from './types.js';

interface Emulator {
  readonly program: string;
  readonly package: string;
  /** `-erms`: with it a guest without KVM has stood still in its copying of memory. */
  readonly machine: readonly string[];
  readonly console: string;
}

/** By Node's name of the architecture. */
const EMULATORS: Readonly<Record<string, Emulator>> = {
  x64: {
    program: 'qemu-system-x86_64',
    package: 'qemu-system-x86',
    machine: ['-machine', 'q35', '-cpu', 'max,-erms'],
    console: 'ttyS0',
  },
  arm64: {
    program: 'qemu-system-aarch64',
    package: 'qemu-system-arm',
    machine: ['-machine', 'virt', '-cpu', 'max'],
    console: 'ttyAMA0',
  },
};

/**
 * Puts kernel and first root into the folder of the job.
 * @throws MissingError when this machine has no QEMU of its own kind, or there is no kernel
 */
export async function prepareQemu(context: HelperContext, job: HelperJob, folder: string): Promise<Emulator> {
  const emulator = EMULATORS[process.arch];
  if (!emulator || findProgram(emulator.program) === undefined)
    throw new MissingError(
      'no-helper-machine',
      `this build needs a helper machine, and ${emulator ? 'neither User Mode Linux nor QEMU runs here' : `there is none for ${process.arch}`}; sudo apt-get install user-mode-linux${emulator ? ` (or ${emulator.package})` : ''}`,
    );
  const { image, modules } = chooseKernel(context);
  copyFileSync(image, join(folder, 'kernel'));
  await makeInitramfs(context, folder, modules, job);
  return emulator;
}

/** QEMU, in the folder of the job: no network, no display, no default devices; the disks are `/dev/vda` … */
export function qemuCommand(job: HelperJob, emulator: Emulator): string[] {
  const disk = (file: string, readOnly: boolean): string[] => [
    '-drive',
    `file=${file},format=raw,if=virtio,cache=unsafe,discard=unmap${readOnly ? ',readonly=on' : ''}`,
  ];
  return [
    emulator.program,
    '-nodefaults',
    '-no-user-config',
    '-no-reboot',
    '-nographic',
    ...emulator.machine,
    '-accel',
    'tcg,thread=multi',
    '-m',
    String((job.memoryMiB ?? 512) + 256),
    '-serial',
    'stdio',
    '-kernel',
    'kernel',
    '-initrd',
    'initrd',
    '-append',
    `console=${emulator.console} quiet panic=-1`,
    ...disk(FILES.start, true),
    ...disk(FILES.job, true),
    ...disk(FILES.report, false),
    ...job.disks.flatMap((one, index) => disk(diskName(index), one.readOnly ?? false)),
  ];
}
