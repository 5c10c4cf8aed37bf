// SPDX-License-Identifier: Apache-2.0
import { linkSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { locate } from '../../osinfo/archive/places.js';
import { identifyMedia } from '../../osinfo/detect/identify.js';
import { readMedia } from '../../osinfo/detect/iso/read.js';
import type { MediaInfo } from '../../osinfo/detect/iso/types.js';
import { openSource } from '../../osinfo/detect/source/open.js';
import { provideFolder } from '../../osinfo/doors/folders.js';
import { InputError, WorkError } from '../../osinfo/errors.js';
import type { DbChoice } from '../../osinfo/load/places.js';
import type { Db } from '../../osinfo/model/types.js';
import { openDb } from '../../osinfo/open.js';
import { type NewOs, planNewOs } from '../../osinfo/template/new-os.js';
import { type LocationOptions, namedLocation } from '../db-tools/location.js';

export interface NewOsOptions extends LocationOptions, Omit<NewOs, 'media'> {
  readonly iso?: string;
  readonly db?: DbChoice;
}

/**
 * `guestwright db new-os`: writes the entry and says what comes next.
 * @throws InputError for what was given wrong, or where the file is there already: nothing is replaced
 */
export async function runNewOs({ iso, db: choice, ...given }: NewOsOptions): Promise<void> {
  const db = openDb(choice === undefined ? {} : { db: choice });
  const media = iso === undefined ? undefined : await readImage(iso);
  const template = planNewOs(db, media === undefined ? given : { ...given, media });
  const folder = locate(namedLocation(given) ?? 'user', given.root ?? '');
  const file = join(folder, template.path);
  provideFolder(dirname(file));
  writeNew(file, template.text);

  const { parent, shortId } = template;
  process.stdout.write(`${file}\n`);
  const said = [
    parent === undefined
      ? 'It inherits from nobody: name its devices, firmware and resources (docs/database-format.md), or begin anew with --like.'
      : `Devices, firmware and facts come from ${parent.name ?? parent.id}.`,
    ...(media === undefined ? [] : known(db, media)),
  ];
  const read = db.places.some(({ path }) => path === folder) ? '' : `OSINFO_USER_DIR=${shellWord(folder)} `;
  const next = [
    [`guestwright db validate --lint ${shellWord(file)}`, 'after each change'],
    [`${read}guestwright detect ${iso === undefined ? 'FILE.iso' : shellWord(iso)}`, `has to say ${shortId}`],
    [`${read}guestwright recommend ${shortId}`, 'the machine that people get'],
  ] as const;
  const width = Math.max(...next.map(([command]) => command.length)) + 2;
  process.stdout.write(`${said.join('\n')}\n\nFill it in, then:\n`);
  for (const [command, about] of next) process.stdout.write(`  ${command.padEnd(width)}# ${about}\n`);
}

async function readImage(location: string): Promise<MediaInfo> {
  const source = await openSource(location);
  try {
    return await readMedia(source);
  } finally {
    await source.close();
  }
}

/** Two entries that fit one image are a fault, which is best known before the pattern is written. */
function known(db: Db, { facts }: MediaInfo): readonly string[] {
  const [first] = identifyMedia(db, facts).candidates;
  if (first === undefined) return [];
  const name = first.os.shortId ?? first.os.id;
  return [
    `The image is already taken for ${name} (${first.media.origin.file}:${first.media.origin.line}): no two entries should fit it.`,
  ];
}

/** The whole file or none, and never over another. */
function writeNew(file: string, text: string): void {
  const part = `${file}.part-${process.pid}`;
  try {
    writeFileSync(part, text, { flag: 'wx' });
    linkSync(part, file);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw new InputError('new-os', `${file} is there already; change it, or remove it first`);
    throw new WorkError('new-os', `${file} cannot be written: ${message}`, { cause: error });
  } finally {
    rmSync(part, { force: true });
  }
}

function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
