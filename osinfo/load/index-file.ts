// SPDX-License-Identifier: Apache-2.0
import {
  closeSync,
  fstatSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LoadIssue } from '../model/types.js';
import type { LoadedDatabase, PlaceFiles } from './load.js';
import { type EntityRecord, type Kind, kinds, type Params } from './records.js';
import { headOf, type RecordSource } from './source.js';

/**
 * The compiled index: the records of a database in one file of the cache, so that a command reads only what it needs.
 *
 *     guestwright-index 1 STAMP-BYTES HEAD-BYTES BODY-BYTES HEAD-SUM  \n
 *     STAMP   what the database was made from: places, languages, every file with its size, inode and times
 *     HEAD    JSON: for each kind its entities with the properties of lists, and where in BODY the record is
 *     BODY    JSON, an entity a line; the list of files; the issues
 *
 * It is a cache: whoever finds no index with exactly the present stamp reads the files. It is written under another
 * name and renamed, so that readers and writers never meet, and every part is checked before it is believed.
 */
const magic = 'guestwright-index 1';

/** Bytes of the first line, filled with spaces. */
const headerBytes = 96;

/** Where a piece of the body is: offset, length, checksum. */
type Piece = readonly [offset: number, length: number, sum: number];

interface Head {
  readonly files: Piece;
  readonly issues: Piece;
  readonly kinds: Readonly<Record<Kind, readonly (readonly [id: string, piece: Piece, params: Params])[]>>;
}

/** A line of text that changes whenever anything changes that the records depend on. */
export function stampOf(places: readonly PlaceFiles[], languages: readonly string[], ids: string): string {
  const lines = [languages.join(':'), ids];
  for (const { place, files } of places) {
    lines.push(`${place.kind} ${place.path}`);
    for (const file of files) lines.push(`${file.inside} ${file.stamp}`);
  }
  return lines.join('\n');
}

/** Another build of guestwright may make other records of the same files, and may be used in turn with this one. */
function moduleStamp(): string {
  const { size, mtimeMs } = statSync(fileURLToPath(import.meta.url));
  return `${size} ${mtimeMs}`;
}

/**
 * Whether an index of these files can be trusted later. A file that was changed a moment ago could be changed again
 * with no sign of it: times of files go in steps (a few milliseconds; a second on file systems that keep no less).
 */
export function isSettled(places: readonly PlaceFiles[], scannedAtMs: number): boolean {
  return places.every(({ files }) =>
    files.every(({ changedMs }) => Math.abs(scannedAtMs - changedMs) > (changedMs % 1000 === 0 ? 2_000 : 100)),
  );
}

/** The path of the index of these places: one file for each build of guestwright, set of places and languages. */
export function indexPath(folder: string, places: readonly PlaceFiles[], languages: readonly string[]): string {
  const key = [moduleStamp(), ...places.map(({ place }) => `${place.kind} ${place.path}`), ...languages].join('\n');
  const name = Buffer.from(key);
  return join(folder, `${checksum(name).toString(16).padStart(8, '0')}-${name.length}.index`);
}

/** Opens an index if it is there, whole, and made from just this; otherwise undefined. */
export function openIndex(path: string, stamp: string, rebuild: () => Rebuilt): IndexSource | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch {
    return undefined;
  }
  try {
    const { size, ino } = fstatSync(descriptor);
    const start = readAt(descriptor, 0, headerBytes)?.toString('latin1') ?? '';
    const match = /^guestwright-index 1 (\d+) (\d+) (\d+) (\d+) *\n$/.exec(start);
    if (match === null) return undefined;
    const [stampBytes, headBytes, bodyBytes, headSum] = match.slice(1).map(Number) as [number, number, number, number];
    const bodyAt = headerBytes + stampBytes + headBytes;
    if (size !== bodyAt + bodyBytes) return undefined;
    const top = readAt(descriptor, headerBytes, stampBytes + headBytes);
    if (top === undefined || top.toString('utf8', 0, stampBytes) !== stamp) return undefined;
    const head = top.subarray(stampBytes);
    if (checksum(head) !== headSum) return undefined;
    const readBody = (): Buffer | undefined => readPart(path, ino, size, bodyAt, bodyBytes);
    const instead = (): Rebuilt => {
      // The next to come makes a new one.
      removeQuietly(path);
      return rebuild();
    };
    return new IndexSource(JSON.parse(head.toString('utf8')), readBody, instead);
  } catch {
    return undefined;
  } finally {
    closeSync(descriptor);
  }
}

/** A later look at the same file; undefined where another has taken its place. */
function readPart(path: string, ino: number, size: number, offset: number, length: number): Buffer | undefined {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, 'r');
    const stats = fstatSync(descriptor);
    return stats.ino === ino && stats.size === size ? readAt(descriptor, offset, length) : undefined;
  } catch {
    return undefined;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

function readAt(descriptor: number, offset: number, length: number): Buffer | undefined {
  const bytes = Buffer.allocUnsafe(length);
  let done = 0;
  while (done < length) {
    const count = readSync(descriptor, bytes, done, length - done, offset + done);
    if (count === 0) return undefined;
    done += count;
  }
  return bytes;
}

/** Writes an index; a cache that cannot be written is no error. */
export function writeIndex(path: string, stamp: string, loaded: LoadedDatabase, issues: readonly LoadIssue[]): void {
  const chunks: Buffer[] = [];
  let offset = 0;
  const add = (value: unknown): Piece => {
    const chunk = Buffer.from(`${JSON.stringify(value)}\n`);
    const piece: Piece = [offset, chunk.length, checksum(chunk)];
    chunks.push(chunk);
    offset += chunk.length;
    return piece;
  };
  const listed = Object.fromEntries(
    kinds.map((kind) => [
      kind,
      [...loaded.entities[kind].values()].map((record) => [record.id, add(record), headOf(record)]),
    ]),
  ) as unknown as Head['kinds'];
  const head = Buffer.from(
    `${JSON.stringify({ files: add(loaded.files), issues: add(issues), kinds: listed } satisfies Head)}\n`,
  );
  const stampBytes = Buffer.from(stamp);
  const numbers = `${stampBytes.length} ${head.length} ${offset} ${checksum(head)}`;
  const header = Buffer.from(`${`${magic} ${numbers}`.padEnd(headerBytes - 1)}\n`);
  const temporary = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}.tmp`;
  try {
    writeFileSync(temporary, Buffer.concat([header, stampBytes, head, ...chunks]), { flag: 'wx', mode: 0o600 });
    renameSync(temporary, path);
    tidy(path);
  } catch {
    removeQuietly(temporary);
  }
}

/** Most indexes that are kept; one is for each set of places, so only tests and experiments make more. */
const mostIndexes = 16;
const hourMs = 3_600_000;

/** Takes away the oldest indexes beyond the bound, and what killed writers left behind. */
function tidy(path: string): void {
  const folder = join(path, '..');
  const entries = readdirSync(folder)
    .filter((name) => name.endsWith('.index') || name.endsWith('.tmp'))
    .flatMap((name) => {
      const stats = statSync(join(folder, name), { throwIfNoEntry: false });
      return stats === undefined ? [] : [{ path: join(folder, name), changed: stats.mtimeMs }];
    });
  const indexes = entries.filter((one) => one.path.endsWith('.index')).sort((a, b) => b.changed - a.changed);
  for (const { path } of indexes.slice(mostIndexes)) removeQuietly(path);
  const now = Date.now();
  for (const one of entries) if (one.path.endsWith('.tmp') && now - one.changed > hourMs) removeQuietly(one.path);
}

function removeQuietly(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Somebody else was quicker, or the cache cannot be written.
  }
}

/** What is read from the files when an index fails later. */
export interface Rebuilt {
  readonly source: RecordSource;
  readonly issues: readonly LoadIssue[];
}

/** Records out of an index. A damaged one is never seen: the files are read instead. */
export class IndexSource implements RecordSource {
  private readonly entries = new Map<Kind, Map<string, { piece: Piece; params: Params }>>();
  private rebuilt: Rebuilt | undefined;
  private fileList: readonly string[] | undefined;
  private body: Buffer | undefined;

  constructor(
    private readonly headData: Head,
    private readonly readBody: () => Buffer | undefined,
    private readonly rebuild: () => Rebuilt,
  ) {}

  files(): readonly string[] {
    if (this.rebuilt !== undefined) return this.rebuilt.source.files();
    this.fileList ??= this.read<string[]>(this.headData.files);
    return this.fileList ?? this.instead().source.files();
  }

  issues(): readonly LoadIssue[] {
    return this.read<LoadIssue[]>(this.headData.issues) ?? this.instead().issues;
  }

  ids(kind: Kind): readonly string[] {
    return this.headData.kinds[kind].map(([id]) => id);
  }

  head(kind: Kind, id: string): Params | undefined {
    return this.entry(kind, id)?.params;
  }

  record(kind: Kind, id: string): EntityRecord | undefined {
    if (this.rebuilt !== undefined) return this.rebuilt.source.record(kind, id);
    const entry = this.entry(kind, id);
    if (entry === undefined) return undefined;
    return this.read<EntityRecord>(entry.piece) ?? this.instead().source.record(kind, id);
  }

  private entry(kind: Kind, id: string): { piece: Piece; params: Params } | undefined {
    let map = this.entries.get(kind);
    if (map === undefined) {
      map = new Map(this.headData.kinds[kind].map(([id, piece, params]) => [id, { piece, params }]));
      this.entries.set(kind, map);
    }
    return map.get(id);
  }

  private read<T>([offset, length, sum]: Piece): T | undefined {
    this.body ??= this.readBody() ?? Buffer.alloc(0);
    const bytes = this.body.subarray(offset, offset + length);
    return checksum(bytes) === sum ? (JSON.parse(bytes.toString('utf8')) as T) : undefined;
  }

  private instead(): Rebuilt {
    this.rebuilt ??= this.rebuild();
    return this.rebuilt;
  }
}

/** FNV-1a over words of 32 bits: against damage, not against malice; the cache is the user's own. */
function checksum(bytes: Uint8Array): number {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : Uint8Array.from(bytes);
  const words = new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.length >>> 2);
  let sum = 0x811c9dc5 ^ bytes.length;
  for (let index = 0; index < words.length; index++) {
    sum = Math.imul(sum ^ words[index]!, 0x01000193);
    sum ^= sum >>> 15;
  }
  for (let index = words.length * 4; index < bytes.length; index++) sum = Math.imul(sum ^ bytes[index]!, 0x01000193);
  return sum >>> 0;
}
