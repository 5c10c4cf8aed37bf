// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { normalTime, type TreeEntry, type TreeListing } from './tree-listing.js';

const BLOCK = 512;

/** Smaller holes are a file system's own affair: some allocate in larger steps. */
const HOLES = 64 * 1024;

const TYPES: Readonly<Record<string, TreeEntry['type']>> = {
  '0': 'file',
  '\0': 'file',
  '2': 'link',
  '3': 'char',
  '4': 'block',
  '5': 'folder',
  '6': 'fifo',
};

type Draft = { -readonly [key in keyof TreeEntry]: TreeEntry[key] };

/**
 * Lists what a tar holds, in the pax form (POSIX.1-2001) with the attributes (`SCHILY.xattr.`) and holes (`GNU.sparse.`,
 * version 1.0) that GNU tar writes. Names are bytes, each a character. Read by a reader of the test's own, which knows nothing of tar(1).
 */
export function listTar(path: string): TreeListing {
  const file = openSync(path, 'r');
  const entries = new Map<string, Draft>();
  const links: [string, string][] = [];
  try {
    let offset = 0;
    let pax = new Map<string, Buffer>();
    for (;;) {
      const header = readBytes(file, offset, BLOCK);
      if (header.length < BLOCK || header.every((byte) => byte === 0)) break;
      offset += BLOCK;
      const type = String.fromCharCode(header[156]!);
      const stored = pax.has('size') ? Number(pax.get('size')) : readNumber(header, 124, 12);
      if (type === 'x') {
        pax = readPax(readBytes(file, offset, stored));
        offset += padded(stored);
        continue;
      }
      if (type === 'g') {
        offset += padded(stored);
        continue;
      }
      const name = (pax.get('GNU.sparse.name') ?? pax.get('path'))?.toString('latin1') ?? headerName(header);
      const full = normalPath(name);
      if (type === '1') {
        links.push([full, normalPath(pax.get('linkpath')?.toString('latin1') ?? readText(header, 157, 100))]);
      } else {
        entries.set(full, readEntry(file, header, pax, type, offset, stored));
        offset += padded(stored);
      }
      pax = new Map();
    }
  } finally {
    closeSync(file);
  }
  for (const [name, first] of links) {
    const entry = entries.get(first);
    if (!entry) throw new Error(`${path}: ${name} is another name of ${first}, which is not there`);
    entries.set(name, entry);
    entry.names = [...entry.names, name].sort();
  }
  return entries;
}

function readEntry(
  file: number,
  header: Buffer,
  pax: ReadonlyMap<string, Buffer>,
  typeflag: string,
  offset: number,
  stored: number,
): Draft {
  const type = TYPES[typeflag];
  if (type === undefined) throw new Error(`a tar entry of type ${JSON.stringify(typeflag)} is not known`);
  const name = (pax.get('GNU.sparse.name') ?? pax.get('path'))?.toString('latin1') ?? headerName(header);
  const sparse = pax.has('GNU.sparse.major');
  const number = (key: string, at: number, length: number): number =>
    pax.has(key) ? Number(pax.get(key)) : readNumber(header, at, length);
  const realSize = sparse ? Number(pax.get('GNU.sparse.realsize')) : stored;
  const isDevice = type === 'block' || type === 'char';
  return {
    type,
    mode: readNumber(header, 100, 8) & 0o7777,
    uid: number('uid', 108, 8),
    gid: number('gid', 116, 8),
    size: type === 'file' ? realSize : 0,
    mtime: normalTime(pax.get('mtime')?.toString() ?? String(readNumber(header, 136, 12))),
    names: [normalPath(name)],
    ...(type === 'link' ? { target: pax.get('linkpath')?.toString('latin1') ?? readText(header, 157, 100) } : {}),
    ...(isDevice ? { device: `${readNumber(header, 329, 8)}:${readNumber(header, 337, 8)}` } : {}),
    attributes: Object.fromEntries(
      [...pax]
        .filter(([key]) => key.startsWith('SCHILY.xattr.'))
        .map(([key, value]) => [key.slice('SCHILY.xattr.'.length), value.toString('hex')]),
    ),
    ...(type === 'file' ? { sha256: hashContent(file, offset, stored, sparse ? realSize : undefined) } : {}),
    sparse: sparse && realSize - stored >= HOLES,
  };
}

/** Of a sparse file: a map in front, a decimal number a line (count, then offset and length of each part), then the parts. */
function hashContent(file: number, offset: number, stored: number, realSize: number | undefined): string {
  const hash = createHash('sha256');
  const take = (from: number, length: number): void => {
    for (let done = 0; done < length; ) {
      const bytes = readBytes(file, from + done, Math.min(1 << 20, length - done));
      hash.update(bytes);
      done += bytes.length;
    }
  };
  if (realSize === undefined) {
    take(offset, stored);
    return hash.digest('hex');
  }
  const numbers: number[] = [];
  let mapBytes = 0;
  let text = '';
  while (numbers.length === 0 || numbers.length < 1 + 2 * numbers[0]!) {
    const end = text.indexOf('\n');
    if (end >= 0) {
      numbers.push(Number(text.slice(0, end)));
      text = text.slice(end + 1);
      continue;
    }
    text += readBytes(file, offset + mapBytes, BLOCK).toString('latin1');
    mapBytes += BLOCK;
  }
  let from = offset + mapBytes;
  let at = 0;
  const zeroes = (length: number): void => {
    for (let done = 0; done < length; ) {
      const step = Math.min(1 << 20, length - done);
      hash.update(Buffer.alloc(step));
      done += step;
    }
  };
  for (let index = 1; index < numbers.length; index += 2) {
    zeroes(numbers[index]! - at);
    take(from, numbers[index + 1]!);
    from += numbers[index + 1]!;
    at = numbers[index]! + numbers[index + 1]!;
  }
  zeroes(realSize - at);
  return hash.digest('hex');
}

/** Records of `LENGTH KEY=VALUE` and a line end, the length being that of the whole record; values are any bytes. */
function readPax(bytes: Buffer): Map<string, Buffer> {
  const records = new Map<string, Buffer>();
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(0x20, at);
    const length = Number(bytes.toString('latin1', at, space));
    if (!(length > 0)) throw new Error('a pax record has no length');
    const equals = bytes.indexOf(0x3d, space);
    records.set(bytes.toString('latin1', space + 1, equals), bytes.subarray(equals + 1, at + length - 1));
    at += length;
  }
  return records;
}

function headerName(header: Buffer): string {
  const prefix = readText(header, 345, 155);
  const name = readText(header, 0, 100);
  return prefix === '' ? name : `${prefix}/${name}`;
}

/** `./usr/` is `/usr`. */
function normalPath(name: string): string {
  const path = name.replace(/^\.?\/?/, '/').replace(/\/$/, '');
  return path === '' ? '/' : path;
}

function padded(bytes: number): number {
  return Math.ceil(bytes / BLOCK) * BLOCK;
}

function readText(header: Buffer, at: number, length: number): string {
  const text = header.toString('latin1', at, at + length);
  const end = text.indexOf('\0');
  return end < 0 ? text : text.slice(0, end);
}

/** Octal digits, or, with the top bit set, the number itself. */
function readNumber(header: Buffer, at: number, length: number): number {
  if ((header[at]! & 0x80) !== 0)
    return header.subarray(at + 1, at + length).reduce((sum, byte) => sum * 256 + byte, 0);
  return Number.parseInt(readText(header, at, length).trim() || '0', 8);
}

function readBytes(file: number, offset: number, length: number): Buffer {
  const buffer = Buffer.alloc(length);
  let done = 0;
  while (done < length) {
    const read = readSync(file, buffer, done, length - done, offset + done);
    if (read === 0) break;
    done += read;
  }
  return buffer.subarray(0, done);
}
