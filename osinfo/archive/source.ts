// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { filter } from '../doors/process.js';
import { MissingError, ToolError } from '../errors.js';
import { ArchiveError } from './errors.js';
import type { ArchiveLimits } from './limits.js';
import { isXz, xzCommand, xzMagic } from './packing.js';

/** An archive as it comes: bytes in pieces, and the name that errors carry. */
export interface ArchiveSource {
  readonly name: string;
  readonly chunks: AsyncIterable<Uint8Array>;
}

/**
 * An archive in a file. It is opened when it is first read.
 * @throws ArchiveError (while reading) where it cannot be
 */
export function archiveFile(path: string): ArchiveSource {
  const name = resolve(path);
  return { name, chunks: fileChunks(name) };
}

async function* fileChunks(path: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(path, { highWaterMark: 256 * 1024 });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const why = code === 'EISDIR' ? `Error reading '${path}'` : `Failed to open '${path}'`;
    throw new ArchiveError('archive-open', `cannot open archive ${path}: ${why}`, undefined, error);
  }
}

/** The same archive; the SHA-256 of all its bytes, in hexadecimal, can be asked for once it has been read to its end. */
export function hashed(source: ArchiveSource): ArchiveSource & { sha256(): string } {
  const hash = createHash('sha256');
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for await (const chunk of source.chunks) {
      hash.update(chunk);
      yield chunk;
    }
  }
  return { name: source.name, chunks: chunks(), sha256: () => hash.digest('hex') };
}

/**
 * The tar stream of an archive, which is plain or packed with xz. More bytes than the limits allow are never produced.
 * @throws ArchiveError where the packing is damaged, or unpacks to too much
 */
export async function* unpacked(source: ArchiveSource, limits: ArchiveLimits): AsyncGenerator<Buffer, void, undefined> {
  const iterator = source.chunks[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  while (head.length < xzMagic.length) {
    const next = await iterator.next();
    if (next.done) break;
    head = Buffer.concat([head, next.value]);
  }
  let packed = 0;
  async function* all(): AsyncGenerator<Buffer> {
    try {
      if (head.length > 0) {
        packed += head.length;
        yield head;
      }
      for (;;) {
        const next = await iterator.next();
        if (next.done) return;
        packed += next.value.byteLength;
        yield Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength);
      }
    } finally {
      await iterator.return?.();
    }
  }
  let total = 0;
  try {
    for await (const chunk of isXz(head) ? filter(xzCommand, all()) : all()) {
      total += chunk.length;
      if (total > limits.maxTotalBytes) {
        throw new ArchiveError('archive-too-large', `the archive unpacks to more than ${limits.maxTotalBytes} bytes`);
      }
      if (total > limits.ratioFromBytes && total > packed * limits.maxRatio) {
        throw new ArchiveError(
          'archive-too-large',
          `the archive unpacks to more than ${limits.maxRatio} times its size`,
        );
      }
      yield chunk;
    }
  } catch (error) {
    if (error instanceof MissingError) throw new MissingError(error.code, `${error.message} (Debian: xz-utils)`);
    if (!(error instanceof ToolError)) throw error;
    const why = error.message.replace(/^.*?: \(stdin\): /, '');
    throw new ArchiveError('archive-cut', `cannot read next archive entry in ${source.name}: ${why}`, undefined, error);
  }
}
