// SPDX-License-Identifier: Apache-2.0
import { closeSync, copyFileSync, existsSync, ftruncateSync, openSync, renameSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { InputError, MissingError } from '../../osinfo/errors.js';
import { formatQemu, ovmf } from '../../osinfo/formats/qemu.js';
import type { Recommendation } from '../../osinfo/recommend/types.js';
import type { Acceleration } from '../boot-test/accelerator.js';
import { probeEmulator } from '../boot-test/emulators.js';
import { readPart } from '../run/file-part.js';
import { type Forward, forwardWord } from './forward.js';
import { refuseOtherFiles } from './other-files.js';
import { panicWords, startedHere } from './started-here.js';
import type { RunnableAppliance, RunnableDisk } from './types.js';

/** What the user wants otherwise than the appliance has it. */
export interface RunWishes {
  /** Absent: as recommended. */
  readonly firmware?: 'bios' | 'uefi';
  readonly memoryMiB?: number;
  readonly vcpus?: number;
  readonly forwards: readonly Forward[];
  /** What the guest writes stays. Default: it is gone with the machine. */
  readonly persist: boolean;
  /** A screen. Absent: there is none, only the serial console. */
  readonly graphics?: 'vnc' | 'gtk' | 'sdl' | undefined;
}

/** A machine that can be started. */
export interface RunPlan {
  readonly appliance: RunnableAppliance;
  readonly wishes: RunWishes;
  /** As it will be: recommendation and wishes together. */
  readonly machine: Recommendation;
  readonly acceleration: Acceleration;
  /** Path of the machine's own variables of UEFI, and what they begin as; absent: they begin anew each time. */
  readonly variables?: { readonly path: string; readonly template: string };
  readonly firmwareCode?: string;
  readonly warnings: readonly string[];
}

const MiB = 1024 ** 2;

/**
 * Decides how an appliance is started.
 * @throws InputError for wishes that it cannot have, and for images that name files of others; MissingError when QEMU for its architecture, or its firmware, is
 *   missing
 */
export function planRun(appliance: RunnableAppliance, wishes: RunWishes, acceleration: Acceleration): RunPlan {
  const machine = machineOf(appliance.recommendation, wishes, acceleration);
  const uefi = probeEmulator(machine.arch, machine.firmware.type === 'uefi' ? 'uefi' : 'bios');
  const firmware = uefi && firmwareOf(machine, uefi);
  appliance.disks.forEach(refuseOtherFiles);
  if (wishes.persist) appliance.disks.forEach(refuseReadOnly);
  const kept = join(dirname(appliance.disks[0]?.path ?? '.'), `${appliance.name}.vars.fd`);
  // What an installer wrote into them says where its loader is: they are the machine's, whether or not they are changed.
  const variables =
    firmware && (wishes.persist || existsSync(kept)) ? { path: kept, template: firmware.variables } : undefined;
  return {
    appliance,
    wishes,
    machine,
    acceleration,
    ...(firmware ? { firmwareCode: firmware.code } : {}),
    ...(variables ? { variables } : {}),
    warnings: appliance.warnings,
  };
}

function machineOf(
  recommendation: Recommendation,
  { firmware, memoryMiB, vcpus, graphics }: RunWishes,
  { accelerator }: Acceleration,
): Recommendation {
  if (firmware === 'bios' && recommendation.arch !== 'x86_64' && recommendation.arch !== 'i686')
    throw new InputError('no-bios', `a machine of ${recommendation.arch} has no BIOS; leave out --bios`);
  const { maximumBytes: _, ...memory } = recommendation.memory ?? {};
  return {
    ...startedHere(recommendation, accelerator),
    ...(firmware === undefined || firmware === recommendation.firmware.type
      ? {}
      : { firmware: { type: firmware, secureBoot: false, enrolledKeys: false, smm: false } }),
    ...(memoryMiB === undefined ? {} : { memoryBytes: memoryMiB * MiB, memory }),
    ...(vcpus === undefined
      ? {}
      : { cpu: { ...recommendation.cpu, count: vcpus, topology: { sockets: 1, cores: vcpus, threads: 1 } } }),
    // A screen that nobody looks at only costs; one that somebody wants to see has to be there.
    ...(graphics !== undefined && recommendation.video.model === 'none' ? { video: { model: 'virtio' } } : {}),
  };
}

/** Paths of UEFI's code, and of what its variables begin as. */
export interface Firmware {
  readonly code: string;
  readonly variables: string;
}

/**
 * With Secure Boot there are other files, which have the keys in them.
 * @throws MissingError where they are not installed
 */
export function firmwareOf({ arch, firmware }: Recommendation, plain: Firmware): Firmware {
  if (!firmware.secureBoot || arch !== 'x86_64') return plain;
  const { code, vars } = ovmf.secure;
  if (existsSync(code)) return { code, variables: vars };
  throw new MissingError(
    'no-ovmf',
    'missing: UEFI firmware with Secure Boot; sudo apt-get install ovmf, or give --bios',
  );
}

/** A VMDK for transport has its pieces compressed (bit 16 of the flags of its header), and is read only. */
function refuseReadOnly({ path, format, blank }: RunnableDisk): void {
  if (format !== 'vmdk' || blank !== undefined) return;
  const head = readPart(path, 0, 12);
  if (head.length === 12 && head.toString('latin1', 0, 4) === 'KDMV' && (head.readUInt32LE(8) & 0x10000) !== 0)
    throw new InputError(
      'persist-vmdk',
      'it is compressed for transport and cannot be written to; leave out --persist',
      {
        file: path,
      },
    );
}

/** How the words of a command are used: started by us, or shown to a person. */
export type Purpose = 'start' | 'show';

/** First descriptor that a program inherits beyond its own three and the control socket. */
const FIRST_FILE = 4;

/**
 * QEMU's command line for a plan, pure.
 * @param purpose `show` takes a serial console from which a person without us finds a way out
 */
export function commandOf(plan: RunPlan, purpose: Purpose): { readonly argv: string[]; readonly warnings: string[] } {
  const { appliance, wishes, machine, firmwareCode, variables } = plan;
  const snapshot = !wishes.persist;
  let blanks = 0;
  const files: string[] = [];
  const disks = appliance.disks.map(({ path, format, blank }) => {
    if (blank === undefined || purpose === 'show' || !snapshot) return { path, format };
    blanks += 1;
    files.push('-add-fd', `fd=${FIRST_FILE + blanks - 1},set=${blanks}`);
    return { path: `/dev/fdset/${blanks}`, format: 'raw' };
  });
  const { argv, warnings } = formatQemu(machine, {
    name: appliance.name,
    disks,
    ...(appliance.cdrom === undefined ? {} : { cdrom: appliance.cdrom }),
    nics: appliance.nics,
    network: 'user',
    forwards: wishes.forwards.map(forwardWord),
    snapshot,
    serial: purpose === 'start' ? 'stdio' : 'none',
    display: wishes.graphics ?? 'none',
    accel: plan.acceleration.accelerator,
    ...(firmwareCode === undefined ? {} : { firmwareCode }),
    ...(variables === undefined ? {} : { firmwareVars: variables.path }),
  });
  return {
    argv: [
      ...argv,
      ...files,
      ...kernelWords(appliance),
      // With QEMU's monitor on it: Ctrl-a x ends the machine.
      ...(purpose === 'show' ? ['-serial', 'mon:stdio'] : []),
      ...panicWords(machine),
    ],
    warnings: [...plan.warnings, ...warnings],
  };
}

function kernelWords({ kernel }: RunnableAppliance): string[] {
  if (kernel === undefined) return [];
  return [
    ...['-kernel', kernel.kernel],
    ...(kernel.initrd === undefined ? [] : ['-initrd', kernel.initrd]),
    ...(kernel.cmdline === undefined ? [] : ['-append', kernel.cmdline]),
  ];
}

/** Opens a file of nothing that has no name, for each disk that is to be blank until the machine ends. */
export function openBlanks({ appliance, wishes }: RunPlan): number[] {
  if (wishes.persist) return [];
  return appliance.disks.flatMap(({ blank }, index) => {
    if (blank?.blankBytes === undefined) return [];
    const path = join(process.env['TMPDIR'] ?? tmpdir(), `guestwright-blank-${process.pid}-${index}`);
    const writable = openSync(path, 'wx', 0o600);
    // QEMU reads it, and keeps what is written elsewhere.
    const readable = openSync(path, 'r');
    unlinkSync(path);
    ftruncateSync(writable, blank.blankBytes);
    closeSync(writable);
    return [readable];
  });
}

/** The machine's own variables of UEFI, made from the template when there are none yet. */
export function provideVariables({ variables }: RunPlan): void {
  if (variables === undefined || existsSync(variables.path)) return;
  const part = `${variables.path}.part`;
  copyFileSync(variables.template, part);
  renameSync(part, variables.path);
}
