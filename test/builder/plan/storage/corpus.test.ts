// SPDX-License-Identifier: Apache-2.0
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readKickstart } from '../../../../builder/kickstart/index.js';
import { planStorage } from '../../../../builder/plan/storage.js';
import { InputError } from '../../../../osinfo/errors.js';
import { type ExpectedCase, hasReference, REFERENCE, readCases, skipNote } from '../../kickstart/reference.js';
import { CONTEXT } from './planning.js';

/**
 * Why files of the collection have no layout, by code of the refusal, with how many may have it: each of these says
 * something that no image can have, or does not say what its storage is.
 */
const REFUSALS: Readonly<Record<string, number>> = {
  // No root: fragments, containers, live systems, installers that ask.
  'no-root': 332,
  // --noformat, an escrow certificate, a cache.
  'part-option': 5,
  // A label of 14 characters on xfs, which takes 12.
  'part-label': 4,
  // --encrypted for an installer that asks.
  'no-passphrase': 4,
  // mount, snapshot.
  'storage-not-supported': 3,
  // `partition / --ondisk=/dev/sda`, and no size.
  'part-size': 1,
};

/** A line of storage that speaks of a root: with one of these a file without a layout has to be accounted for. */
const SPEAKS = /^(part|partition|autopart|logvol|raid|btrfs|mount)$/;

describe.skipIf(!hasReference)(`the collection of real kickstarts${skipNote}`, () => {
  it('has a layout for every file, or a refusal in one line with its place', () => {
    const refused: Record<string, number> = {};
    let layouts = 0;
    let withoutRoot = 0;
    for (const { file } of readCases<ExpectedCase>('expected.jsonl')) {
      const kickstart = readKickstart(resolve(REFERENCE, 'corpus', file));
      try {
        const { root, disks } = planStorage(kickstart, CONTEXT);
        expect([root.target, disks.length > 0]).toEqual(['/', true]);
        layouts++;
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        expect(error.message).toMatch(/^[^\n]+\.[^\n]+?(:\d+:\d+)?: [^\n]+$/);
        refused[error.code] = (refused[error.code] ?? 0) + 1;
        const lines = kickstart.commands.filter((line) => SPEAKS.test(line.name));
        if (error.code === 'no-root' && lines.length > 0) withoutRoot++;
      }
    }
    expect(refused).toEqual(REFUSALS);
    expect(layouts).toBe(412);
    expect(withoutRoot).toBeLessThan(20);
  });
});
