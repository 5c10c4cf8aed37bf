// SPDX-License-Identifier: Apache-2.0
import { closeSync, existsSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { InputError } from '../../osinfo/errors.js';
import type { Kickstart } from './model.js';
import { type ParseOptions, parseKickstart } from './parse.js';

/** The largest kickstart known is 90 KiB; a file beyond this is something else. */
const MOST_BYTES = 4 * 1024 * 1024;

/** How a kickstart and its files are read. */
export interface ReadOptions {
  readonly version?: string | undefined;
  /** Files to take in place of names in `%include`; relative to the folder of the process. */
  readonly defineIncludes?: Readonly<Record<string, string>> | undefined;
  readonly follow?: ParseOptions['follow'];
  /** Texts by path, taken before any file: what `%pre` wrote. */
  readonly written?: ReadonlyMap<string, string> | undefined;
}

/**
 * Read a kickstart and the files it includes.
 * @param path `-` is standard input; what it includes is looked for in the folder of the process
 * @throws InputError `unreadable`, `too-large` or `not-utf8` for the file itself; what is wrong with an included file is an
 *   issue of the result
 */
export function readKickstart(path: string, options: ReadOptions = {}): Kickstart {
  const { defineIncludes } = options;
  const defined =
    defineIncludes && Object.fromEntries(Object.entries(defineIncludes).map(([name, file]) => [name, resolve(file)]));
  const given = new Set(Object.values(defined ?? {}));
  return parseKickstart(readKickstartText(path), shownName(path), {
    version: options.version,
    defineIncludes: defined,
    follow: options.follow,
    readInclude: (included) =>
      options.written?.get(included) ?? (given.has(included) ? readGiven(included) : readIncluded(included)),
  });
}

/** A file that the user gives for an include: a pipe is as good. */
function readGiven(path: string): string | undefined {
  return existsSync(path) ? readKickstartText(path) : undefined;
}

/**
 * The text of an included file, undefined where there is none. A kickstart may be a stranger's, so what is no file is not
 * opened: a pipe or a terminal would be waited for without end.
 * @throws InputError `too-large` or `not-utf8`
 */
export function readIncluded(path: string): string | undefined {
  try {
    // A file that a %pre would write is usual, and an error with its stack costs as much as reading a file.
    if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return undefined;
    return readKickstartText(path);
  } catch (error) {
    if (error instanceof InputError && error.code !== 'unreadable') throw error;
    return undefined;
  }
}

/** What messages call a file: `-` is said in words. */
export function shownName(path: string): string {
  return path === '-' ? '<stdin>' : path;
}

/**
 * The text of a file, or of standard input for `-`: at most 4 MiB, UTF-8.
 * @throws InputError `unreadable`, `too-large`, `not-utf8` (with the line of the first bad byte)
 */
export function readKickstartText(path: string): string {
  return decodeKickstart(readBounded(path), path);
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The text of a kickstart's bytes.
 * @param path the name for the error
 * @throws InputError `not-utf8` (with the line of the first bad byte)
 */
export function decodeKickstart(bytes: Uint8Array, path: string): string {
  try {
    return decoder.decode(bytes);
  } catch (error) {
    const line = lineOfBadByte(bytes);
    throw new InputError(
      'not-utf8',
      'the file is not UTF-8 here: save it as UTF-8',
      { file: shownName(path), line },
      { cause: error },
    );
  }
}

/** What files are read into, one after the other; it grows as they need it. */
let scratch = new Uint8Array(64 * 1024);

/** The bytes of a file, in memory that the next call writes over. */
function readBounded(path: string): Uint8Array {
  let descriptor: number | undefined;
  try {
    descriptor = path === '-' ? STDIN : openSync(path, 'r');
    // Pipes say size 0, and a file may grow: read on until the end, but never beyond the bound.
    if (fstatSync(descriptor).size > MOST_BYTES) throw tooLarge(path);
    let length = 0;
    for (;;) {
      const count = readSome(descriptor, scratch, length);
      if (count === 0) return scratch.subarray(0, length);
      length += count;
      if (length > MOST_BYTES) throw tooLarge(path);
      if (length === scratch.length) scratch = grown(scratch);
    }
  } catch (error) {
    if (error instanceof InputError) throw error;
    const reason = error instanceof Error && 'code' in error ? REASONS[String(error.code)] : undefined;
    throw new InputError(
      'unreadable',
      reason ?? `it cannot be read (${error instanceof Error ? error.message : String(error)})`,
      { file: shownName(path) },
      { cause: error },
    );
  } finally {
    if (descriptor !== undefined && descriptor !== STDIN) closeSync(descriptor);
  }
}

function grown(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(bytes.length * 2);
  larger.set(bytes);
  return larger;
}

const STDIN = 0;

/** Waits between looks at a pipe that is set not to block, in milliseconds. */
const WAIT_MS = 5;

/** Read on; 0 at the end. Standard input may be a pipe that does not block, and is then waited for. */
function readSome(descriptor: number, buffer: Uint8Array, offset: number): number {
  for (;;) {
    try {
      return readSync(descriptor, buffer, offset, buffer.length - offset, null);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (code === 'EOF') return 0;
      if (code !== 'EAGAIN' || descriptor !== STDIN) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, WAIT_MS);
    }
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file: check the path',
  EACCES: 'it may not be read: change its mode or your user',
  EISDIR: 'it is a folder: give a kickstart file',
};

function tooLarge(path: string): InputError {
  return new InputError('too-large', 'it is larger than 4 MiB, which no kickstart is: give another file', {
    file: shownName(path),
  });
}

/** The line in which decoding fails: decode line by line, which a bad file can afford. */
function lineOfBadByte(bytes: Uint8Array): number {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let line = 1;
  let start = 0;
  for (;;) {
    const end = bytes.indexOf(0x0a, start);
    try {
      decoder.decode(bytes.subarray(start, end < 0 ? bytes.length : end));
    } catch {
      return line;
    }
    if (end < 0) return line;
    start = end + 1;
    line++;
  }
}
