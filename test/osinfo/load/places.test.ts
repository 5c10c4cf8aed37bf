// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Issues } from '../../../osinfo/load/issues.js';
import { layoutPath } from '../../../osinfo/load/layout.js';
import { type DbChoice, placesInForce } from '../../../osinfo/load/places.js';
import { folderOf, newFolder } from './folders.js';

const grammar = '<grammar xmlns:gw="urn:guestwright:db:1"/>';
const home = newFolder();
const nowhere = '/nonexistent/osinfo';

function places(env: Record<string, string>, folders: Record<string, string> = {}, choice?: DbChoice) {
  const issues = new Issues();
  const all = {
    bundled: folderOf({ VERSION: '20260501\n' }),
    system: nowhere,
    local: nowhere,
    oldLocal: nowhere,
    ...folders,
  };
  const found = placesInForce(choice, { HOME: home, ...env }, issues, all);
  return { found, issues: issues.list, all, base: found[0]!, local: found[1]!, user: found[2]! };
}

describe('the place at the bottom', () => {
  it('is the bundled database, also where a distribution has a newer one of the original', () => {
    const { base, all } = places({});
    expect(base).toMatchObject({
      kind: 'bundled',
      path: all.bundled,
      version: '20260501',
      why: 'comes with guestwright',
    });
    const system = folderOf({ VERSION: '20991231', 'schema/osinfo.rng': '<grammar/>' });
    expect(places({}, { system }).base).toMatchObject({
      kind: 'bundled',
      why: expect.stringContaining('--db system uses that'),
    });
  });

  it('is the system’s when that is a later one of ours, and not when it is an older one', () => {
    const later = folderOf({ VERSION: '20260601', 'schema/osinfo.rng': grammar });
    expect(places({}, { system: later }).base).toMatchObject({
      kind: 'system',
      path: later,
      version: '20260601',
      why: expect.stringContaining('later'),
    });
    const older = folderOf({ VERSION: '20260501', 'schema/osinfo.rng': grammar });
    expect(places({}, { system: older }).base.kind).toBe('bundled');
  });

  it('is what OSINFO_SYSTEM_DIR names, be it there or not', () => {
    expect(places({ OSINFO_SYSTEM_DIR: '/some/where' }).base).toMatchObject({
      kind: 'system',
      path: '/some/where',
      why: 'OSINFO_SYSTEM_DIR',
    });
  });

  it('is what the older OSINFO_DATA_DIR names before that, with a warning', () => {
    const { base, issues } = places({ OSINFO_DATA_DIR: '/old', OSINFO_SYSTEM_DIR: '/new' });
    expect(base.path).toBe('/old');
    expect(issues).toMatchObject([
      { severity: 'warning', message: 'OSINFO_DATA_DIR is deprecated; set OSINFO_SYSTEM_DIR' },
    ]);
  });

  it('is what the caller asks for', () => {
    expect(places({ OSINFO_SYSTEM_DIR: '/x' }, {}, 'bundled').base.kind).toBe('bundled');
    expect(places({}, { system: '/sys-db' }, 'system').base).toMatchObject({ kind: 'system', path: '/sys-db' });
  });

  it('paths are read alone, in their order', () => {
    const [one, other] = [newFolder(), newFolder()];
    expect(places({ OSINFO_LOCAL_DIR: '/l' }, {}, [one, other]).found.map((place) => [place.kind, place.path])).toEqual(
      [
        ['given', one],
        ['given', other],
      ],
    );
  });
});

describe('the places above', () => {
  it('local: OSINFO_LOCAL_DIR, else the folder, else the old folder where only that is there', () => {
    expect(places({ OSINFO_LOCAL_DIR: '/l' }).local.path).toBe('/l');
    const [local, oldLocal] = [newFolder(), newFolder()];
    expect(places({}, { local, oldLocal }).local.path).toBe(local);
    expect(places({}, { oldLocal }).local).toMatchObject({
      path: oldLocal,
      why: expect.stringContaining('move it to'),
    });
    expect(places({}).local).toMatchObject({ kind: 'local', path: nowhere });
  });

  it('user: OSINFO_USER_DIR, else XDG_CONFIG_HOME, else the home’s .config, else the old folder', () => {
    expect(places({ OSINFO_USER_DIR: '/u', XDG_CONFIG_HOME: '/c' }).user.path).toBe('/u');
    expect(places({ XDG_CONFIG_HOME: '/c' }).user.path).toBe('/c/osinfo');
    expect(places({}).user).toMatchObject({ kind: 'user', path: join(home, '.config/osinfo') });
    const old = folderOf({ 'libosinfo/db/VERSION': '1' });
    expect(places({ XDG_CONFIG_HOME: old }).user).toMatchObject({ path: join(old, 'libosinfo/db'), version: '1' });
  });
});

describe('where an entity has to be', () => {
  it('is made of its id', () => {
    const table: [string, string][] = [
      ['http://debian.org/debian/12', 'os/debian.org/debian-12'],
      ['http://microsoft.com/win/8.1', 'os/microsoft.com/win-8.1'],
      ['http://e.org/a b/c_d~é', 'os/e.org/a-b-c_d--'],
      ['https://e.org/a', 'os/https-/-e.org-a'],
      ['http://nothing', 'os/nothing'],
      ['http://..//../x', 'os/../-..-x'],
    ];
    for (const [id, wanted] of table) expect(layoutPath('os', id)).toBe(wanted);
  });
});
