// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, statSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { blockBytes, formatHeader, paddingAfter } from '../../../osinfo/archive/tar-header.js';
import { WorkError } from '../../../osinfo/errors.js';

/** An entry of a tar that is written piece by piece. Names are ours: short, of ASCII. */
export interface TarEntry {
  readonly name: string;
  /** Permissions, and the owner's and group's numbers. Default 0644 (folders 0755), 0 and 0. */
  readonly mode?: number;
  readonly owner?: number;
  readonly content: TarContent;
}

export type TarContent =
  | { readonly kind: 'folder' }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'file'; readonly path: string; readonly size: number }
  /** A tar in the tar. */
  | { readonly kind: 'tar'; readonly entries: readonly TarEntry[] };

/** A file as it is now; one that changes its length while it is packed is an error. */
export function fileContent(path: string): TarContent {
  return { kind: 'file', path, size: statSync(path).size };
}

/** Length of a tar: its entries and two empty blocks. */
export function tarBytes(entries: readonly TarEntry[]): number {
  const size = ({ content }: TarEntry): number => contentBytes(content);
  return entries.reduce((sum, one) => sum + blockBytes + size(one) + paddingAfter(size(one)), 2 * blockBytes);
}

function contentBytes(content: TarContent): number {
  if (content.kind === 'folder') return 0;
  if (content.kind === 'bytes') return content.bytes.length;
  return content.kind === 'file' ? content.size : tarBytes(content.entries);
}

/**
 * A ustar archive whose bytes follow from its entries and the time alone, in their order.
 * @param mtime seconds since 1970 that every entry carries
 */
export async function* tarChunks(entries: readonly TarEntry[], mtime: number): AsyncGenerator<Uint8Array> {
  for (const { name, content, owner = 0, mode = content.kind === 'folder' ? 0o755 : 0o644 } of entries) {
    const size = contentBytes(content);
    const type = content.kind === 'folder' ? '5' : '0';
    yield formatHeader({ name, size, type, mode, uid: owner, gid: owner, mtime });
    if (content.kind === 'bytes') yield content.bytes;
    else if (content.kind === 'tar') yield* tarChunks(content.entries, mtime);
    else if (content.kind === 'file') yield* fileChunks(content);
    yield Buffer.alloc(paddingAfter(size));
  }
  yield Buffer.alloc(2 * blockBytes);
}

async function* fileChunks({ path, size }: { path: string; size: number }): AsyncGenerator<Uint8Array> {
  let left = size;
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
    left -= (chunk as Uint8Array).length;
    if (left < 0) break;
    yield chunk as Uint8Array;
  }
  if (left !== 0) throw new WorkError('tar-file', `${path} changed while it was packed`);
}

/** SHA-256 of a tar as `tarChunks` gives it, in lower-case hex. */
export async function tarDigest(entries: readonly TarEntry[], mtime: number): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of tarChunks(entries, mtime)) hash.update(chunk);
  return hash.digest('hex');
}

/** Writes a tar to a new file. */
export async function writeTarFile(target: string, entries: readonly TarEntry[], mtime: number): Promise<void> {
  await pipeline(Readable.from(tarChunks(entries, mtime)), createWriteStream(target, { flags: 'wx' }));
}
