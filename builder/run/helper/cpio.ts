// SPDX-License-Identifier: Apache-2.0
import { closeSync, lstatSync, openSync, readdirSync, readFileSync, readlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Packs a folder as the kernel unpacks it into its first root: cpio, the `newc` form (the kernel's
 * Documentation/driver-api/early-userspace/buffer-format.rst): 110 characters of header in hexadecimal digits, the name
 * and its NUL, the content, each filled up to four bytes. Everything is root's. Files, folders and links only.
 */
export function writeCpio(folder: string, target: string): void {
  const file = openSync(target, 'wx', 0o600);
  let inode = 0;
  const write = (name: string, mode: number, content: Uint8Array): void => {
    inode += 1;
    const path = new TextEncoder().encode(`${name}\0`);
    const fields = [inode, mode, 0, 0, 1, 0, content.length, 0, 0, 0, 0, path.length, 0];
    const header = new TextEncoder().encode(
      `070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}`,
    );
    writeAll(file, filled([header, path]));
    writeAll(file, filled([content]));
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
    write('TRAILER!!!', 0, new Uint8Array());
  } finally {
    closeSync(file);
  }
}

function filled(parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const bytes = new Uint8Array(Math.ceil(length / 4) * 4);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done, bytes.length - done);
}
