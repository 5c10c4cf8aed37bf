// SPDX-License-Identifier: Apache-2.0
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../osinfo/doors/process.js';

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

/**
 * Whether guests of an architecture run under KVM here: those of a PC on one. /dev/kvm may be there, let machines be made, and never come to an end of their
 * firmware: so a guest of five bytes has to be started and to end by itself.
 */
export async function probeAccelerator(arch = 'x86_64'): Promise<Accelerator> {
  const isPc = arch === 'x86_64' || arch === 'i686';
  return isPc && existsSync('/dev/kvm') && (await runsGuests('kvm')) ? 'kvm' : 'tcg';
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
