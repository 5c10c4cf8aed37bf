// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import {
  type Db,
  type DeviceFilter,
  type DeviceLinkFilter,
  dbFromXml,
  latestFirst,
  type OsFilter,
  openDb,
  type Product,
  relatedOf,
  sortEntities,
  uniqueValues,
} from '../../osinfo/index.js';

const wrapped = (content: string) => `<libosinfo version="0.0.1">${content}</libosinfo>`;

function database(entries: Readonly<Record<string, string>>): Db {
  const files = Object.entries(entries).map(([path, content]) => {
    const [kind, name] = path.split('/') as [string, string];
    return [`${kind}/e.org/${name}.xml`, wrapped(`<${kind} id="http://e.org/${name}">${content}</${kind}>`)];
  });
  return dbFromXml(Object.fromEntries(files));
}

const os = (name: string, content: string) =>
  `<short-id>${name}</short-id><version>${name.slice(1)}</version>${content}`;
const to = (relation: string, name: string) => `<${relation} id="http://e.org/${name}"/>`;
const dates = (release: string, end = '') =>
  `<release-date>${release}</release-date>${end === '' ? '' : `<eol-date>${end}</eol-date>`}`;
const links = (...ids: string[]) =>
  `<devices>${ids.map((id) => `<device id="http://e.org/${id}"/>`).join('')}</devices>`;

const db = database({
  'os/a9': os(
    'a9',
    `${dates('2019-01-01', '2024-01-01')}<family>linux</family><vendor>A</vendor>${links('nic', 'disk')}`,
  ),
  'os/a10': os(
    'a10',
    `${to('derives-from', 'a9')}${to('upgrades', 'a9')}${dates('2021-01-01', '2026-01-01')}<family>linux</family><vendor>A</vendor><x-tier>gold</x-tier><x-tier>lts</x-tier>
     <devices><device id="http://e.org/disk" supported="false"/><device id="http://e.org/sound"><driver>snd</driver></device></devices>
     <media arch="x86_64"/><tree arch="all"/>`,
  ),
  'os/c10': os(
    'c10',
    `${to('clones', 'a10')}${dates('2021-03-01')}<family>linux</family><vendor>C</vendor><media arch="all"/>`,
  ),
  'os/b1': os(
    'b1',
    '<family>bsd</family><vendor>B</vendor><release-status>rolling</release-status><image arch="aarch64" format="raw"/>',
  ),
  'platform/p1': `<short-id>p1</short-id><vendor>Q</vendor>${dates('2020-01-01')}${links('nic')}`,
  'platform/p2': `<short-id>p2</short-id><vendor>Q</vendor>${to('upgrades', 'p1')}${dates('2022-01-01')}${links('sound')}`,
  'device/nic': '<class>net</class><bus-type>pci</bus-type><vendor-id>1af4</vendor-id><x-speed>10</x-speed>',
  'device/disk': '<class>block</class><bus-type>usb</bus-type><vendor-id>1af4</vendor-id>',
  'device/sound': '<class>audio</class><bus-type>pci</bus-type><name>ac97</name>',
  'deployment/d': `<os id="http://e.org/a10"/><platform id="http://e.org/p2"/>
    <devices><device id="http://e.org/disk"/><device id="http://e.org/nic"><driver>virtio</driver></device></devices>`,
});

const names = (list: readonly { readonly id: string }[]) => list.map(({ id }) => id.slice('http://e.org/'.length));

describe('operating systems by a filter', () => {
  const table: [OsFilter, string[]][] = [
    [{}, ['a10', 'a9', 'b1', 'c10']],
    [{ family: 'linux' }, ['a10', 'a9', 'c10']],
    [{ family: ['bsd', 'linux'], vendor: ['B', 'C'] }, ['b1', 'c10']],
    [{ family: [] }, []],
    [{ releaseStatus: 'rolling' }, ['b1']],
    [{ releaseStatus: ['released', 'snapshot'] }, ['a10', 'a9', 'c10']],
    [{ derivesFrom: 'a9' }, ['a10', 'c10']],
    [{ derivesFrom: 'http://e.org/a10' }, ['c10']],
    [{ clones: 'a10' }, ['c10']],
    [{ clones: 'a9' }, []],
    [{ upgrades: 'a9' }, ['a10']],
    [{ upgrades: 'nothing' }, []],
    [{ supportsDevice: 'http://e.org/disk' }, ['a9']],
    [{ supportsDevice: { class: 'block' } }, ['a9']],
    [{ supportsDevice: { class: 'audio', name: 'ac97' } }, ['a10', 'c10']],
    [{ supportedOn: '2025-01-01' }, ['a10', 'b1', 'c10']],
    [{ supportedOn: '2020-01-01' }, ['a9', 'b1']],
    [{ releasedAfter: '2021-01-01' }, ['c10']],
    [{ releasedAfter: '2019-01-01', releasedBefore: '2021-03-01' }, ['a10']],
    [{ eolAfter: '2025-01-01' }, ['a10']],
    [{ eolBefore: '2026-01-01' }, ['a9']],
    [{ hasMedia: 'x86_64' }, ['a10', 'c10']],
    [{ hasMedia: 'aarch64' }, ['c10']],
    [{ hasTree: 'riscv64' }, ['a10']],
    [{ hasImage: 'aarch64' }, ['b1']],
    [{ hasImage: 'x86_64' }, []],
    [{ params: { 'x-tier': 'gold' } }, ['a10']],
    [{ params: { 'x-tier': ['lts', 'gold'] } }, ['a10']],
    [{ params: { 'x-tier': ['lts', 'silver'] } }, []],
    [{ params: { 'short-id': 'b1', family: 'bsd' } }, ['b1']],
    [{ params: { constructor: 'Object' } }, []],
  ];
  it.each(table)('%j', (filter, wanted) => {
    expect(names(db.oses(filter))).toEqual(wanted);
  });

  it('a switched-off device stays off whatever is asked of it, which it does not in C', () => {
    expect(names(db.os('a10').devices())).toEqual(['sound', 'nic']);
    expect(names(db.os('a10').devices({ class: 'block' }))).toEqual([]);
    expect(names(db.os('a9').devices({ class: 'block' }))).toEqual(['disk']);
  });
});

describe('platforms, devices and links by a filter', () => {
  it('platforms', () => {
    expect(names(db.platforms({ upgrades: 'p1' }))).toEqual(['p2']);
    expect(names(db.platforms({ vendor: 'Q', releasedBefore: '2021-01-01' }))).toEqual(['p1']);
    expect(names(db.platforms({ supportsDevice: { class: 'net' } }))).toEqual(['p1', 'p2']);
    expect(names(db.platforms({ derivesFrom: 'p1' }))).toEqual(['p2']);
  });

  const devices: [DeviceFilter, string[]][] = [
    [{ class: 'net' }, ['nic']],
    [{ busType: 'pci' }, ['nic', 'sound']],
    [{ busType: 'pci', class: ['net', 'block'] }, ['nic']],
    [{ vendorId: '1af4' }, ['disk', 'nic']],
    [{ name: 'ac97' }, ['sound']],
    [{ params: { 'x-speed': '10' } }, ['nic']],
    [{ subsystem: 'x' }, []],
  ];
  it.each(devices)('devices %j', (filter, wanted) => {
    expect(names(db.nativeDevices(filter))).toEqual(wanted);
  });

  const linked: [DeviceLinkFilter, string[]][] = [
    [{}, ['sound', 'nic']],
    [{ driver: 'snd' }, ['sound']],
    [{ device: { class: 'net' } }, ['nic']],
    [{ device: 'http://e.org/sound', driver: 'other' }, []],
    [{ supported: false }, []],
  ];
  it.each(linked)('links of an OS %j', (filter, wanted) => {
    expect(
      db
        .os('a10')
        .links(filter)
        .map(({ target }) => target.slice(13)),
    ).toEqual(wanted);
  });

  it('a deployment is found by its two sides; its preferred link is the first that fits', () => {
    const deployment = db.findDeployment('a10', 'p2')!;
    expect(deployment).toBe(db.findDeployment('http://e.org/d'));
    expect(db.findDeployment('http://e.org/a10', 'http://e.org/p2')).toBe(deployment);
    expect([db.findDeployment('a9', 'p2'), db.findDeployment('a10', 'none')]).toEqual([undefined, undefined]);
    expect(deployment.links()[0]!.target).toBe('http://e.org/nic');
    expect(deployment.links({ device: { class: 'block' } })[0]!.target).toBe('http://e.org/disk');
    expect(deployment.links({ driver: 'virtio' })).toHaveLength(1);
  });

  it('of pci.ids and usb.ids as well', () => {
    for (const device of openDb({ db: 'bundled' }).devices({ vendorId: '1af4', busType: 'pci' })) {
      expect(device).toMatchObject({ vendorId: '1af4', busType: 'pci' });
    }
  });
});

describe('lists', () => {
  it('related products, forward by name, backward by a filter, of many at once', () => {
    expect(names(db.os('a10').relatedOses('upgrades'))).toEqual(['a9']);
    expect(names(db.os('a9').relatedOses('clones'))).toEqual([]);
    expect(names(db.platform('p2').relatedPlatforms('upgrades'))).toEqual(['p1']);
    expect(names(relatedOf(db.oses(), 'derives-from'))).toEqual(['a9']);
    expect(names(relatedOf(db.platforms(), 'upgrades'))).toEqual(['p1']);
  });

  it('order by version, latest first, distinct values', () => {
    const order = (list: readonly Product[]) => list.map(({ shortId }) => shortId);
    expect(order(sortEntities(db.oses(), 'short-id', 'versions'))).toEqual(['a9', 'a10', 'b1', 'c10']);
    expect(order(sortEntities(db.oses(), 'short-id', 'bytes'))).toEqual(['a10', 'a9', 'b1', 'c10']);
    expect(order(latestFirst(db.oses()))).toEqual(['c10', 'a10', 'a9', 'b1']);
    expect(uniqueValues(db.oses(), 'short-id')).toEqual(['a9', 'a10', 'b1', 'c10']);
    expect(uniqueValues(db.oses(), 'family')).toEqual(['bsd', 'linux']);
    expect(uniqueValues(db.nativeDevices(), 'class')).toEqual(['audio', 'block', 'net']);
    expect(uniqueValues(db.oses(), 'none')).toEqual([]);
  });

  it('rings of relations end', () => {
    const ring = database({
      'os/a': `<short-id>a</short-id>${to('derives-from', 'b')}${links('x')}`,
      'os/b': `<short-id>b</short-id>${to('derives-from', 'a')}${to('clones', 'b')}`,
      'platform/p': `<short-id>p</short-id>${to('upgrades', 'p')}`,
    });
    expect(names(ring.oses({ derivesFrom: 'a' }))).toEqual(['b']);
    expect(names(ring.oses({ supportsDevice: 'http://e.org/x' }))).toEqual(['a', 'b']);
    expect(names(ring.platforms({ derivesFrom: 'p' }))).toEqual([]);
    expect(ring.issues.filter(({ code }) => code === 'cycle')).toHaveLength(3);
  });
});
