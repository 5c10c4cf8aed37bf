// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type MediaInfo, openSource, readMedia } from '../../../../osinfo/index.js';
import { newFolder } from '../../load/folders.js';

export interface Labels {
  readonly volumeId?: string;
  readonly systemId?: string;
  readonly publisherId?: string;
  readonly applicationId?: string;
}

/** A folder with a few files, for the content of images. */
export function someFiles(files: Readonly<Record<string, string>> = { 'README.TXT': 'read me\n' }): string {
  const folder = newFolder();
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

function labelWords({ volumeId, systemId, publisherId, applicationId }: Labels): string[] {
  const words: string[] = [];
  if (volumeId !== undefined) words.push('-V', volumeId);
  if (systemId !== undefined) words.push('-sysid', systemId);
  if (publisherId !== undefined) words.push('-publisher', publisherId);
  if (applicationId !== undefined) words.push('-A', applicationId);
  return words;
}

/** An image made by xorriso, as Debian, Fedora and Ubuntu make theirs. */
export function xorrisoImage(labels: Labels, words: readonly string[] = [], folder = someFiles()): string {
  const path = join(newFolder(), 'xorriso.iso');
  run('xorriso', ['-as', 'mkisofs', '-quiet', '-o', path, ...labelWords(labels), ...words, folder]);
  return path;
}

/** An image made by genisoimage, which has its own ways and knows UDF. */
export function genisoImage(labels: Labels, words: readonly string[] = [], folder = someFiles()): string {
  const path = join(newFolder(), 'geniso.iso');
  run('genisoimage', ['-quiet', '-o', path, ...labelWords(labels), ...words, folder]);
  return path;
}

export function run(program: string, words: readonly string[], input?: string): string {
  return execFileSync(program, words, {
    encoding: 'utf8',
    // An ordinary user's words lack the places of mkudffs and mkfs.
    env: { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/sbin` },
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(input === undefined ? {} : { input }),
  });
}

/** Opens, reads and closes. */
export async function readImage(location: string): Promise<MediaInfo> {
  const source = await openSource(location);
  try {
    return await readMedia(source);
  } finally {
    await source.close();
  }
}
