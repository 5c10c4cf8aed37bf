// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { identifyMedia, identifyTree } from '../../osinfo/detect/identify.js';
import { MediaError, originalMediaWords } from '../../osinfo/detect/iso/errors.js';
import { readMedia } from '../../osinfo/detect/iso/read.js';
import type { MediaInfo } from '../../osinfo/detect/iso/types.js';
import { openSource } from '../../osinfo/detect/source/open.js';
import type { ByteSource } from '../../osinfo/detect/source/types.js';
import { openFolder, type TreeFolder } from '../../osinfo/detect/tree/folder.js';
import { parseTreeinfo } from '../../osinfo/detect/tree/treeinfo.js';
import { fetchBytes } from '../../osinfo/doors/http.js';
import { HttpError, originalHttpWords } from '../../osinfo/doors/http-error.js';
import { GuestwrightError, InputError } from '../../osinfo/errors.js';
import type { Db } from '../../osinfo/model/types.js';
import type { SourceType } from './look.js';
import { plainLines } from './plain.js';

/** What libosinfo's osinfo-detect says when it cannot go on; it then ends with 253. */
export class CompatError extends GuestwrightError {
  constructor(message: string, options?: { cause?: unknown }) {
    super('compat', message, options);
  }
}

/**
 * Answers as libosinfo's osinfo-detect 1.10 does, in its words: of media that it would not start from nothing is told,
 * and what is not in the database is no error.
 * @returns lines for standard output
 * @throws CompatError
 */
export async function detectAsOriginal(
  openDatabase: () => Db,
  location: string,
  type: SourceType,
  all: boolean,
): Promise<readonly string[]> {
  return type === 'tree' ? await treeLines(openDatabase, location, all) : await mediaLines(openDatabase, location, all);
}

async function mediaLines(openDatabase: () => Db, location: string, all: boolean): Promise<readonly string[]> {
  const { info, bootable } = await readAsOriginal(location).catch((error: unknown) => {
    const words = originalMediaWords(error);
    throw words === undefined ? error : new CompatError(`Error parsing media: ${words}`, { cause: error });
  });
  if (!bootable) return ['Media is not bootable.'];
  const identification = identifyMedia(openDatabase(), info.facts);
  return plainLines({ kind: 'media', location, info: { ...info, bootable: true }, identification }, all);
}

async function readAsOriginal(location: string): Promise<{ readonly info: MediaInfo; readonly bootable: boolean }> {
  const source = await openSource(location);
  try {
    const info = await readMedia(source);
    return { info, bootable: (await startsWithBootRecord(source)) || info.bootPlatforms.includes('ppc') };
  } catch (error) {
    // The original takes any sector for a descriptor, as long as something stands where the name of the volume does, and
    // then does not get far with its directory.
    if (!(error instanceof MediaError) || !(await hasAnyName(source))) throw error;
    throw new CompatError('Error parsing media: No "ppc" directory record extent', { cause: error });
  } finally {
    await source.close();
  }
}

/** Only the sector after the first descriptor is looked at. */
async function startsWithBootRecord(source: ByteSource): Promise<boolean> {
  return textAt(await source.read(17 * 2048, 2048), 7, 32) === 'EL TORITO SPECIFICATION';
}

async function hasAnyName(source: ByteSource): Promise<boolean> {
  const sectors = await source.read(16 * 2048, 4096);
  return sectors.length === 4096 && textAt(sectors, 40, 32) !== '';
}

function textAt(bytes: Uint8Array, offset: number, length: number): string {
  const text = Buffer.from(bytes.subarray(offset, offset + length)).toString('latin1');
  return text.split('\0')[0]!.trim();
}

async function treeLines(openDatabase: () => Db, location: string, all: boolean): Promise<readonly string[]> {
  const prefix = 'Error parsing installer tree: ';
  if (!/^(file|https?):\/\//i.test(location)) throw new CompatError(`${prefix}URL protocol is not supported`);
  const text = await readTreeinfo(location).catch((error: unknown) => {
    const cause = error instanceof HttpError ? originalHttpWords(error) : (error as Error).message;
    throw new CompatError(`${prefix}Failed to load .treeinfo|treeinfo file: ${cause}`, { cause: error });
  });
  try {
    const facts = parseTreeinfo(text, 'treeinfo');
    const identification = identifyTree(openDatabase(), facts);
    return plainLines({ kind: 'tree', location, reading: { location, from: 'treeinfo', facts }, identification }, all);
  } catch (error) {
    if (!(error instanceof InputError) || error.code !== 'key-file') throw error;
    // The original names no line.
    const words = error.message.replace(/^treeinfo:\d+: /, '');
    throw new CompatError(`${prefix}Failed to process keyinfo file: ${words}`, { cause: error });
  }
}

async function readTreeinfo(location: string): Promise<string> {
  const local = /^file:/i.test(location) ? fileURLToPath(location) : undefined;
  const fault = (words: string): Error => new Error(`Error opening file ${join(local ?? '', 'treeinfo')}: ${words}`);
  let folder: TreeFolder;
  try {
    folder = await openFolder(location);
  } catch {
    throw fault('No such file or directory');
  }
  const text = (await folder.read('.treeinfo')) ?? (await folder.read('treeinfo'));
  if (text !== undefined) return text;
  if (local !== undefined) throw fault('No such file or directory');
  // For the reason that the server gives.
  return (await fetchBytes(`${location.replace(/\/$/, '')}/treeinfo`, { maxBytes: 1024 * 1024 })).toString('utf8');
}
