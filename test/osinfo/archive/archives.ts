// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ArchiveSource } from '../../../osinfo/archive/source.js';
import { run } from '../../../osinfo/doors/process.js';

/** A header and its content, written by hand: whatever a hostile archive may say. */
export interface RawEntry {
  readonly name: string;
  readonly type?: string;
  readonly bytes?: string | Buffer;
  /** What the header claims, where it lies. */
  readonly size?: number;
  readonly link?: string;
  /** `ustar\0` + `00`, or GNU's `ustar  \0`, or nothing. */
  readonly magic?: string;
  readonly prefix?: string;
}

export function rawTar(entries: readonly RawEntry[], end = true): Buffer {
  const blocks = entries.flatMap((entry) => {
    const bytes = Buffer.from(entry.bytes ?? '');
    return [header(entry, bytes.length), bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)];
  });
  return Buffer.concat(end ? [...blocks, Buffer.alloc(1024)] : blocks);
}

function header(
  { name, type = '0', size, link = '', magic = 'ustar\x0000', prefix = '' }: RawEntry,
  length: number,
): Buffer {
  const block = Buffer.alloc(512);
  block.write(name, 0, 100, 'utf8');
  block.write('0000644\0', 100);
  block.write(`${(size ?? length).toString(8).padStart(11, '0')}\0`, 124);
  block.write('00000000000\0', 136);
  block.write('        ', 148);
  block.write(type, 156);
  block.write(link, 157, 100);
  block.write(magic, 257, 'latin1');
  block.write(prefix, 345, 155);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

export function sourceOf(bytes: Buffer, name = 'test.tar'): ArchiveSource {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += 7_000) yield bytes.subarray(at, at + 7_000);
  }
  return { name, chunks: chunks() };
}

export async function xz(bytes: Buffer, folder: string): Promise<Buffer> {
  const file = join(folder, `packed-${Math.random()}.tar`);
  writeFileSync(file, bytes);
  await run(['xz', '-1', '--threads=1', file]);
  const packed = readFileSync(`${file}.xz`);
  rmSync(`${file}.xz`);
  return packed;
}

export const os = (id: string, inside = ''): string =>
  `<libosinfo version="0.0.1">\n  <os id="http://e.org/${id}">\n    <short-id>${id.replace('/', '')}</short-id>\n    <name>${id}</name>\n    <vendor>E</vendor>\n${inside}  </os>\n</libosinfo>\n`;

/** A database of a few entries, by paths. */
export function database(
  version: string,
  files: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  return { 'os/e.org/a-1.xml': os('a/1'), 'os/e.org/a-2.xml': os('a/2'), ...files, VERSION: version };
}

/** Its archive, as osinfo-db-export would lay it out. */
export function archiveOf(files: Readonly<Record<string, string>>): Buffer {
  return rawTar(Object.entries(files).map(([path, bytes]) => ({ name: `osinfo-db-1/${path}`, bytes })));
}

export function writeFiles(folder: string, files: Readonly<Record<string, string>>): string {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

/** Every file below a folder with its content; folders that are empty end in a slash. */
export function readFiles(folder: string, inside = ''): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of readdirSync(join(folder, inside)).sort()) {
    const path = join(inside, name);
    if (!statSync(join(folder, path)).isDirectory()) found[path] = readFileSync(join(folder, path), 'utf8');
    else
      Object.assign(
        found,
        readdirSync(join(folder, path)).length === 0 ? { [`${path}/`]: '' } : readFiles(folder, path),
      );
  }
  return found;
}

/** A folder that is gone after the tests of the file. */
export function newFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'guestwright-archive-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
