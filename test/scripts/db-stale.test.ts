// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { mkdirSync, renameSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderOf, newFolder } from '../osinfo/load/folders.js';

const script = join(resolve(import.meta.dirname, '../..'), 'scripts/db-stale.mjs');

function os(name: string, content: string): Record<string, string> {
  const [distro, version] = name.split('/');
  const id = `<os id="http://e.org/${name}"><short-id>${distro}${version}</short-id>`;
  return { [`os/e.org/${distro}-${version}.xml`]: `${id}${content}</os>` };
}
const checked = (date: string) =>
  `<gw:facts xmlns:gw="urn:guestwright:db:1"><gw:checked date="${date}" source="https://e.org/"/></gw:facts>`;

const folder = folderOf({
  ...os('ex/1', `<release-date>2020-01-01</release-date><eol-date>2022-01-01</eol-date>${checked('2026-10-01')}`),
  ...os(
    'ex/2',
    '<upgrades id="http://e.org/ex/1"/><derives-from id="http://e.org/ex/1"/><release-date>2024-01-01</release-date>',
  ),
  ...os('gone/1', `<release-date>2010-01-01</release-date><eol-date>2012-01-01</eol-date>${checked('2025-11-21')}`),
  ...os('new/1', `<release-date>2026-06-01</release-date><eol-date>2030-01-01</eol-date>${checked('2026-06-01')}`),
  ...os(
    'roll/1',
    `<release-date>2010-01-01</release-date><release-status>rolling</release-status>${checked('2026-06-01')}`,
  ),
  'platform/e.org/vm-1.xml':
    '<platform id="http://e.org/vm/1"><short-id>vm-1</short-id><eol-date>2026-11-21</eol-date></platform>',
});

function stale(db: string, ...words: string[]) {
  return spawnSync(process.execPath, [script, '--db', db, '--today', '2026-11-22', ...words], { encoding: 'utf8' });
}
const names = (list: readonly { readonly name: string }[]) => list.map(({ name }) => name);

describe('npm run db:stale', () => {
  it('lists who is past end of life, without a successor, or not checked, each for its reason', () => {
    const report = JSON.parse(stale(folder, '--json').stdout);
    expect(names(report.ended)).toEqual(['gone1', 'vm-1']);
    expect(names(report.followed)).toEqual(['ex1']);
    expect(names(report.newest)).toEqual(['ex2']);
    // ex2 derives from ex1, but its check is not ex1's.
    expect(names(report.unchecked).sort()).toEqual(['ex2', 'gone1', 'vm-1']);
  });

  it('counts months by the calendar', () => {
    const report = JSON.parse(stale(folder, '--json', '--months', '13').stdout);
    expect(names(report.unchecked).sort()).toEqual(['ex2', 'vm-1']);
    const spring = spawnSync(process.execPath, [script, '--db', folder, '--today', '2027-03-31', '--months', '1'], {
      encoding: 'utf8',
    });
    expect(spring.stdout).toContain('Not checked since 2027-02-28');
  });

  it('takes the day of the last commit where an entry has no check of its own', () => {
    const repository = newFolder();
    mkdirSync(join(repository, 'inner'));
    renameSync(folderOf(os('ex/1', '')), join(repository, 'inner/db'));
    const git = (...words: string[]) =>
      spawnSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@e.org', ...words], {
        cwd: repository,
        env: { PATH: process.env['PATH'], HOME: repository, GIT_COMMITTER_DATE: '2026-03-04T12:00:00Z' },
        encoding: 'utf8',
      });
    git('init', '-q');
    git('add', '.');
    expect(git('commit', '-q', '-m', 'An entry').stderr).toBe('');
    const [entry] = JSON.parse(stale(join(repository, 'inner/db'), '--json', '--months', '1').stdout).unchecked;
    expect(entry).toMatchObject({ name: 'ex1', checked: '2026-03-04', checkedBy: 'last commit' });
  });

  it('says in words what is in order, and lists it when asked', () => {
    const few = stale(folder).stdout;
    expect(few).toContain('1 past end of life are followed by others, which is in order (--all lists them)');
    expect(few).not.toContain('others follow: in order');
    expect(stale(folder, '--all').stdout).toMatch(/^ {2}ex1 +2022-01-01 +ex2$/m);
  });

  it('refuses a day that is none', () => {
    for (const day of ['2026-02-30', 'today']) {
      expect(spawnSync(process.execPath, [script, '--db', folder, '--today', day], { encoding: 'utf8' })).toMatchObject(
        {
          status: 2,
          stderr: `db:stale: --today takes a date as 2027-01-31, not ${day}\n`,
        },
      );
    }
  });
});
