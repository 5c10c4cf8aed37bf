// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { basename } from 'node:path';
import { promisify } from 'node:util';
import { deflate } from 'node:zlib';
import { WorkError } from '../../../osinfo/errors.js';
import type { Run } from '../place.js';
import {
  formatHeader,
  formatMarker,
  formatStart,
  GRAIN_BYTES,
  GRAIN_MARKER_BYTES,
  OVERHEAD_BYTES,
  SECTOR,
  sectors,
  TABLE_GRAINS,
} from './vmdk-layout.js';

const pack = promisify(deflate);

/** Of zlib: 6, its default, takes a quarter longer for 0.5 % less. */
const LEVEL = 5;
/** Grains that are read at once. */
const READ_GRAINS = 32;
/** Grains that are being packed, or wait for those before them. */
const IN_WORK = 96;
const WRITE_BYTES = 4 * 1024 * 1024;
const ZEROES = Buffer.alloc(GRAIN_BYTES);

/**
 * Writes a stream-optimized VMDK: grains of 64 KiB packed with deflate, one after another, each grain table behind its own
 * grains, and at the end the directory of tables. What is only zeroes is not in it, nor are tables without a grain. Grains
 * are packed on all of Node's threads; the same disk gives the same bytes.
 * @param runs where the raw file holds data, in order
 * @param target its name is written into the file
 * @throws what the signal is aborted with; WorkError for a disk that the format is too small for
 */
export async function writeVmdkStream(
  raw: string,
  capacityBytes: number,
  runs: readonly Run[],
  target: string,
  signal?: AbortSignal,
): Promise<void> {
  const input = await open(raw, 'r');
  try {
    const output = await open(target, 'w');
    try {
      await writeAll(
        input,
        sectors(capacityBytes) * SECTOR,
        grainsOf(runs, signal),
        new Appender(output),
        basename(target),
      );
    } finally {
      await output.close();
    }
  } finally {
    await input.close();
  }
}

async function writeAll(
  input: FileHandle,
  capacityBytes: number,
  groups: Iterable<Group>,
  output: Appender,
  file: string,
): Promise<void> {
  const directory = new Uint32Array(Math.ceil(capacityBytes / GRAIN_BYTES / TABLE_GRAINS));
  const content = createHash('sha256');
  const table = new Uint32Array(TABLE_GRAINS);
  let current: number | undefined;
  const endTable = async (): Promise<void> => {
    if (current === undefined) return;
    await output.append(formatMarker('grainTable', table.byteLength));
    directory[current] = output.sector;
    await output.append(littleEndian(table));
    table.fill(0);
  };
  for await (const { grain, packed } of packedGrains(input, groups)) {
    const index = Math.floor(grain / TABLE_GRAINS);
    if (index !== current) {
      await endTable();
      current = index;
    }
    table[grain % TABLE_GRAINS] = output.sector;
    const marker = Buffer.alloc(GRAIN_MARKER_BYTES);
    marker.writeBigUInt64LE(BigInt((grain * GRAIN_BYTES) / SECTOR), 0);
    marker.writeUInt32LE(packed.length, 8);
    // A packed grain ends in a sum over what is in it.
    content.update(marker).update(packed.subarray(-4));
    await output.append(marker, packed);
  }
  await endTable();
  await output.append(formatMarker('grainDirectory', directory.byteLength));
  const directorySector = output.sector;
  await output.append(littleEndian(directory));
  await output.append(formatMarker('footer', SECTOR));
  await output.append(formatHeader(capacityBytes, directorySector));
  await output.append(Buffer.alloc(SECTOR));
  const contentId = content.digest('hex').slice(0, 32);
  await output.end(formatStart({ capacityBytes, file, contentId }));
}

/** Grains that follow one another without a gap. */
interface Group {
  readonly first: number;
  readonly count: number;
}

/** The grains that hold data, in order. Ends where it is when the signal is aborted. */
function* grainsOf(runs: readonly Run[], signal: AbortSignal | undefined): Generator<Group> {
  let next = 0;
  for (const { offset, length } of runs) {
    const end = Math.ceil((offset + length) / GRAIN_BYTES);
    // A grain that two runs lie in is done.
    for (let first = Math.max(next, Math.floor(offset / GRAIN_BYTES)); first < end; first = next) {
      signal?.throwIfAborted();
      next = Math.min(end, first + READ_GRAINS);
      yield { first, count: next - first };
    }
  }
}

interface Packing {
  readonly grain: number;
  readonly packed: Promise<Buffer>;
}

/** The grains that are not only zeroes, packed, in order; those that come next are packed at the same time. */
async function* packedGrains(
  input: FileHandle,
  groups: Iterable<Group>,
): AsyncGenerator<{ readonly grain: number; readonly packed: Buffer }> {
  const waiting: Packing[] = [];
  for (const { first, count } of groups) {
    // Not filled: what the file has no more bytes for is overwritten with zeroes.
    const bytes = Buffer.allocUnsafeSlow(count * GRAIN_BYTES);
    bytes.fill(0, await readFully(input, bytes, first * GRAIN_BYTES));
    for (let index = 0; index < count; index++) {
      const grain = bytes.subarray(index * GRAIN_BYTES, (index + 1) * GRAIN_BYTES);
      if (!grain.equals(ZEROES)) waiting.push(startPacking(first + index, grain));
    }
    while (waiting.length > IN_WORK) yield await finished(waiting.shift()!);
  }
  for (const one of waiting) yield await finished(one);
}

function startPacking(grain: number, bytes: Buffer): Packing {
  // The output's buffer holds all of it: each further one would be another turn of the thread.
  const packed = pack(bytes, { level: LEVEL, chunkSize: GRAIN_BYTES + SECTOR });
  // Where one fails it is waited for later, or not at all.
  packed.catch(() => undefined);
  return { grain, packed };
}

async function finished({ grain, packed }: Packing): Promise<{ readonly grain: number; readonly packed: Buffer }> {
  return { grain, packed: await packed };
}

/** @returns how many bytes there were */
async function readFully(input: FileHandle, bytes: Buffer, offset: number): Promise<number> {
  let done = 0;
  while (done < bytes.length) {
    const { bytesRead } = await input.read(bytes, done, bytes.length - done, offset + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return done;
}

function littleEndian(entries: Uint32Array): Buffer {
  const bytes = Buffer.alloc(entries.length * 4);
  for (const [index, entry] of entries.entries()) bytes.writeUInt32LE(entry, index * 4);
  return bytes;
}

/** A file that grows at its end by whole sectors, and whose start is written last. */
class Appender {
  readonly #file: FileHandle;
  #pieces: Buffer[] = [];
  #pending = 0;
  #written = OVERHEAD_BYTES;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  /**
   * Where the next piece comes to lie.
   * @throws WorkError where tables cannot say it: they have four bytes for it
   */
  get sector(): number {
    const sector = (this.#written + this.#pending) / SECTOR;
    if (sector > 0xffff_ffff)
      throw new WorkError('vmdk-size', 'a VMDK is 2 TiB long at most; take qcow2 for this disk');
    return sector;
  }

  /** Some bytes, filled up to a whole sector. */
  async append(...pieces: readonly Buffer[]): Promise<void> {
    const bytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
    const rest = sectors(bytes) * SECTOR - bytes;
    this.#pieces.push(...pieces, ZEROES.subarray(0, rest));
    this.#pending += bytes + rest;
    if (this.#pending >= WRITE_BYTES) await this.#flush();
  }

  async end(start: Buffer): Promise<void> {
    await this.#flush();
    await this.#file.write(start, 0, start.length, 0);
  }

  async #flush(): Promise<void> {
    const bytes = Buffer.concat(this.#pieces, this.#pending);
    this.#pieces = [];
    this.#pending = 0;
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await this.#file.write(bytes, done, bytes.length - done, this.#written + done);
      done += bytesWritten;
    }
    this.#written += bytes.length;
  }
}
