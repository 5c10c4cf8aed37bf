// SPDX-License-Identifier: Apache-2.0
import { ArchiveError, shownName } from './errors.js';
import type { ArchiveLimits } from './limits.js';
import { blockBytes, decode, paddingAfter, parseHeader, parsePax } from './tar-header.js';

/** A file or a directory of a tar archive. */
export interface TarEntry {
  /** As the archive has it. */
  readonly name: string;
  readonly kind: 'file' | 'directory';
  readonly bytes: Buffer;
}

/** Most bytes of an extended header or a long name: they hold paths. */
const maxMetaBytes = 64 * 1024;

/**
 * Reads a tar archive entry by entry: ustar, pax and GNU. One entry is in memory at a time, and no size is believed
 * before it is compared with the limits.
 * @param what the archive's name, for errors
 * @throws ArchiveError where it is no tar archive, is cut short, has anything but files and directories, or is too large
 */
export async function* readTar(
  chunks: AsyncIterable<Uint8Array>,
  what: string,
  limits: ArchiveLimits,
): AsyncGenerator<TarEntry, void, undefined> {
  const source = new Blocks(chunks);
  const entries = tarEntries(what, limits);
  try {
    let step = entries.next();
    while (!step.done) {
      if (typeof step.value === 'number') {
        let bytes: Buffer | undefined;
        try {
          bytes = await source.take(step.value);
        } catch (error) {
          step = entries.throw(error);
          continue;
        }
        step = entries.next(bytes);
      } else {
        yield step.value;
        step = entries.next();
      }
    }
    // What follows the end is read, so that the program before us ends well, and thrown away.
    await source.drain();
  } finally {
    await source.close();
  }
}

/** The same for an archive that is in memory. */
export function* readTarBytes(
  bytes: Buffer,
  what: string,
  limits: ArchiveLimits,
): Generator<TarEntry, void, undefined> {
  const entries = tarEntries(what, limits);
  let at = 0;
  let step = entries.next();
  while (!step.done) {
    if (typeof step.value === 'number') {
      const end = at + step.value;
      const piece = end <= bytes.length ? bytes.subarray(at, end) : undefined;
      at = end;
      step = entries.next(piece);
    } else {
      yield step.value;
      step = entries.next();
    }
  }
}

/** Takes the next bytes of the stream by yielding their count: it is given them, or nothing where the stream has ended. */
type Reader<Result> = Generator<number | TarEntry, Result, Buffer | undefined>;

function* tarEntries(what: string, limits: ArchiveLimits): Reader<void> {
  let longName: string | undefined;
  let count = 0;
  let last = '';
  try {
    for (;;) {
      const block = yield blockBytes;
      if (block === undefined) {
        if (count === 0)
          throw new ArchiveError('archive-format', `cannot open archive ${what}: Unrecognized archive format`);
        return;
      }
      if (isZero(block)) {
        if (count === 0) throw new ArchiveError('archive-content', `${what}: the archive is empty`);
        return;
      }
      const header = parseHeader(block);
      if (header === undefined) {
        if (count > 0) throw cut(what, 'Damaged tar archive');
        throw new ArchiveError('archive-format', `cannot open archive ${what}: Unrecognized archive format`);
      }
      count += 1;
      if (count > limits.maxMembers)
        throw tooLarge(header.name, `the archive has more than ${limits.maxMembers} entries`);
      if (isMeta(header.type)) {
        if (header.size > maxMetaBytes) throw tooLarge(header.name, 'an extended header of this size is refused');
        const bytes = yield* body(header.size, what);
        if (header.type === 'L')
          longName = decode(bytes.subarray(0, bytes.indexOf(0) < 0 ? bytes.length : bytes.indexOf(0)));
        else if (header.type === 'x') {
          const records = parsePax(bytes);
          if (records === undefined) throw cut(what, 'Malformed pax header');
          // A size or a sparse map of its own would make two readers see two archives.
          const odd = [...records.keys()].find((key) => key === 'size' || key.startsWith('GNU.sparse.'));
          if (odd !== undefined)
            throw new ArchiveError(
              'archive-type',
              `unsupported file type for ${shownName(records.get('path') ?? header.name)}`,
            );
          longName = records.get('path') ?? longName;
        }
        continue;
      }
      const name = longName ?? header.name;
      longName = undefined;
      last = name;
      if (header.type !== '0' && header.type !== '5') {
        throw new ArchiveError('archive-type', `unsupported file type for ${shownName(name)}`, name);
      }
      if (header.size > limits.maxMemberBytes) {
        throw tooLarge(name, `it has ${header.size} bytes; at most ${limits.maxMemberBytes} are taken`);
      }
      const bytes = yield* body(header.size, what);
      yield { name, kind: header.type === '0' && !name.endsWith('/') ? 'file' : 'directory', bytes };
    }
  } catch (error) {
    if (!(error instanceof ArchiveError) || error.code !== 'archive-too-large' || error.member !== undefined)
      throw error;
    // The bound on the whole stream does not know where it was met.
    throw new ArchiveError(error.code, `${last === '' ? what : `after ${shownName(last)}`}: ${error.message}`, last);
  }
}

function* body(size: number, what: string): Reader<Buffer> {
  const bytes = size === 0 ? Buffer.alloc(0) : yield size;
  const padding = paddingAfter(size);
  if (bytes === undefined || (padding > 0 && (yield padding) === undefined)) throw cut(what, 'Truncated tar archive');
  return bytes;
}

/** 'x' and 'g' are pax headers (the global one says nothing that we use), 'L' and 'K' GNU's long names. */
function isMeta(type: string): boolean {
  return type === 'x' || type === 'g' || type === 'L' || type === 'K';
}

function cut(what: string, why: string): ArchiveError {
  return new ArchiveError('archive-cut', `cannot read next archive entry in ${what}: ${why}`);
}

function tooLarge(member: string, why: string): ArchiveError {
  return new ArchiveError('archive-too-large', `${shownName(member)}: ${why}`, member);
}

function isZero(block: Buffer): boolean {
  return block.every((byte) => byte === 0);
}

/** A stream of chunks, taken in pieces of the sizes that are asked for. */
class Blocks {
  private readonly iterator: AsyncIterator<Uint8Array>;
  private chunks: Buffer[] = [];
  private size = 0;
  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.iterator = chunks[Symbol.asyncIterator]();
  }

  /** Exactly `size` bytes; undefined where the stream has ended before them. */
  async take(size: number): Promise<Buffer | undefined> {
    while (this.size < size) {
      const next = await this.iterator.next();
      if (next.done) return undefined;
      const chunk = Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength);
      this.chunks.push(chunk);
      this.size += chunk.length;
    }
    const all = this.chunks.length === 1 ? this.chunks[0]! : Buffer.concat(this.chunks);
    this.chunks = [all.subarray(size)];
    this.size -= size;
    return all.subarray(0, size);
  }

  async drain(): Promise<void> {
    this.chunks = [];
    this.size = 0;
    while (!(await this.iterator.next()).done);
  }

  /** Tells what is before us that no more is wanted. */
  async close(): Promise<void> {
    await this.iterator.return?.();
  }
}
