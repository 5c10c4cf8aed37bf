// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { identifyMedia } from '../../../osinfo/detect/identify.js';
import type { MediaInfo } from '../../../osinfo/detect/iso/types.js';
import { openDb } from '../../../osinfo/open.js';
import { packageRoot } from '../../../osinfo/package-root.js';
import { type NewOs, planNewOs } from '../../../osinfo/template/new-os.js';
import { validatePaths } from '../../../osinfo/validate/validate.js';
import { folderOf, newFolder } from '../load/folders.js';

const era = (year: number, ram: number) => `<os id="http://libosinfo.org/linux/${year}">
  <short-id>linux${year}</short-id><name>Linux of ${year}</name><family>linux</family>
  <resources arch="all"><minimum><n-cpus>1</n-cpus><ram>${ram}</ram></minimum></resources>
  <firmware arch="x86_64" type="bios"/></os>`;
const base = folderOf({
  'os/libosinfo.org/linux-2018.xml': era(2018, 1000),
  'os/libosinfo.org/linux-2024.xml': era(2024, 2000),
  'os/e.org/exos-2.xml': `<os id="http://e.org/exos/2"><short-id>exos2</short-id><name>Exos 2 LTS</name>
    <version>2</version><vendor>Example</vendor><family>linux</family><distro>exos</distro>
    <resources arch="x86_64"><minimum><ram>3000</ram></minimum></resources>
    <resources arch="aarch64"><minimum><ram>4000</ram></minimum></resources></os>`,
});
const open = (...more: string[]) => openDb({ db: [base, ...more], index: false });
const plan = (given: NewOs) => planNewOs(open(), given);

function image(volumeId: string): MediaInfo {
  return {
    facts: { volumeId, publisherId: 'A & B', arch: 'x86_64' },
    format: 'iso9660',
    bootable: true,
    bootPlatforms: ['bios', 'uefi', 'mac'],
    bootEntries: [],
    overlays: [],
    sectorBytes: 2048,
    warnings: [],
  };
}

/** The database with the entry in its place, after the grammar was asked. */
async function written(given: NewOs) {
  const { path, text } = plan(given);
  const folder = folderOf({ [path]: text }, newFolder());
  const grammar = join(packageRoot(), 'schema/osinfo.rng');
  expect(await validatePaths([folder], grammar)).toEqual({ documents: 1, findings: [] });
  const db = open(folder);
  expect(db.issues).toEqual([]);
  return db;
}

describe('the template of an entry', () => {
  it('of an id alone is valid and takes the rest from it and from the latest era', async () => {
    const os = (await written({ id: 'http://new.example/tiny-os/3.1' })).os('tiny-os3.1');
    expect(os).toMatchObject({ name: 'Tiny-os 3.1', version: '3.1', vendor: 'new.example', family: 'linux' });
    expect(os.origins[0]!.file).toMatch(/\/os\/new\.example\/tiny-os-3\.1\.xml$/);
    expect(os.related('derives-from')).toEqual(['http://libosinfo.org/linux/2024']);
    expect(os.related('upgrades')).toEqual([]);
    expect(os.ownResources.minimum).toMatchObject([{ arch: 'all', nCpus: 1, ramBytes: 2000 }]);
    expect(os.firmware.map(({ type }) => type)).toEqual(['bios']);
  });

  it('takes no era from after its release', () => {
    expect(plan({ id: 'http://new.example/old/1', releaseDate: '2023-12-31' }).parent?.shortId).toBe('linux2018');
    expect(plan({ id: 'http://new.example/old/1', releaseDate: '1999-01-01' }).parent).toBeUndefined();
  });

  it('of the next release goes on from the one before, of another distribution does not upgrade it', async () => {
    const next = (await written({ id: 'http://e.org/exos/3', like: 'exos2' })).os('exos3');
    expect(next).toMatchObject({ name: 'Exos 3 LTS', vendor: 'Example', distro: 'exos' });
    expect(next.related('upgrades')).toEqual(['http://e.org/exos/2']);
    expect(next.resources.minimum.map(({ arch, ramBytes }) => [arch, ramBytes]).sort()).toEqual([
      ['aarch64', 4000],
      ['x86_64', 3000],
    ]);
    const other = (await written({ id: 'http://e.org/other/1', like: 'exos2' })).os('other1');
    expect(other.related('upgrades')).toEqual([]);
    expect(other.related('derives-from')).toEqual(['http://e.org/exos/2']);
    expect(other.vendor).toBe('e.org');
  });

  it('knows the image that it was made with, and its point releases, but not the next version', async () => {
    const db = await written({ id: 'http://new.example/tiny/3', media: image('TINY 3.1 x86_64') });
    const who = (volumeId: string) => identifyMedia(db, image(volumeId).facts).candidates.map(({ os }) => os.shortId);
    expect(who('TINY 3.1 x86_64')).toEqual(['tiny3']);
    expect(who('TINY 3.12 x86_64')).toEqual(['tiny3']);
    expect(who('TINY 4.1 x86_64')).toEqual([]);
    expect(who('TINY 3x1 x86_64')).toEqual([]);
  });

  it('leaves digits alone that only look like the version', () => {
    const { text } = plan({ id: 'http://new.example/tiny/3', media: image('TINY13.1') });
    expect(text).toContain('<volume-id>^TINY13\\.1$</volume-id>');
  });

  it('has the firmware that the image starts from where nobody is there to inherit it from', async () => {
    const db = await written({ id: 'http://new.example/beos/5', family: 'beos', media: image('BE') });
    expect(db.os('beos5').firmware.map(({ type }) => type)).toEqual(['bios', 'efi']);
  });

  it('survives what XML has signs for', async () => {
    const given = { id: 'http://new.example/a/1', name: '"A" <&> B', vendor: 'Ä & Ö', version: '1 <2>' };
    expect((await written(given)).os('a1')).toMatchObject({ name: '"A" <&> B', vendor: 'Ä & Ö', version: '1 <2>' });
  });

  it.each([
    [{ id: 'exos3' }, 'exos3 is no id; one is made of your domain'],
    [{ id: 'http://e.org/../x' }, 'is no id'],
    [{ id: 'http://e.org/exos/2' }, 'there is http://e.org/exos/2 already ('],
    [{ id: 'http://e.org/exos/3', shortId: 'exos2' }, 'choose another --short-id'],
    [{ id: 'http://e.org/exos/3', shortId: 'exos 3' }, '--short-id takes one word, not "exos 3"'],
    [{ id: 'http://e.org/exos/3', name: ' ' }, '--name takes a line of text, not " "'],
    [{ id: 'http://e.org/exos/3', vendor: 'a\u0001' }, '--vendor takes a line of text'],
    [{ id: 'http://e.org/exos/3', releaseDate: '2026-02-30' }, '--release-date takes a day such as 2026-03-01'],
    [{ id: 'http://e.org/exos/3', releaseDate: '2026-02-03', eolDate: '2026-02-03' }, 'is not after the release'],
    [{ id: 'http://e.org/exos/3', like: 'exos22' }, 'did you mean exos2'],
  ] satisfies [NewOs, string][])('refuses %j', (given, message) => {
    expect(() => plan(given)).toThrow(message);
  });
});
