// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { dbFromXml } from '../../osinfo/model/build.js';
import type { Os } from '../../osinfo/model/types.js';

const device = (name: string, supported?: string) =>
  `<device id="http://d.org/${name}"${supported === undefined ? '' : ` supported="${supported}"`}/>`;
const devices = (...links: string[]) => `<devices>${links.join('')}</devices>`;
const relation = (name: string, to: string) => `<${name} id="http://e.org/${to}"/>`;
const derives = (to: string) => relation('derives-from', to);
const clones = (to: string) => relation('clones', to);
const firmware = (arch: string, type: string, supported?: string) =>
  `<firmware arch="${arch}" type="${type}"${supported === undefined ? '' : ` supported="${supported}"`}/>`;
const resources = (arch: string, inherit: boolean, content: string) =>
  `<resources arch="${arch}"${inherit ? ' inherit="true"' : ''}>${content}</resources>`;

function database(kind: 'os' | 'platform', entries: Record<string, string>) {
  const files = Object.entries(entries).map(([name, content]) => [
    `${kind}/e.org/${name}.xml`,
    `<libosinfo version="0.0.1"><${kind} id="http://e.org/${name}"><short-id>${name}</short-id>${content}</${kind}></libosinfo>`,
  ]);
  return dbFromXml(Object.fromEntries(files));
}

const names = (os: { allDevices: Os['allDevices'] }) =>
  os.allDevices.map((one) => one.id.slice('http://d.org/'.length));
const short = (ids: readonly string[]) => ids.map((id) => id.slice('http://e.org/'.length));

describe('relations', () => {
  it('are given newest first, and of one said twice the first counts', () => {
    const db = database('os', {
      o: derives('a') + derives('b') + derives('a') + relation('upgrades', 'c'),
      a: '',
      b: '',
      c: '',
    });
    expect(short(db.os('o').related('derives-from'))).toEqual(['b', 'a']);
    expect(short(db.os('o').related('upgrades'))).toEqual(['c']);
    expect(db.os('o').related('clones')).toEqual([]);
  });

  it('lineage is depth first: derives-from with all above it, then clones, nothing twice', () => {
    const db = database('os', {
      o: clones('k') + derives('p1') + derives('p2'),
      p1: derives('g1'),
      p2: clones('g2') + derives('g1'),
      g1: '',
      g2: relation('upgrades', 'u'),
      k: derives('g2'),
      u: '',
    });
    expect(short(db.os('o').lineage)).toEqual(['o', 'p2', 'g1', 'g2', 'p1', 'k']);
    expect(db.os('o').ancestors.map((os) => os.shortId)).toEqual(['p2', 'g1', 'g2', 'p1', 'k']);
  });
});

describe('devices of an OS', () => {
  it('are the union along derives-from and clones; nothing comes from what it upgrades', () => {
    const db = database('os', {
      o: devices(device('own')) + derives('p') + clones('c') + relation('upgrades', 'u'),
      p: devices(device('p')),
      c: devices(device('c')),
      u: devices(device('u')),
    });
    expect(names(db.os('o'))).toEqual(['own', 'p', 'c']);
    expect(db.os('o').allDeviceLinks.map((link) => short([link.from])[0])).toEqual(['o', 'p', 'c']);
  });

  it('the nearest link decides: switched off below is gone, switched on again nearer is back', () => {
    const db = database('os', {
      o: derives('p') + devices(device('back'), device('off', 'false')),
      p: derives('g') + devices(device('back', 'false'), device('gone', 'false')),
      g: devices(device('back'), device('gone'), device('off'), device('stays')),
    });
    expect(names(db.os('o'))).toEqual(['back', 'stays']);
    expect(names(db.os('p'))).toEqual(['off', 'stays']);
  });

  it('nearest means first on the way: a far ancestor of the first parent goes before the second parent', () => {
    const db = database('os', {
      o: derives('second') + derives('first'),
      first: derives('far'),
      far: devices(device('x', 'false')),
      second: devices(device('x'), device('y')),
    });
    expect(names(db.os('o'))).toEqual(['y']);
  });

  it('only the exact word false switches off', () => {
    const db = database('os', {
      o: devices(device('a', 'FALSE'), device('b', 'no'), device('c', 'false'), device('d', '')),
    });
    expect(names(db.os('o'))).toEqual(['a', 'b', 'd']);
    expect(db.os('o').deviceLinks.map((link) => link.supported)).toEqual([true, true, false, true]);
  });

  it('of two links to one device in one entry the later counts, with its driver', () => {
    const db = database('os', {
      o: devices(
        '<device id="http://d.org/x"><driver>old</driver></device>',
        device('y'),
        '<device id="http://d.org/x"><driver>new</driver></device>',
      ),
    });
    expect(db.os('o').deviceLinks.map((link) => [link.target, link.driver])).toEqual([
      ['http://d.org/y', undefined],
      ['http://d.org/x', 'new'],
    ]);
  });
});

describe('devices of a platform', () => {
  it('are the union along derives-from and upgrades, not clones; supported="false" has no say', () => {
    const db = database('platform', {
      p: devices(device('own'), device('off', 'false')) + relation('upgrades', 'u') + derives('d') + clones('c'),
      u: devices(device('u'), device('own', 'false')),
      d: devices(device('d')),
      c: devices(device('c')),
    });
    expect(names(db.platform('p')).sort()).toEqual(['d', 'off', 'own', 'u']);
  });

  it('own links are given last said first', () => {
    const db = database('platform', { p: devices(device('a'), device('b'), device('c')) });
    expect(db.platform('p').deviceLinks.map((link) => link.target.slice(-1))).toEqual(['c', 'b', 'a']);
  });
});

describe('firmware', () => {
  const list = (all: Os['firmware']) => all.map((one) => `${one.arch} ${one.type} ${short([one.from])[0]}`).sort();
  const db = database('os', {
    o: derives('p') + firmware('x86_64', 'bios', 'false') + firmware('aarch64', 'efi'),
    p: derives('g') + firmware('x86_64', 'bios') + firmware('x86_64', 'efi') + firmware('i686', 'bios', 'false'),
    g: firmware('i686', 'bios') + firmware('i686', 'efi') + firmware('x86_64', 'efi', 'false'),
    silent: derives('p'),
    none: '',
    odd: firmware('x86_64', 'efi', 'yes'),
  });

  it('what a nearer level switches off is off, what it switches on stays on', () => {
    expect(list(db.os('o').firmware)).toEqual(['aarch64 efi o', 'i686 efi g', 'x86_64 efi p']);
    expect(list(db.os('silent').firmware)).toEqual(['i686 efi g', 'x86_64 bios p', 'x86_64 efi p']);
    expect(db.os('none').firmware).toEqual([]);
  });

  it('the complete list has the nearest of every pair, switched off ones too', () => {
    expect(db.os('o').completeFirmware.map((one) => [one.arch, one.type, one.supported])).toEqual([
      ['x86_64', 'bios', false],
      ['aarch64', 'efi', true],
      ['x86_64', 'efi', true],
      ['i686', 'bios', false],
      ['i686', 'efi', true],
    ]);
  });

  it('only true is on', () => {
    expect(db.os('odd').firmware).toEqual([]);
  });
});

describe('resources', () => {
  const plain = (all: Os['resources']['minimum']) => all.map(({ origin, ...numbers }) => numbers);

  it('an entry with inherit is filled number by number from the same architecture only', () => {
    const db = database('os', {
      o: derives('p') + resources('x86_64', true, '<minimum><ram>1</ram></minimum>'),
      p:
        derives('g') +
        resources('x86_64', false, '<minimum><ram>9</ram><cpu>2</cpu></minimum>') +
        resources('all', false, '<minimum><storage>8</storage></minimum>'),
      g: resources(
        'x86_64',
        false,
        '<minimum><n-cpus>3</n-cpus><cpu>7</cpu></minimum><recommended><ram>4</ram></recommended>',
      ),
    });
    expect(plain(db.os('o').resources.minimum)).toEqual([
      { arch: 'x86_64', inherit: true, ramBytes: 1, cpuHz: 2, nCpus: 3 },
    ]);
    expect(plain(db.os('o').resources.recommended)).toEqual([{ arch: 'x86_64', inherit: true, ramBytes: 4 }]);
    expect(plain(db.os('o').resources.networkInstall)).toEqual([{ arch: 'x86_64', inherit: true }]);
    expect(plain(db.os('o').ownResources.minimum)).toEqual([{ arch: 'x86_64', inherit: true, ramBytes: 1 }]);
  });

  it('without inherit an entry is taken alone, and an OS without any has none', () => {
    const db = database('os', {
      o: derives('p') + resources('x86_64', false, '<minimum><ram>1</ram></minimum><recommended/>'),
      p: resources('x86_64', false, '<minimum><cpu>2</cpu></minimum>'),
      bare: derives('p'),
    });
    expect(plain(db.os('o').resources.minimum)).toEqual([{ arch: 'x86_64', ramBytes: 1 }]);
    expect(db.os('o').resources.recommended).toEqual([]);
    expect(db.os('bare').resources.minimum).toEqual([]);
  });

  it('asking does not change what is asked later', () => {
    const db = database('os', {
      child: derives('o') + resources('x86_64', true, ''),
      o: derives('p') + resources('x86_64', true, ''),
      p: resources('x86_64', false, '<minimum><ram>5</ram></minimum>'),
    });
    expect(plain(db.os('o').resources.minimum)).toEqual([{ arch: 'x86_64', inherit: true, ramBytes: 5 }]);
    expect(plain(db.os('o').ownResources.minimum)).toEqual([{ arch: 'x86_64', inherit: true }]);
    expect(plain(db.os('child').resources.minimum)).toEqual([{ arch: 'x86_64', inherit: true, ramBytes: 5 }]);
  });
});

describe('single values', () => {
  it('two are the first found along the lineage, everything else is the entry’s own', () => {
    const db = database('os', {
      o: derives('p'),
      p: '<kernel-url-argument>inst.repo</kernel-url-argument><family>linux</family><vendor>V</vendor><media arch="all"/><variant id="v"/><installer><script id="http://s.org/1"/></installer><driver arch="all" location="x"/><eol-date>2020-01-01</eol-date>',
    });
    expect(db.os('o').kernelUrlArgument).toBe('inst.repo');
    expect(db.os('o').param('kernel-url-argument')).toBeUndefined();
    expect(db.os('o')).toMatchObject({
      family: undefined,
      vendor: undefined,
      eolDate: undefined,
      cloudImageUsername: undefined,
    });
    expect([db.os('o').media, db.os('o').variants, db.os('o').installScripts, db.os('o').drivers]).toEqual([
      [],
      [],
      [],
      [],
    ]);
  });

  it('facts come nearest first, each with who said it', () => {
    const fact = (name: string) => `<g:facts xmlns:g="urn:guestwright:db:1"><g:${name} arch="all"/></g:facts>`;
    const db = database('os', { o: fact('a') + clones('k') + derives('p'), p: fact('b'), k: fact('c') });
    expect(db.os('o').facts.map((one) => [one.name, short([one.from])[0]])).toEqual([
      ['a', 'o'],
      ['b', 'p'],
      ['c', 'k'],
    ]);
  });
});
