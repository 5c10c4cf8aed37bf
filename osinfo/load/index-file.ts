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
import { type DetectionRows, detectionRows } from './detection-rows.js';
import { HardwareIds } from './ids.js';
import type { LoadedDatabase, PlaceFiles } from './load.js';
import { type EntityRecord, type Kind, kinds, type Params } from './records.js';
import { type HeadRow, headOf, type RecordSource } from './source.js';

/**
 * The compiled index: the records of a database in one file of the cache, so that a command reads only what it needs.
 *
 *     guestwright-index 3 BYTES: STAMP LISTS DETECTION PIECES BODY, SUMS: LISTS DETECTION PIECES  \n
 *     STAMP   what the database was made from: places, languages, every file with its size, inode and times
 *     LISTS   JSON: for each kind its entities, a row each: the id and the values of `headKeys`; and the issues
 *     DETECTION  JSON: what media and trees are told by
 *     PIECES  JSON: where in BODY the records are, in the same order, and the list of files
 *     BODY    JSON, an entity a line; then the list of files, and what pci.ids and usb.ids say of the devices
 *
 * It is a cache: whoever finds no index with exactly the present stamp reads the files. It is written under another
 * name and renamed, so that readers and writers never meet, and every part is checked before it is believed.
 */
const magic = 'guestwright-index 3';

/** Bytes of the first line, filled with spaces. */
const headerBytes = 128;

interface Lists {
  readonly kinds: Readonly<Record<Kind, readonly HeadRow[]>>;
  /** Nearly always few, and asked for by every command. */
  readonly issues: readonly LoadIssue[];
}

/** Where a line of the body is: offset, length, checksum. */
type Piece = readonly [offset: number, length: number, sum: number];

interface Pieces {
  readonly files: Piece;
  readonly hardware: Piece;
  readonly kinds: Readonly<Record<Kind, readonly Piece[]>>;
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

/** Set by `scripts/build.mjs` to a hash of the library's sources; absent where those run as they are. */
declare const guestwrightBuild: string | undefined;

/** Another build of guestwright may make other records of the same files, and may be used in turn with this one. */
function buildStamp(): string {
  if (typeof guestwrightBuild === 'string') return guestwrightBuild;
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
  const key = [buildStamp(), ...places.map(({ place }) => `${place.kind} ${place.path}`), ...languages].join('\n');
  const name = Buffer.from(key);
  return join(folder, `${checksum(name).toString(16).padStart(8, '0')}-${name.length}.index`);
}

/** Opens an index if it is there, whole, and made from just this; otherwise undefined. */
export function openIndex(path: string, stamp: string, rebuild: () => RecordSource): IndexSource | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch {
    return undefined;
  }
  try {
    const { size, ino } = fstatSync(descriptor);
    const start = readAt(descriptor, 0, headerBytes)?.toString('latin1') ?? '';
    const match = /^guestwright-index 3 (\d+) (\d+) (\d+) (\d+) (\d+) (\d+) (\d+) (\d+) *\n$/.exec(start);
    if (match === null) return undefined;
    const numbers = match.slice(1).map(Number) as Eight;
    const [stampBytes, listsBytes, detectionBytes, piecesBytes, bodyBytes, listsSum, detectionSum, piecesSum] = numbers;
    const detectionAt = headerBytes + stampBytes + listsBytes;
    const restAt = detectionAt + detectionBytes;
    if (size !== restAt + piecesBytes + bodyBytes) return undefined;
    const top = readAt(descriptor, headerBytes, stampBytes + listsBytes);
    if (top === undefined || top.toString('utf8', 0, stampBytes) !== stamp) return undefined;
    const lists = top.subarray(stampBytes);
    if (checksum(lists) !== listsSum) return undefined;
    const readPart = (offset: number, length: number, sum: number): unknown => {
      const bytes = readLater(path, ino, size, offset, length);
      return bytes !== undefined && checksum(bytes) === sum ? JSON.parse(bytes.toString('utf8')) : undefined;
    };
    const parts: Parts = {
      pieces: () => readPart(restAt, piecesBytes, piecesSum) as Pieces | undefined,
      detection: () => readPart(detectionAt, detectionBytes, detectionSum) as DetectionRows | undefined,
      piece: ([offset, length, sum]) => readPart(restAt + piecesBytes + offset, length, sum),
    };
    const instead = (): RecordSource => {
      // The next to come makes a new one.
      removeQuietly(path);
      return rebuild();
    };
    return new IndexSource(JSON.parse(lists.toString('utf8')), parts, instead);
  } catch {
    return undefined;
  } finally {
    closeSync(descriptor);
  }
}

type Eight = [number, number, number, number, number, number, number, number];

/** Later looks at the index, each for as little as is asked; undefined for what is damaged or gone. */
interface Parts {
  pieces(): Pieces | undefined;
  detection(): DetectionRows | undefined;
  piece(piece: Piece): unknown;
}

/** A later look at the same file; undefined where another has taken its place. */
function readLater(path: string, ino: number, size: number, offset: number, length: number): Buffer | undefined {
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
  const lines: string[] = [];
  for (const kind of kinds) {
    for (const record of loaded.entities[kind].values()) lines.push(`${JSON.stringify(record)}\n`);
  }
  lines.push(`${JSON.stringify(loaded.files)}\n`);
  const ids = new HardwareIds();
  const listed = [...loaded.entities.device.values()].flatMap(({ id, master }) => {
    const device = master ? undefined : ids.device(id);
    return device === undefined ? [] : [[id, device.params] as const];
  });
  lines.push(`${JSON.stringify(Object.fromEntries(listed))}\n`);
  const body = Buffer.from(lines.join(''));
  const where = piecesOf(lines, body);
  const entities = (kind: Kind): EntityRecord[] => [...loaded.entities[kind].values()];
  const lists = jsonLine({ kinds: byKind((kind) => entities(kind).map(headOf)), issues } satisfies Lists);
  const pieces = jsonLine({
    kinds: byKind((kind) => entities(kind).map(() => where.next().value as Piece)),
    files: where.next().value as Piece,
    hardware: where.next().value as Piece,
  } satisfies Pieces);
  const detection = jsonLine(detectionRows(loaded.entities.os.values()));
  const parts = [Buffer.from(stamp), lists, detection, pieces, body];
  const sizes = parts.map((part) => part.length).join(' ');
  const header = `${magic} ${sizes} ${checksum(lists)} ${checksum(detection)} ${checksum(pieces)}`;
  const temporary = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}.tmp`;
  try {
    writeFileSync(temporary, Buffer.concat([Buffer.from(`${header.padEnd(headerBytes - 1)}\n`), ...parts]), {
      flag: 'wx',
      mode: 0o600,
    });
    renameSync(temporary, path);
    tidy(path);
  } catch {
    removeQuietly(temporary);
  }
}

function jsonLine(value: unknown): Buffer {
  return Buffer.from(`${JSON.stringify(value)}\n`);
}

function byKind<T>(make: (kind: Kind) => T): Record<Kind, T> {
  return Object.fromEntries(kinds.map((kind) => [kind, make(kind)])) as Record<Kind, T>;
}

/** Where each line came to be in the body. */
function* piecesOf(lines: readonly string[], body: Buffer): Generator<Piece, undefined> {
  let offset = 0;
  for (const line of lines) {
    const length = Buffer.byteLength(line);
    yield [offset, length, checksum(body.subarray(offset, offset + length))];
    offset += length;
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

/** Records out of an index. A damaged one is never seen: the files are read instead. */
export class IndexSource implements RecordSource {
  private readonly positions = new Map<Kind, ReadonlyMap<string, number>>();
  private pieces: Pieces | undefined;
  private rebuilt: RecordSource | undefined;
  private fileList: readonly string[] | undefined;
  private hardwareList: Readonly<Record<string, Params>> | undefined;

  constructor(
    private readonly lists: Lists,
    private readonly parts: Parts,
    private readonly rebuild: () => RecordSource,
  ) {}

  files(): readonly string[] {
    if (this.rebuilt !== undefined) return this.rebuilt.files();
    this.fileList ??= this.read<string[]>((pieces) => pieces.files);
    return this.fileList ?? this.instead().files();
  }

  issues(): readonly LoadIssue[] {
    return this.lists.issues;
  }

  ids(kind: Kind): readonly string[] {
    return this.lists.kinds[kind].map(([id]) => id);
  }

  head(kind: Kind, id: string): HeadRow | undefined {
    const position = this.positionsOf(kind).get(id);
    return position === undefined ? undefined : this.lists.kinds[kind][position];
  }

  record(kind: Kind, id: string): EntityRecord | undefined {
    if (this.rebuilt !== undefined) return this.rebuilt.record(kind, id);
    const position = this.positionsOf(kind).get(id);
    if (position === undefined) return undefined;
    return this.read<EntityRecord>((pieces) => pieces.kinds[kind][position]) ?? this.instead().record(kind, id);
  }

  detection(): DetectionRows {
    if (this.rebuilt !== undefined) return this.rebuilt.detection();
    return this.parts.detection() ?? this.instead().detection();
  }

  hardware(id: string): Params | null | undefined {
    if (this.rebuilt !== undefined || !this.positionsOf('device').has(id)) return undefined;
    this.hardwareList ??= this.read<Record<string, Params>>((pieces) => pieces.hardware);
    if (this.hardwareList === undefined) return this.instead().hardware(id);
    return Object.hasOwn(this.hardwareList, id) ? this.hardwareList[id] : null;
  }

  private positionsOf(kind: Kind): ReadonlyMap<string, number> {
    let positions = this.positions.get(kind);
    if (positions === undefined) {
      positions = new Map(this.lists.kinds[kind].map(([id], index) => [id, index]));
      this.positions.set(kind, positions);
    }
    return positions;
  }

  private read<T>(choose: (pieces: Pieces) => Piece | undefined): T | undefined {
    this.pieces ??= this.parts.pieces();
    const piece = this.pieces && choose(this.pieces);
    return piece && (this.parts.piece(piece) as T | undefined);
  }

  private instead(): RecordSource {
    this.rebuilt ??= this.rebuild();
    return this.rebuilt;
  }
}

/**
 * Rotates and xors words of 32 bits: every change of one word is seen. Against damage, not against malice: the cache
 * is the user's own. Nothing in it leaves small integers, which keeps it quick before it is compiled.
 */
function checksum(bytes: Uint8Array): number {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : Uint8Array.from(bytes);
  const words = new Int32Array(aligned.buffer, aligned.byteOffset, aligned.length >>> 2);
  let sum = bytes.length;
  for (let index = 0; index < words.length; index++) sum = ((sum << 5) | (sum >>> 27)) ^ words[index]!;
  for (let index = words.length * 4; index < bytes.length; index++) sum = ((sum << 5) | (sum >>> 27)) ^ bytes[index]!;
  return sum >>> 0;
}
