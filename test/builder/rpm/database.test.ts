// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RpmDatabasePlan } from '../../../builder/plan/types.js';
import type { StageContext } from '../../../builder/run/context.js';
import { finishRpmTree } from '../../../builder/stages/install/rpm-finish.js';
import { makeRpmPlace } from '../../../builder/stages/install/rpm-place.js';
import { newFolder } from '../../osinfo/load/folders.js';
import { hasCommand, makeTree } from '../stages/tree.js';
import { AS_ROOT, rpmPlan } from './install.js';

const PATH = '/var/lib/rpm';

/** A tree with a database in SQLite's format, finished by a plan that expects `format`. */
async function finish(format: RpmDatabasePlan['format'], programs: readonly string[], macros = '') {
  const made = makeTree('', programs);
  const plan = rpmPlan(newFolder(), { database: { path: PATH, format } });
  const context = {
    ...made.context,
    job: { workFolder: newFolder() },
    plan: { ...made.context.plan, install: plan },
    tool: (words: readonly string[], options = {}) => made.context.tool([...AS_ROOT, ...words], options),
  } as unknown as StageContext;
  const place = await makeRpmPlace(context, plan);
  mkdirSync(join(made.tree, 'etc/rpm'), { recursive: true });
  writeFileSync(join(made.tree, 'etc/rpm/macros'), macros);
  await place.run(['rpmdb', '--root=/mnt/system', '--initdb'], false);
  const error = await finishRpmTree(context, plan, place).catch((one: Error) => one);
  return {
    error: error instanceof Error ? `${error.name}: ${error.message}` : undefined,
    files: readdirSync(join(made.tree, PATH)),
    notices: made.notices,
  };
}

describe.runIf(hasCommand('rpm'))('the database of packages', () => {
  it('is in the format that the system’s own rpm names, whatever was expected', async () => {
    const programs = ['usr/bin/rpm', 'usr/bin/rpmdb'];
    expect(await finish('ndb', programs)).toEqual({ error: undefined, files: ['rpmdb.sqlite'], notices: [] });
    // Debian's rpm cannot read in another format: that it is asked to is seen in what it says.
    const other = await finish('sqlite', programs, '%_db_backend ndb\n');
    expect(other.error).toMatch(/^WorkError: the system's own rpm cannot read in what is installed/);
  });

  it('is in the one that was expected where its rpm does not know the question', async () => {
    const old = await finish('sqlite', ['usr/bin/rpm', 'usr/bin/rpmdb'], '%_db_backend %{nil}\n');
    expect(old).toMatchObject({ error: undefined, files: ['rpmdb.sqlite'] });
  });

  it('stays as it is in a system without rpm, and this is said', async () => {
    const { files, notices } = await finish('bdb', []);
    expect(files).toEqual(['rpmdb.sqlite']);
    expect(notices).toEqual([expect.stringMatching(/no rpm of its own.*SQLite.*not in bdb/)]);
  });
});
