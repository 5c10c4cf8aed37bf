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
 * Firmware of five bytes at the processor's first address (16 bytes below the end of the ROM):
 * `mov al, 0x10; out 0xf4, al; hlt`.
 */
function probeFirmware(): Buffer {
  const rom = Buffer.alloc(65_536, 0xf4);
  Buffer.from([0xb0, PORT_VALUE, 0xe6, 0xf4, 0xf4]).copy(rom, 65_536 - 16);
  return rom;
}

/**
 * Whether guests run under KVM here. /dev/kvm may be there, let machines be made, and never run one instruction: so a
 * guest of five bytes has to end by itself.
 */
export async function probeAccelerator(): Promise<Accelerator> {
  return existsSync('/dev/kvm') && (await runsGuests('kvm')) ? 'kvm' : 'tcg';
}

/** Runs the probe's guest: true when it ended in time by its own instruction. */
export async function runsGuests(accelerator: Accelerator): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'guestwright-probe-'));
  try {
    const firmware = join(folder, 'probe.rom');
    writeFileSync(firmware, probeFirmware());
    const words = [
      ...['qemu-system-x86_64', '-machine', `pc,accel=${accelerator}`, '-m', '16', '-nodefaults', '-no-user-config'],
      ...['-display', 'none', '-bios', firmware, '-device', 'isa-debug-exit,iobase=0xf4,iosize=0x04'],
    ];
    await run(words, { timeoutMs: 5000, okCodes: [EXIT_CODE] });
    return true;
  } catch {
    return false;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
