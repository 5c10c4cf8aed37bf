// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderOf } from '../osinfo/load/folders.js';

const script = join(resolve(import.meta.dirname, '../..'), 'scripts/db-coverage.mjs');
const gw = 'xmlns:gw="urn:guestwright:db:1"';

const folder = folderOf({
  'os/e.org/ex-1.xml': `<os id="http://e.org/ex/1"><short-id>ex1</short-id><family>linux</family><distro>ex</distro>
    <!-- eol-date: https://e.org/lifecycle -->
    <release-date>2020-01-01</release-date><eol-date>2022-01-01</eol-date>
    <!-- https://e.org/needs -->
    <resources arch="all"><minimum><ram>1073741824</ram></minimum></resources>
    <firmware arch="x86_64" type="efi"/>
    <devices><device id="http://e.org/disk"/></devices>
    <gw:facts ${gw}><gw:cpu arch="x86_64" baseline="x86-64-v1" source="https://e.org/cpu"/></gw:facts></os>`,
  'os/e.org/ex-2.xml': `<os id="http://e.org/ex/2"><short-id>ex2</short-id><family>linux</family><distro>ex</distro>
    <derives-from id="http://e.org/ex/1"/><release-status>rolling</release-status>
    <image arch="x86_64" format="qcow2"/>
    <resources arch="x86_64"><recommended><ram>4294967296</ram></recommended></resources></os>`,
  'os/e.org/bare-1.xml': `<os id="http://e.org/bare/1"><short-id>bare1</short-id><family>dos</family>
    <release-date>1990-01-01</release-date>
    <gw:facts ${gw}><gw:checked date="2026-01-01" source="https://e.org/bare"/></gw:facts></os>`,
  'os/e.org/ex-unknown.xml':
    '<os id="http://e.org/ex/unknown"><short-id>ex-unknown</short-id><family>linux</family></os>',
  'device/e.org/disk.xml': '<device id="http://e.org/disk"><class>block</class></device>',
});

function coverage(...words: string[]) {
  return spawnSync(process.execPath, [script, '--db', folder, ...words], { encoding: 'utf8' });
}

interface Row {
  readonly fact: string;
  readonly missing: readonly string[];
}

describe('npm run db:coverage', () => {
  const { stdout, stderr } = coverage('--json');
  const report = JSON.parse(stdout);
  const row = (name: string, fact: string): Row =>
    report.groups.find((group: { name: string }) => group.name === name).facts.find((one: Row) => one.fact === fact);

  it('tells what an entry says itself, what it inherits, and what has a source', () => {
    expect(stderr).toBe('');
    expect(row('linux', 'minimum memory')).toEqual({
      fact: 'minimum memory',
      of: 2,
      have: 2,
      own: 1,
      inherited: 1,
      source: 2,
      optional: false,
      missing: [],
    });
    // The second's own number has no page; the first's recommended one is its minimum.
    expect(row('linux', 'recommended memory')).toMatchObject({ have: 2, own: 2, source: 1 });
    expect(row('linux', 'cpu')).toMatchObject({ have: 2, own: 1, inherited: 1, source: 2 });
    expect(row('linux', 'disk device')).toMatchObject({ have: 2, own: 1, inherited: 1, source: 0 });
    expect(row('linux', 'firmware')).toMatchObject({ have: 2, own: 1, inherited: 1 });
  });

  it('names what is missing, but asks nobody for what he cannot have', () => {
    expect(row('linux', 'network device').missing).toEqual(['ex1', 'ex2']);
    // A rolling release has no end; only who has images has a user in them; DOS knows no UEFI.
    expect(row('linux', 'end of life')).toMatchObject({ of: 1, have: 1, source: 1 });
    expect(row('linux', 'cloud user name')).toMatchObject({ of: 1, missing: ['ex2'] });
    expect(row('dos', 'secure-boot')).toMatchObject({ of: 0, missing: [] });
    expect(row('linux', 'trees')).toMatchObject({ have: 0, missing: [] });
    expect(report).toMatchObject({ entries: 3, templates: 1 });
  });

  it('takes a check of the whole entry for the source of its dates', () => {
    expect(row('dos', 'release date')).toMatchObject({ have: 1, source: 1 });
  });

  it('prints tables for people, of a family or a distribution', () => {
    const { stdout: table } = coverage('--by', 'distro', '--only', 'ex', '--missing');
    expect(table).toContain('ex: 2 entries\n');
    expect(table).toMatch(/^ {2}minimum memory +2 +2 +1 +1 +2$/m);
    expect(table).toMatch(/^ {2}network device +2 +0 +0 +0 +0 {2}2: ex1 ex2$/m);
    expect(coverage('--summary').stdout).toMatch(/^all +3 /m);
  });

  it('says in one line what is wrong with its options', () => {
    expect(coverage('--only', 'vms')).toMatchObject({
      status: 2,
      stderr: 'db:coverage: there is no family vms; there are dos, linux\n',
    });
    expect(coverage('--by', 'colour')).toMatchObject({
      status: 2,
      stderr: 'db:coverage: --by takes family or distro\n',
    });
  });
});
