// SPDX-License-Identifier: Apache-2.0
import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sourceOf } from '../../../osinfo/model/database.js';
import type { Db } from '../../../osinfo/model/types.js';
import { openDb } from '../../../osinfo/open.js';
import { packageRoot } from '../../../osinfo/package-root.js';
import { deviceAnswers, oursOf } from '../../parity/sides.js';
import { folderOf, newFolder, placesEnv, wrapped } from './folders.js';

const file = (name: string) => `os/example.org/${name}.xml`;
const entry = (name: string, version: string) =>
  `<os id="http://example.org/${name}"><short-id>${name}</short-id><version>${version}</version><devices><device id="http://example.org/d"/></devices></os>`;

/** Everything that a database answers, and what is wrong with it. */
function answers(db: Db): unknown {
  const devices = db.nativeDevices().map((device) => [device.id, deviceAnswers(device), device.origins]);
  const rows = sourceOf(db).detection();
  // Read for its own sake: damage in it is seen; what it says is in the devices.
  for (const { id } of db.nativeDevices()) sourceOf(db).hardware(id);
  return [[...oursOf(db)], rows, devices, db.issues, db.oses().map((os) => [os.origins, os.extras, os.facts])];
}

/** Files must have rested a moment before an index of them is written. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 130));
const indexes = (cache: string) => (existsSync(join(cache, 'db')) ? readdirSync(join(cache, 'db')) : []);

describe('the compiled index', () => {
  it('gives the same answers as the files, for our database', () => {
    const env = placesEnv({});
    const options = { db: 'bundled', env } as const;
    const plain = answers(openDb({ ...options, index: false }));
    const written = answers(openDb(options));
    expect(indexes(env.GUESTWRIGHT_CACHE_DIR)).toHaveLength(1);
    expect(written).toEqual(plain);
    expect(answers(openDb(options))).toEqual(plain);
  });

  it.skipIf(!existsSync('/usr/share/osinfo/os'))('and for Debian’s osinfo-db (package osinfo-db)', () => {
    const env = placesEnv({ system: '/usr/share/osinfo' });
    const plain = answers(openDb({ env, index: false }));
    openDb({ env });
    expect(indexes(env.GUESTWRIGHT_CACHE_DIR)).toHaveLength(1);
    expect(answers(openDb({ env }))).toEqual(plain);
  });

  it('and for databases of any content', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'é', '<', '&', '"', '\n', ' ', '\\', '😀', '0') });
    const escaped = (raw: string) => raw.replace(/[&<>"]/g, (one) => `&#${one.charCodeAt(0)};`);
    const property = fc.tuple(fc.constantFrom('name', 'version', 'x-a', 'y', 'short-id', 'release-date'), text);
    const relation = fc.tuple(fc.constantFrom('derives-from', 'clones', 'upgrades'), fc.nat(5));
    const link = fc.tuple(fc.nat(3), fc.constantFrom('', ' supported="false"', ' supported="true"'));
    const os = fc.record({
      properties: fc.array(property),
      relations: fc.array(relation),
      links: fc.array(link),
      inherit: fc.boolean(),
      ram: fc.nat(),
    });
    const cache = newFolder();
    fc.assert(
      fc.property(fc.array(os, { maxLength: 5 }), (entries) => {
        const files = Object.fromEntries(
          entries.map((one, index) => {
            const content = [
              ...one.properties.map(([key, value]) => `<${key}>${escaped(value)}</${key}>`),
              ...one.relations.map(([key, to]) => `<${key} id="http://example.org/${to}"/>`),
              `<devices>${one.links.map(([to, supported]) => `<device id="http://example.org/d${to}"${supported}/>`).join('')}</devices>`,
              `<resources arch="all"${one.inherit ? ' inherit="true"' : ''}><minimum><ram>${one.ram}</ram></minimum></resources>`,
            ];
            return [file(String(index)), `<os id="http://example.org/${index}">${content.join('')}</os>`];
          }),
        );
        const system = folderOf(files);
        // Old enough to be indexed at once: the inode's time cannot be set, so the clock of the test waits instead.
        const env = placesEnv({ system }, cache);
        const plain = answers(openDb({ env, index: false }));
        const until = Date.now() + 110;
        while (Date.now() < until);
        openDb({ env });
        expect(answers(openDb({ env }))).toEqual(plain);
        rmSync(system, { recursive: true });
      }),
      { numRuns: 20 },
    );
  });
});

describe('after a change the answer is right', () => {
  async function start() {
    const system = folderOf({ [file('a')]: entry('a', '1'), [file('b')]: entry('b', '1') });
    const env = placesEnv({ system });
    await settle();
    const versions = () =>
      openDb({ env })
        .oses()
        .map((os) => `${os.shortId} ${os.version}`);
    expect(versions()).toEqual(['a 1', 'b 1']);
    expect(indexes(env.GUESTWRIGHT_CACHE_DIR)).toHaveLength(1);
    return { system, env, versions };
  }

  it('a file added, a file removed, a fragment added', async () => {
    const { system, versions } = await start();
    folderOf({ [file('c')]: entry('c', '1') }, system);
    expect(versions()).toEqual(['a 1', 'b 1', 'c 1']);
    rmSync(join(system, file('a')));
    expect(versions()).toEqual(['b 1', 'c 1']);
    folderOf({ 'os/example.org/b.d/x.xml': '<os id="http://example.org/b"><version>2</version></os>' }, system);
    expect(versions()).toEqual(['b 2', 'c 1']);
  });

  it('a file edited in place again and again, with the same size, within one second', async () => {
    const { system, versions } = await start();
    for (let version = 2; version < 10; version++) {
      writeFileSync(join(system, file('a')), wrapped(entry('a', String(version))));
      expect(versions()).toEqual([`a ${version}`, 'b 1']);
    }
  });

  it('a file edited and its times set back', async () => {
    const { system, versions } = await start();
    const path = join(system, file('a'));
    const before = new Date(2020, 1, 1);
    utimesSync(path, before, before);
    await settle();
    expect(versions()).toEqual(['a 1', 'b 1']);
    writeFileSync(path, wrapped(entry('a', '2')));
    utimesSync(path, before, before);
    expect(versions()).toEqual(['a 2', 'b 1']);
  });

  it('a file replaced by an older one of the same size', async () => {
    const { system, versions } = await start();
    const other = join(newFolder(), 'old.xml');
    writeFileSync(other, wrapped(entry('a', '0')));
    utimesSync(other, new Date(2001, 1, 1), new Date(2001, 1, 1));
    renameSync(other, join(system, file('a')));
    expect(versions()).toEqual(['a 0', 'b 1']);
  });

  it('another place, another order of places, other languages', async () => {
    const { system, env } = await start();
    const local = folderOf({
      [file('a')]: '<os id="http://example.org/a"><name>N</name><name xml:lang="de">D</name></os>',
    });
    await settle();
    const both = { ...env, OSINFO_LOCAL_DIR: local };
    expect(openDb({ env: both }).os('http://example.org/a').name).toBe('N');
    expect(openDb({ env: both, languages: ['de'] }).os('http://example.org/a').name).toBe('D');
    expect(openDb({ env: both }).os('http://example.org/a').name).toBe('N');
    expect(openDb({ env: { ...both, OSINFO_LOCAL_DIR: system, OSINFO_SYSTEM_DIR: local } }).os('a').version).toBe('1');
  });
});

describe('an index that cannot be used', () => {
  async function start() {
    const env = placesEnv({ system: folderOf({ [file('a')]: entry('a', '1'), [file('bad')]: '<os/>' }) });
    await settle();
    const plain = answers(openDb({ env }));
    const [name] = indexes(env.GUESTWRIGHT_CACHE_DIR);
    return { env, plain, path: join(env.GUESTWRIGHT_CACHE_DIR, 'db', name!) };
  }

  it('damaged anywhere, cut short or made longer, is not believed, and is made again', async () => {
    const { env, plain, path } = await start();
    const whole = readFileSync(path);
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const damaged = Buffer.from(whole);
        damaged[at] = damaged[at]! ^ change;
        writeFileSync(path, damaged);
        expect(answers(openDb({ env }))).toEqual(plain);
        openDb({ env });
        expect(readFileSync(path).equals(whole)).toBe(true);
      }),
      { numRuns: 300 },
    );
    for (const damaged of [
      Buffer.alloc(0),
      whole.subarray(0, 50),
      whole.subarray(0, -1),
      Buffer.concat([whole, whole]),
    ]) {
      writeFileSync(path, damaged);
      expect(answers(openDb({ env }))).toEqual(plain);
      expect(readFileSync(path)).toEqual(whole);
    }
  });

  it('replaced or removed while a database is open, leaves that database whole', async () => {
    const { env, plain, path } = await start();
    const db = openDb({ env });
    rmSync(path);
    expect(answers(db)).toEqual(plain);
    const again = openDb({ env });
    openDb({ env });
    writeFileSync(path, 'x');
    expect(answers(again)).toEqual(plain);
  });

  it('no cache folder that can be written: works without, and says nothing', () => {
    const system = folderOf({ [file('a')]: entry('a', '1') });
    const notAFolder = join(folderOf({ file: 'x' }), 'file');
    for (const cache of [notAFolder, '/proc/nope']) {
      const db = openDb({ env: placesEnv({ system }, cache) });
      expect(db.os('a').version).toBe('1');
      expect(db.issues.filter((issue) => issue.severity === 'error')).toEqual([]);
    }
  });

  it.skipIf(process.getuid?.() === 0)('a read-only cache folder (not as root: root may write)', () => {
    const cache = newFolder();
    chmodSync(cache, 0o500);
    expect(
      openDb({ env: placesEnv({ system: folderOf({ [file('a')]: entry('a', '1') }) }, cache) }).os('a').version,
    ).toBe('1');
  });

  it('keeps few indexes, and takes away what a killed writer left', async () => {
    const cache = newFolder();
    const system = folderOf({ [file('a')]: entry('a', '1') });
    await settle();
    openDb({ env: placesEnv({ system }, cache) });
    const left = join(cache, 'db', 'x.index.1.tmp');
    writeFileSync(left, 'x');
    utimesSync(left, new Date(2020, 1, 1), new Date(2020, 1, 1));
    for (let n = 0; n < 20; n++) openDb({ env: placesEnv({ system }, cache), languages: [`l${n}`] });
    expect(existsSync(left)).toBe(false);
    expect(indexes(cache).length).toBeLessThanOrEqual(17);
  });
});

it('the package root is where the bundled database is', () => {
  expect(openDb({ db: 'bundled', env: placesEnv({}) }).places[0]).toMatchObject({
    kind: 'bundled',
    path: join(packageRoot(), 'db'),
  });
});
