// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { openDb } from '../../../osinfo/open.js';
import { folderOf, placesEnv } from './folders.js';

const os = (content: string, id = 'http://example.org/os/1') => `<os id="${id}">${content}</os>`;
const media = (volume: string) => `<media arch="x86_64"><iso><volume-id>${volume}</volume-id></iso></media>`;
const master = 'os/example.org/os-1.xml';
const fragment = (name: string) => `os/example.org/os-1.d/${name}`;

function open(places: Parameters<typeof placesEnv>[0]) {
  return openDb({ env: placesEnv(places) });
}

describe('masters and fragments', () => {
  it('a fragment overwrites single values and adds to lists, short ids after the master’s', () => {
    const system = folderOf({
      [master]: os(`<short-id>one</short-id><name>Master</name><vendor>V</vendor>${media('M')}`),
      [fragment('b.xml')]: os(`<short-id>b</short-id><name>B</name>${media('B')}`),
      [fragment('a.xml')]: os(`<short-id>a</short-id><name>A</name>${media('A')}`),
    });
    const entry = open({ system }).os('one');
    expect(entry.name).toBe('B');
    expect(entry.vendor).toBe('V');
    expect(entry.shortIds).toEqual(['one', 'a', 'b']);
    expect(entry.media.map((one) => [one.id, one.volumeId])).toEqual([
      ['http://example.org/os/1:0', 'M'],
      ['http://example.org/os/1:a.xml:0', 'A'],
      ['http://example.org/os/1:b.xml:0', 'B'],
    ]);
    expect(entry.origins.map((one) => one.file.slice(system.length + 1))).toEqual([
      master,
      fragment('a.xml'),
      fragment('b.xml'),
    ]);
  });

  it('a master of a later place replaces master and fragments of earlier ones, but not fragments of its own place', () => {
    const system = folderOf({
      [master]: os('<name>System</name><vendor>S</vendor>'),
      [fragment('s.xml')]: os('<codename>s</codename>'),
    });
    const local = folderOf({ [master]: os('<name>Local</name>'), [fragment('l.xml')]: os('<version>l</version>') });
    const user = folderOf({ [fragment('u.xml')]: os('<family>u</family>') });
    const entry = open({ system, local, user }).os('http://example.org/os/1');
    expect([entry.name, entry.vendor, entry.codename, entry.version, entry.family]).toEqual([
      'Local',
      undefined,
      undefined,
      'l',
      'u',
    ]);
  });

  it('fragments alone define an entity, in the order of places and then names', () => {
    const system = folderOf({ [fragment('z.xml')]: os('<short-id>z</short-id><name>Z</name>') });
    const user = folderOf({ [fragment('a.xml')]: os('<name>A</name>') });
    expect(open({ system, user }).os('z').name).toBe('A');
  });

  it('fragments of one name in two places: the later takes the place of the earlier one’s media', () => {
    const system = folderOf({ [master]: os(media('M')), [fragment('f.xml')]: os(media('S')) });
    const user = folderOf({ [fragment('f.xml')]: os(media('U')) });
    const volumes = open({ system, user })
      .os('http://example.org/os/1')
      .media.map((one) => one.volumeId);
    expect(volumes).toEqual(['M', 'U']);
  });

  it('an empty master masks an entry; a broken one leaves the earlier place’s entry in force', () => {
    const system = folderOf({ [master]: os('<name>System</name>') });
    const empty = open({ system, local: folderOf({ [master]: '' }) });
    expect(empty.findOs('http://example.org/os/1')).toBeUndefined();
    expect(empty.issues).toEqual([]);
    const broken = open({ system, local: folderOf({ [master]: '<?xml version="1.0"?><libosinfo><os' }) });
    expect(broken.os('http://example.org/os/1').name).toBe('System');
    expect(broken.issues).toMatchObject([{ severity: 'error', code: 'xml-malformed', line: 1 }]);
  });

  it('keeps the empty entry of something that is only referred to, and says where', () => {
    const system = folderOf({ [master]: os('\n<derives-from id="http://example.org/gone"/>') });
    const db = open({ system });
    expect(db.os('http://example.org/gone').name).toBeUndefined();
    expect(db.issues).toMatchObject([
      {
        severity: 'warning',
        code: 'undefined',
        line: 3,
        message: 'http://example.org/gone is referred to, but not defined',
      },
    ]);
  });
});

describe('texts', () => {
  const content = os(
    '<name xml:lang="fr">Un</name><name>One</name><name xml:lang="de">Eins</name><name lang="de">Eine</name><vendor>A<b>q</b>Z</vendor><version> 1 </version><codename></codename>',
  );
  const system = folderOf({ [master]: content });
  const read = (languages: string[]) => openDb({ env: placesEnv({ system }), languages }).os('http://example.org/os/1');

  it('takes the first of a name, whatever its language, unless one is in the user’s language: then the last such', () => {
    expect(read([]).name).toBe('Un');
    expect(read(['de_AT', 'de']).name).toBe('Eine');
    expect(read(['fi']).name).toBe('Un');
  });

  it('keeps white space, reads through elements, and takes empty for absent', () => {
    expect(read([])).toMatchObject({ vendor: 'AqZ', version: ' 1 ' });
    expect(read([]).codename).toBeUndefined();
  });
});

describe('custom and unknown elements', () => {
  it('x-… are properties, others are kept as they were written, our facts are read', () => {
    const system = folderOf({
      [master]: os(`<x-cost>1</x-cost><x-cost>2</x-cost><price currency="EUR">3<b/></price>
<v:note xmlns:v="urn:vendor">hi</v:note>
<gw:facts xmlns:gw="urn:guestwright:db:1"><gw:cpu arch="x86_64" baseline="x86-64-v2" source="https://example.org/"/><stray/></gw:facts>`),
    });
    const entry = open({ system }).os('http://example.org/os/1');
    expect(entry.params('x-cost')).toEqual(['1', '2']);
    expect(entry.paramKeys()).toEqual(['id', 'x-cost']);
    expect(entry.extras).toMatchObject([
      { name: 'price', namespace: '', xml: '<price currency="EUR">3<b/></price>' },
      { name: 'note', namespace: 'urn:vendor', xml: '<v:note xmlns:v="urn:vendor">hi</v:note>' },
    ]);
    expect(entry.facts).toEqual([
      {
        name: 'cpu',
        arch: 'x86_64',
        attributes: { arch: 'x86_64', baseline: 'x86-64-v2' },
        source: 'https://example.org/',
        from: 'http://example.org/os/1',
        origin: { file: `${system}/${master}`, line: 4 },
      },
    ]);
  });

  it('names that every JavaScript object has are not properties', () => {
    const system = folderOf({ [master]: os('<name>N</name><constructor>x</constructor><__proto__>y</__proto__>') });
    const entry = open({ system }).os('http://example.org/os/1');
    expect(entry.param('constructor')).toBeUndefined();
    expect(entry.param('__proto__')).toBeUndefined();
    expect(entry.extras.map((one) => one.name)).toEqual(['constructor', '__proto__']);
  });
});
