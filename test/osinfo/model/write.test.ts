// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dbFromXml, type EntityInfo, openDb, writeDatabase, writeEntity } from '../../../osinfo/index.js';
import { recordOf } from '../../../osinfo/model/entity.js';
import type { Db, Os } from '../../../osinfo/model/types.js';
import { packageRoot } from '../../../osinfo/package-root.js';
import { deviceAnswers, differences, oursOf } from '../../parity/sides.js';
import { newFolder, wrapped } from '../load/folders.js';

/**
 * Everything that a database answers of what it defines, but for the places where it says so.
 * @param partIds parts of fragments have the fragment's name in their ids, and another once they are in the master
 */
function answers(db: Db, partIds = true): unknown {
  const defined = <T extends EntityInfo>(list: readonly T[]): T[] => list.filter(({ origins }) => origins.length > 0);
  const isLeftOut = (key: string, value: unknown): boolean =>
    key === 'origin' || key === 'origins' || (!partIds && key === 'id' && /:\d+$/.test(String(value)));
  const plain = (value: unknown): unknown =>
    JSON.parse(JSON.stringify(value, (key, part) => (isLeftOut(key, part) ? undefined : part)));
  const [oses, platforms, devices] = [defined(db.oses()), defined(db.platforms()), defined(db.nativeDevices())];
  const [scripts, maps] = [defined(db.installScripts()), defined(db.datamaps())];
  const entities: EntityInfo[] = [...oses, ...platforms, ...devices, ...defined(db.deployments()), ...scripts, ...maps];
  const known = new Set(entities.map((entity) => `${recordOf(entity).kind} ${entity.id}`));
  return plain([
    [...oursOf(db)].filter(([name]) => known.has(name)),
    devices.map((device) => [device.id, deviceAnswers(device)]),
    entities.map((entity) => [entity.id, entity.extras, entity.facts]),
    scripts.map((script) => script.template),
    maps.map((map) => map.entries),
    oses.map((os) => [os.variants, os.media, os.trees, os.images, os.drivers, os.firmware, os.completeFirmware]),
    oses.map((os) => [os.resources, os.ownResources, os.deviceLinks.map(linkOf), os.allDeviceLinks.map(linkOf)]),
    platforms.map((one) => [one.deviceLinks.map(linkOf), one.lineage]),
  ]);
}

function linkOf({ target, driver, supported, from, custom, extras }: Os['deviceLinks'][number]): unknown {
  return { target, driver, supported, from, custom, extras };
}

const copy = (db: Db): Db => dbFromXml(writeDatabase(db));

function lines(db: Db): string[] {
  return db.issues.map(({ severity, code, message }) => `${severity} ${code} ${message}`).sort();
}

describe('a database written back', () => {
  it('is the same to every accessor, for all of ours, and valid by the grammar', () => {
    const db = openDb({ db: 'bundled' });
    const files = writeDatabase(db);
    const again = dbFromXml(files);
    expect(lines(again)).toEqual([]);
    expect(again.oses().length).toBe(db.oses().length);
    expect(differences(answers(again), answers(db), 'db')).toEqual([]);
    const folder = newFolder();
    const paths = Object.keys(files).filter((path) => path.endsWith('.xml'));
    for (const path of paths) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), files[path]!);
    }
    const grammar = join(packageRoot(), 'schema/osinfo.rng');
    const checked = spawnSync('xmllint', ['--noout', '--relaxng', grammar, ...paths], {
      cwd: folder,
      encoding: 'utf8',
      maxBuffer: 1 << 26,
    });
    expect(checked.stderr.split('\n').filter((line) => line !== '' && !line.endsWith(' validates'))).toEqual([]);
  });

  it.skipIf(!existsSync('/usr/share/osinfo/os'))('and for all of Debian’s osinfo-db (package osinfo-db)', () => {
    const db = openDb({ db: '/usr/share/osinfo' });
    const again = copy(db);
    expect(again.oses().length).toBeGreaterThan(500);
    expect(lines(again)).toEqual(lines(db));
    expect(differences(answers(again, false), answers(db, false), 'db')).toEqual([]);
  });

  it('keeps what the native format has no word for, wherever it stands and whatever namespaces it needs', () => {
    const db = dbFromXml({
      'os/e.org/a.xml': `<libosinfo version="0.0.1" xmlns:s="urn:site" xmlns:t="urn:t"><os id="http://e.org/a" xmlns:u="urn:u">
<short-id>a</short-id><x-owner>ops &amp; co</x-owner><x-owner>me</x-owner>
<s:rack t:row="4" u:x=""><s:cell><!-- kept --> a <b/></s:cell></s:rack><colour>red</colour>
<media arch="all"><x-shelf>7</x-shelf><s:barcode xmlns:s="urn:other">1</s:barcode><extent/></media>
<devices><device id="http://e.org/d"><driver>e1000</driver><x-slot>1</x-slot><t:note/></device></devices>
<variant id="v"><name>V</name><s:v/></variant><firmware arch="x86_64" type="efi"><x-f>1</x-f></firmware>
<driver arch="x86_64" location="l"><x-d>1</x-d><device id="http://e.org/d"/></driver>
<g:facts xmlns:g="urn:guestwright:db:1"><g:cpu arch="x86_64" baseline="x86-64-v2" source="https://e.org"/></g:facts>
</os></libosinfo>`,
    });
    const [before, after] = [db.os('a'), copy(db).os('a')];
    expect(after.params('x-owner')).toEqual(['ops & co', 'me']);
    expect(after.extras.map(({ name, namespace, xml }) => [name, namespace, xml])).toEqual([
      [
        'rack',
        'urn:site',
        '<s:rack xmlns:s="urn:site" xmlns:t="urn:t" xmlns:u="urn:u" t:row="4" u:x=""><s:cell><!-- kept --> a <b/></s:cell></s:rack>',
      ],
      ['colour', '', '<colour>red</colour>'],
    ]);
    expect(after.media[0]!.custom).toEqual({ 'x-shelf': ['7'] });
    expect(after.media[0]!.extras!.map(({ name, namespace }) => [name, namespace])).toEqual([
      ['barcode', 'urn:other'],
      ['extent', ''],
    ]);
    expect(after.deviceLinks[0]).toMatchObject({ driver: 'e1000', custom: { 'x-slot': ['1'] } });
    expect(after.deviceLinks[0]!.extras!.map(({ namespace }) => namespace)).toEqual(['urn:t']);
    expect(after.variants[0]!.extras).toHaveLength(1);
    expect(after.firmware[0]!.custom).toEqual({ 'x-f': ['1'] });
    expect(after.drivers[0]!.extras!.map(({ xml }) => xml)).toEqual(['<x-d>1</x-d>']);
    expect(after.facts).toMatchObject([{ name: 'cpu', arch: 'x86_64', source: 'https://e.org' }]);
    expect(writeEntity(after)).toBe(writeEntity(before));
  });

  it('puts what fragments said into the one file, and what pci.ids says into a device', () => {
    const os = (content: string) => wrapped(`<os id="http://e.org/a"><short-id>a</short-id>${content}</os>`);
    const id = 'http://pcisig.com/pci/1af4/1041';
    const db = dbFromXml({
      'os/e.org/a.xml': os('<media arch="x86_64"/><version>1</version><resources arch="all" inherit="true"/>'),
      'os/e.org/a.d/s.xml': os('<media arch="i686"/><version>2</version><upgrades id="http://e.org/a"/>'),
      'device/pcisig.com/pci-1af4-1041.d/x.xml': wrapped(`<device id="${id}"><class>net</class></device>`),
    });
    const again = copy(db);
    expect(again.os('a')).toMatchObject({ version: '2', shortIds: ['a', 'a'] });
    expect(again.os('a').media.map(({ arch }) => arch)).toEqual(['x86_64', 'i686']);
    const device = (one: Db) => deviceAnswers(one.findDevice(id)!);
    const keys = (one: Db) => Object.entries((device(one) as { params: object }).params).sort();
    expect(keys(again)).toEqual(keys(db));
  });

  it('refuses what did not come from a database', () => {
    expect(() => writeEntity({ id: 'x' } as EntityInfo)).toThrow('an entity of a database that openDb() or');
  });
});

describe('load(write(load(x))) = load(x)', () => {
  const raw = fc.string({
    unit: fc.constantFrom('a', 'é', '<', '&', '"', "'", '\n', '\t', ' ', ']]>', '😀', '0', '-'),
    maxLength: 6,
  });
  const escaped = (text: string) => text.replace(/[&<>"\n\t]/g, (one) => `&#${one.charCodeAt(0)};`);
  const value = raw.map(escaped);
  const id = fc.nat(4).map((number) => `http://e.org/${number}`);
  const arch = fc.constantFrom('all', 'x86_64', 'aarch64', '', 'é');
  const flag = fc.constantFrom('', 'true', 'false', 'yes', '1');
  const one = (name: string, attrs: Record<string, fc.Arbitrary<string>>, ...children: fc.Arbitrary<string>[]) =>
    fc
      .tuple(
        fc.record(attrs, { requiredKeys: [] }),
        fc.array(children.length === 0 ? fc.constant('') : fc.oneof(...children), { maxLength: 4 }),
      )
      .map(([given, content]) => {
        const written = Object.entries(given).map(([key, text]) => ` ${key}="${text}"`);
        return `<${name}${written.join('')}>${content.join('')}</${name}>`;
      });
  const leaf = (...names: string[]) =>
    fc.tuple(fc.constantFrom(...names), value).map(([name, text]) => `<${name}>${text}</${name}>`);
  const strange = fc.constantFrom('<s:x><s:y t:z="1"/> a<b/></s:x>', '<odd>1</odd>', '<x-ü>1</x-ü>', '<x-a>&lt;</x-a>');
  const ref = (name: string) => one(name, { id });
  const amounts = ['minimum', 'recommended', 'maximum', 'network-install'].map((name) =>
    one(name, {}, leaf('cpu', 'ram', 'n-cpus', 'storage', 'other')),
  );
  const iso = one(
    'iso',
    {},
    leaf('volume-id', 'system-id', 'publisher-id', 'application-id', 'volume-size', 'l10n-language'),
    one('l10n-language', { regex: flag, 'l10n-language-map': id }, value),
  );
  const installer = one('installer', {}, ref('script'));
  const child = fc.oneof(
    leaf('short-id', 'name', 'version', 'vendor', 'family', 'distro', 'release-date', 'release-status', 'logo', 'x-b'),
    ref('derives-from'),
    ref('clones'),
    ref('upgrades'),
    one('devices', {}, one('device', { id, supported: flag }, leaf('driver', 'x-c'), strange)),
    one('variant', { id: fc.constantFrom('v', 'w') }, leaf('name', 'x-c')),
    one('resources', { arch, inherit: flag }, ...amounts),
    one('firmware', { arch, type: value, supported: flag, recommended: flag }),
    one(
      'media',
      { arch, live: flag, installer: flag, 'installer-reboots': value, 'installer-script': flag },
      leaf('url', 'kernel', 'initrd'),
      ref('variant'),
      iso,
      installer,
      strange,
    ),
    one('tree', { arch }, leaf('url', 'boot-iso'), one('treeinfo', {}, leaf('family', 'version', 'other')), strange),
    one('image', { arch, format: value, 'cloud-init': flag }, leaf('url'), ref('variant'), strange),
    one('driver', { arch, location: value, signed: flag, priority: value }, leaf('file'), ref('device'), strange),
    installer,
    strange,
    one('g:facts', {}, one('g:cpu', { arch, baseline: value, source: value })),
  );
  const content = fc.array(child, { maxLength: 8 }).map((list) => list.join(''));
  const script = fc.array(
    fc.oneof(
      leaf('profile', 'path-format', 'expected-filename', 'needs-internet', 'injection-method', 'x-b'),
      one('avatar-format', {}, leaf('mime-type', 'width', 'alpha')),
      one('config', {}, one('param', { name: fc.constantFrom('a', 'b'), policy: flag, 'value-map': id })),
      fc.constantFrom('<template uri="file:///x"/>', '<template><s:sheet>{a}<!-- c --></s:sheet></template>'),
      strange,
    ),
    { maxLength: 6 },
  );
  const xml = (text: string) =>
    `<libosinfo xmlns:s="urn:s" xmlns:t="urn:t" xmlns:g="urn:guestwright:db:1">${text}</libosinfo>`;

  it('for entities of any content', () => {
    fc.assert(
      fc.property(
        fc.array(content, { minLength: 1, maxLength: 4 }),
        fc.array(content, { maxLength: 2 }),
        script,
        fc.array(fc.tuple(value, value), { maxLength: 3 }),
        (oses, platforms, parts, entries) => {
          const files: Record<string, string> = {
            'install-script/e.org/0.xml': xml(`<install-script id="http://e.org/0">${parts.join('')}</install-script>`),
            'datamap/e.org/0.xml': xml(
              `<datamap id="http://e.org/0">${entries.map(([a, b]) => `<entry inval="${a}" outval="${b}"/>`).join('')}</datamap>`,
            ),
            'deployment/e.org/0.xml': xml(
              `<deployment id="http://e.org/0"><os id="http://e.org/1"/>${platforms[0] ?? ''}</deployment>`,
            ),
          };
          for (const [kind, list] of Object.entries({ os: oses, platform: platforms })) {
            list.forEach((text, index) => {
              files[`${kind}/e.org/${index}.xml`] = xml(`<${kind} id="http://e.org/${index}">${text}</${kind}>`);
            });
          }
          const db = dbFromXml(files);
          const again = copy(db);
          expect(differences(answers(again), answers(db), 'db')).toEqual([]);
          // What was wrong was left out, and is not wrong any more.
          expect(again.issues.filter(({ code }) => code === 'xml-malformed')).toEqual([]);
        },
      ),
      { numRuns: 300 },
    );
  });
});
