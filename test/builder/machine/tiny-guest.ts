// SPDX-License-Identifier: Apache-2.0
import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';

/**
 * A boot sector for BIOS that says a text on the first serial line and then echoes what it is told there, but for `q`,
 * which powers the machine off, and `w`, which writes the sector once more behind itself and says `W`, or `E` if it could
 * not. Made by GNU as from 16-bit code of twenty instructions.
 */
const CODE = Buffer.from(
  [
    // Segments and stack at zero; print each byte of the text, which lies at 0x7c6a.
    '31c08ed88ec08ed0bc007cfcbe6a7cac08c07405e84200ebf6',
    // Sleep until a byte is there, a clock tick at a time; compare it; echo.
    'bafd03eca8017504fbf4ebf4baf803ec3c7174223c777405e82500ebe3',
    // int 0x13, function 3: write one sector from 0x7c00 to the second of the first disk.
    'b80103b90200ba8000bb007ccd13b0577302b045e80c00ebca',
    // The ACPI register by which a PC of QEMU's is switched off.
    'ba0406b80020eff4ebfd',
    // Put a byte on the serial line when it is free.
    '88c4bafd03eca82074f888e0baf803eec3',
  ].join(''),
  'hex',
);

/** Writes a raw disk of 1 MiB that says this, and returns its path. */
export function writeTinyGuest(path: string, says: string): string {
  const sector = Buffer.alloc(512);
  CODE.copy(sector);
  sector.write(says, CODE.length, 440 - CODE.length - 1, 'latin1');
  sector.writeUInt16LE(0xaa55, 510);
  const file = openSync(path, 'w');
  writeSync(file, sector, 0, 512, 0);
  ftruncateSync(file, 1024 * 1024);
  closeSync(file);
  return path;
}
