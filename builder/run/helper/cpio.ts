// SPDX-License-Identifier: Apache-2.0
import { closeSync, lstatSync, openSync, readdirSync, readFileSync, readlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { CPIO_TRAILER, cpioMember } from '../../../osinfo/archive/cpio.js';

/**
 * Packs a folder as the kernel unpacks it into its first root. Everything is root's. Files, folders and links only.
 */
export function writeCpio(folder: string, target: string): void {
  const file = openSync(target, 'wx', 0o600);
  let inode = 0;
  const write = (name: string, mode: number, content: Uint8Array): void => {
    inode += 1;
    writeAll(file, cpioMember({ inode, mode, name }, content));
  };
  try {
    const walk = (relative: string): void => {
      for (const name of readdirSync(join(folder, relative)).sort()) {
        const inside = relative === '' ? name : `${relative}/${name}`;
        const path = join(folder, inside);
        const stat = lstatSync(path);
        if (stat.isDirectory()) {
          write(inside, 0o040755, new Uint8Array());
          walk(inside);
        } else if (stat.isSymbolicLink()) write(inside, 0o120777, new TextEncoder().encode(readlinkSync(path)));
        else write(inside, 0o100000 | (stat.mode & 0o777), readFileSync(path));
      }
    };
    walk('');
    write(CPIO_TRAILER, 0, new Uint8Array());
  } finally {
    closeSync(file);
  }
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done, bytes.length - done);
}
