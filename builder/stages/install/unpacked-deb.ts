// SPDX-License-Identifier: Apache-2.0
import { closeSync, fstatSync, openSync, readSync, rmSync, statSync, writeSync } from 'node:fs';
import type { StageContext } from '../../run/context.js';

/*
 * deb(5) in ar(5): a magic line, and members with a header of 60 bytes, each begun at an even place.
 */

const MAGIC = '!<arch>\n';
const HEADER = 60;
/** Where a header has a member's length, in decimal digits. */
const LENGTH = { at: 48, bytes: 10 } as const;
/** A package has three members, and some that nobody knows before the last. */
const MOST_MEMBERS = 16;
/** What stands before the data: the format's version and the package's scripts. */
const MOST_CONTROL = 32 * 1024 * 1024;
/** What xz makes at most of text that repeats itself is no matter: a package that grows more is left as it is. */
const MOST_GROWTH = 24;

/** Most bytes that a package takes when it is written by `writeUnpacked`. */
export function mostUnpackedBytes(path: string): number {
  return MOST_CONTROL + MOST_GROWTH * statSync(path).size;
}

/**
 * Writes a deb package once more, the same but for its files, which are not packed: dpkg takes them without waiting for
 * one processor to unpack them.
 * @returns false where there is nothing to unpack, or no package of that kind
 * @throws ToolError when dpkg-deb(1) cannot read it
 */
export async function writeUnpacked(context: Pick<StageContext, 'tool'>, from: string, to: string): Promise<boolean> {
  const head = readHead(from);
  if (head === undefined) return false;
  const file = openSync(to, 'wx', 0o644);
  try {
    writeSync(file, head);
    const limit = `--fsize=${mostUnpackedBytes(from)}`;
    const script = 'exec dpkg-deb --fsys-tarfile "$1" >>"$2"';
    await context.tool(['prlimit', limit, 'sh', '-c', script, 'sh', from, to]);
    const length = fstatSync(file).size - head.length;
    // A tar has whole blocks of 512 bytes: what follows would begin at an even place.
    writeSync(file, digits(length), head.length - HEADER + LENGTH.at);
    return true;
  } catch (error) {
    rmSync(to, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
}

/** All before the packed files, and a header for them as they are unpacked. */
function readHead(path: string): Buffer | undefined {
  const file = openSync(path, 'r');
  try {
    if (readBytes(file, 0, MAGIC.length).toString('latin1') !== MAGIC) return undefined;
    const end = fstatSync(file).size;
    for (let at = MAGIC.length, count = 0; at < MOST_CONTROL && count < MOST_MEMBERS; count++) {
      const header = readBytes(file, at, HEADER);
      const length = Number(header.toString('latin1', LENGTH.at, LENGTH.at + LENGTH.bytes).trim());
      if (header.length < HEADER || !Number.isSafeInteger(length) || length < 0) return undefined;
      const next = at + HEADER + length + (length % 2);
      if (/^data\.tar\.(xz|gz|bz2|lzma|zst)\/? *$/.test(header.toString('latin1', 0, 16))) {
        if (next < end) return undefined;
        header.write('data.tar'.padEnd(16), 0, 'latin1');
        return Buffer.concat([readBytes(file, 0, at), header]);
      }
      at = next;
    }
    return undefined;
  } finally {
    closeSync(file);
  }
}

function readBytes(file: number, at: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  return bytes.subarray(0, readSync(file, bytes, 0, length, at));
}

function digits(length: number): string {
  return String(length).padEnd(LENGTH.bytes);
}
