// SPDX-License-Identifier: Apache-2.0
import { accessSync, constants, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { cacheFolder } from '../../osinfo/doors/cache.js';
import { run } from '../../osinfo/doors/process.js';
import { machineArch } from '../plan/host.js';
import { findProgram } from '../run/probes.js';

export type Accelerator = 'kvm' | 'tcg';

/** What the probe's guest writes to QEMU's debug-exit port, and the exit code that QEMU makes of it: 2 n + 1. */
const PORT_VALUE = 0x10;
const EXIT_CODE = 33;

/**
 * A disk whose boot sector is `mov al, 0x10; out 0xf4, al; hlt`. It is reached through the whole firmware, which uses
 * timers, protected mode and devices: some nested hosts run single instructions under KVM and no firmware.
 */
function probeDisk(): Buffer {
  const disk = Buffer.alloc(1024 * 1024);
  Buffer.from([0xb0, PORT_VALUE, 0xe6, 0xf4, 0xf4]).copy(disk);
  disk.writeUInt16LE(0xaa55, 510);
  return disk;
}

/** What a guest is run by, and why not by KVM. */
export type Acceleration = { readonly accelerator: 'kvm' } | { readonly accelerator: 'tcg'; readonly why: string };

/**
 * Whether guests of an architecture run under KVM here: those of a PC on one. /dev/kvm may be there, let machines be
 * made, and never come to an end of their firmware: so a guest of five bytes has to be started and to end by itself. What
 * became of it is kept until this machine is started anew, or QEMU is another.
 */
export async function probeAcceleration(arch: string): Promise<Acceleration> {
  const no = (why: string): Acceleration => ({ accelerator: 'tcg', why });
  if (!PC.has(arch) || !PC.has(machineArch()))
    return no(arch === machineArch() ? `KVM is not tried for ${arch}` : `${arch} is not this machine's processor`);
  if (!existsSync('/dev/kvm')) return no('there is no /dev/kvm');
  try {
    accessSync('/dev/kvm', constants.R_OK | constants.W_OK);
  } catch {
    return no(`${userInfo().username} may not use /dev/kvm; sudo adduser ${userInfo().username} kvm, and log in anew`);
  }
  return (await keptVerdict()) ? { accelerator: 'kvm' } : no('/dev/kvm is there, and guests do not run with it');
}

const PC: ReadonlySet<string> = new Set(['x86_64', 'i686']);

/** The accelerator of `probeAcceleration`. */
export async function probeAccelerator(arch = 'x86_64'): Promise<Accelerator> {
  return (await probeAcceleration(arch)).accelerator;
}

/** Guests that do not run take the probe's whole time, and a machine that has such a KVM keeps it. */
async function keptVerdict(): Promise<boolean> {
  const folder = cacheFolder('probes');
  const program = findProgram('qemu-system-x86_64');
  if (folder === undefined || program === undefined) return await runsGuests('kvm');
  const file = join(folder, 'kvm.json');
  const key = [readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(), statSync(program).mtimeMs].join(' ');
  try {
    const [keptKey, kept] = JSON.parse(readFileSync(file, 'utf8')) as [unknown, unknown];
    if (keptKey === key && typeof kept === 'boolean') return kept;
  } catch {
    // Nothing is kept, or nothing that can be read: it is found out again.
  }
  const runs = await runsGuests('kvm');
  try {
    writeFileSync(file, JSON.stringify([key, runs]));
  } catch {
    // It is only slower without.
  }
  return runs;
}

/** Runs the probe's guest: true when it ended in time by its own instruction. */
export async function runsGuests(accelerator: Accelerator): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'guestwright-probe-'));
  try {
    const disk = join(folder, 'probe.raw');
    writeFileSync(disk, probeDisk());
    const words = [
      ...['qemu-system-x86_64', '-machine', `pc,accel=${accelerator}`, '-m', '64', '-nodefaults', '-no-user-config'],
      ...[
        '-display',
        'none',
        '-drive',
        `if=ide,format=raw,file=${disk}`,
        '-device',
        'isa-debug-exit,iobase=0xf4,iosize=0x04',
      ],
    ];
    await run(words, { timeoutMs: 5000, okCodes: [EXIT_CODE] });
    return true;
  } catch {
    return false;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
