// SPDX-License-Identifier: Apache-2.0

import { inspectImage } from '../../osinfo/detect/image/inspect.js';
import { InputError } from '../../osinfo/errors.js';
import type { Db, Os } from '../../osinfo/model/types.js';
import type { FoundDisk, Warn } from './find-disks.js';
import { osOfWord } from './guest-names.js';
import { quoted } from './said.js';
import type { MachineDescription } from './types.js';

/** Short id of what nothing is known of: a machine for it has what every system drives. */
const UNKNOWN = 'unknown';

/**
 * Which OS a machine has: as it was asked for, else as the source says, else as its first disk shows, else unknown.
 * @param asked id or short id
 * @throws InputError (NotFoundError) for one that was asked for and that the database does not know
 */
export async function findOs(
  machine: MachineDescription,
  disks: readonly FoundDisk[],
  asked: string | undefined,
  db: Db,
  warn: Warn,
): Promise<{ readonly os: Os; readonly arch?: string }> {
  if (asked !== undefined) return { os: db.os(asked) };
  const said = machine.os?.value;
  const line = machine.os?.line ?? 1;
  const known = said?.id === undefined ? undefined : db.findOs(said.id);
  if (known && known.shortId !== UNKNOWN) return { os: known };
  const meant = said?.word === undefined ? undefined : osOfWord(db, said.word);
  if (meant) return { os: meant };
  const shown = await lookInside(disks, db);
  if (shown) return shown;
  const word = said?.id ?? said?.word?.split('\n')[0];
  warn(
    line,
    word === undefined || known !== undefined
      ? 'which OS it has is not said, and not seen on its first disk: it gets what every system drives; --os says it'
      : `the database does not know which OS ${quoted(word)} is: it gets what every system drives; --os says it`,
  );
  return { os: db.os(UNKNOWN) };
}

async function lookInside(disks: readonly FoundDisk[], db: Db): Promise<{ os: Os; arch?: string } | undefined> {
  const first = disks[0];
  if (first?.from.kind !== 'file') return undefined;
  try {
    const { guests } = await inspectImage(first.from.path, { db, format: first.format });
    const guest = guests.find(({ os }) => os !== undefined);
    if (guest?.os === undefined) return undefined;
    return { os: guest.os, ...(guest.arch === undefined ? {} : { arch: guest.arch }) };
  } catch (error) {
    // What cannot be looked into can still be converted.
    if (error instanceof InputError) return undefined;
    throw error;
  }
}
