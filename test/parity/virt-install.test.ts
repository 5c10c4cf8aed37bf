// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDb } from '../../osinfo/open.js';
import { type CompatInput, formatCompatLibvirt, recommendCompat } from '../../osinfo/recommend/compat/index.js';
import { readCapabilities } from '../../osinfo/recommend/host/capabilities.js';
import { hostWith } from '../../osinfo/recommend/host/combine.js';
import { readDomainCapabilities } from '../../osinfo/recommend/host/domain-capabilities.js';
import type { HostFacts } from '../../osinfo/recommend/host/types.js';
import { referenceDb } from './reference-db.js';
import { type HostTraits, ownHost } from './virt-install-host.js';
import { Agreement, type HostFiles, hasVirtInstall, reference, runVirtInstall } from './virt-install-sides.js';
import { decisionsOf } from './virt-install-xml.js';

const folder = '/usr/share/osinfo';
/** `npm run test:virt-install` asks for every OS; the quick set for a spread of them. */
const everyOs = process.env.GUESTWRIGHT_EVERY_OS !== undefined;
const reasonLeftOut = !hasVirtInstall
  ? ' (left out: package virtinst is missing)'
  : !existsSync(folder)
    ? ' (left out: package osinfo-db is missing)'
    : '';

/** The host by both readers. The test driver of virt-install tells any guest's architecture in the domain capabilities. */
function hostOf(files: HostFiles, arch?: string): HostFacts {
  const told = readFileSync(files.domain, 'utf8');
  const domain = arch === undefined ? told : told.replace(/<arch>[^<]*<\/arch>/, `<arch>${arch}</arch>`);
  return hostWith(readCapabilities(readFileSync(files.capabilities), 'capabilities.xml'), [
    readDomainCapabilities(domain, 'domain.xml'),
  ]);
}

interface Question {
  readonly host: HostFiles;
  readonly names: readonly string[];
  /** Options of virt-install, and what they are to us. */
  readonly options?: readonly string[];
  readonly input?: Partial<CompatInput>;
}

/** Asks both sides, and whether the XML that ours makes says the same as the answer. */
function compare({ host: files, names, options = [], input = {} }: Question): Agreement {
  const db = openDb({ db: folder, env: {}, index: false });
  const host = hostOf(files, input.arch);
  const agreement = new Agreement();
  for (const real of runVirtInstall(files, names, options)) {
    if (real.xml === undefined) throw new Error(`virt-install has no answer for ${real.name}: ${real.error}`);
    const theirs = decisionsOf(real.xml);
    // A disk that was asked for tells nothing of the database.
    const sizes = input.cdrom ? {} : { disk_gb: real.diskGb, disk_from_db: real.disk };
    const ours = recommendCompat({ os: db.os(real.name), version: '4.1', host, ...input });
    agreement.compare(real.name, ours, { ...theirs, memory_from_db: real.memory, ...sizes });
    const request = {
      name: 'x',
      disks: [{ path: '/var/lib/libvirt/images/x.qcow2', format: 'qcow2' }],
      ...(input.cdrom ? { cdrom: '/srv/x.iso' } : {}),
    };
    const ourXml = decisionsOf(formatCompatLibvirt(ours, request));
    // What it leaves to libvirt we leave too; the drive has a name of the driver here, and there.
    agreement.compare(`${real.name} as XML`, ourXml, theirs);
  }
  return agreement;
}

/** Systems that differ in what virt-install looks at. */
const telling =
  'win11 win10 winxp win95 winnt4.0 rhel6.5 rhel7.0 rhel9.0 fedora37 debian11 ubuntu22.04 freebsd13.1 openbsd7.0 solaris11 cirros0.5.2 haikunightly'.split(
    ' ',
  );

describe.skipIf(reasonLeftOut !== '')(
  `the decisions of the real virt-install over Debian's osinfo-db${reasonLeftOut}`,
  () => {
    const db = openDb({ db: folder, env: {}, index: false });
    const all = db.oses().flatMap(({ shortId }) => shortId ?? []);
    const some = all.filter((_, index) => index % Math.ceil(all.length / 30) === 0);
    const known = (names: readonly string[]) => names.filter((name) => all.includes(name));

    it(everyOs ? 'every OS on a server with KVM' : 'a spread of OSes on a server with KVM', () => {
      const names = everyOs ? all : [...new Set([...some, ...known(telling)])];
      const agreement = compare({ host: ownHost(), names });
      expect(agreement.differences, agreement.toString()).toEqual([]);
      expect(agreement.same.get('machine')).toBe(2 * names.length);
      if (everyOs) console.log(`of ${names.length}, each as an answer and as XML: ${agreement}`);
    }, 900_000);

    const few = known(['win11', 'winxp', 'rhel6.5', 'rhel9.0', 'debian11', 'freebsd13.1']);
    const hosts: readonly [string, HostTraits, Omit<Question, 'host' | 'names'>][] = [
      ['without SPICE and QXL', { graphics: ['vnc'], video: ['vga', 'virtio', 'bochs'] }, {}],
      ['asked for UEFI', {}, { options: ['--boot', 'uefi'], input: { uefi: true } }],
      [
        'where a loader is told by its path',
        { picksFirmware: false },
        { options: ['--boot', 'uefi'], input: { uefi: true } },
      ],
      ['where passed-through processors do not migrate', { passthroughMigrates: false }, {}],
      ['with a named processor', { passthroughMigrates: false, hostModelFallback: 'allow' }, {}],
      ['emulating', {}, { options: ['--virt-type', 'qemu'], input: { virt: 'qemu' } }],
      ['with a CD-ROM drive', {}, { options: ['--disk', 'size=9', '--disk', 'device=cdrom'], input: { cdrom: true } }],
      ...['i686', 'aarch64', 'ppc64le', 's390x'].map((arch): [string, HostTraits, Omit<Question, 'host' | 'names'>] => [
        `emulating ${arch}`,
        { arch },
        { options: ['--arch', arch], input: { arch } },
      ]),
    ];
    it.each(hosts)('a host %s', (_, traits, rest) => {
      const agreement = compare({ host: ownHost(traits), names: few, ...rest });
      expect(agreement.differences).toEqual([]);
      expect(agreement.same.get('machine')).toBe(2 * few.length);
    });

    const files = {
      capabilities: join(reference, 'recommend/host/kvm-x86_64.xml'),
      domain: join(reference, 'recommend/host/kvm-x86_64-domcaps-latest.xml'),
      node: join(reference, 'recommend/host/empty.xml'),
    };
    const absent = existsSync(files.node) ? '' : ' (left out: no reference folder)';
    it.skipIf(absent !== '')(
      `${everyOs ? 'every OS' : 'some OSes'} on the reference's host${absent}`,
      () => {
        const agreement = compare({ host: files, names: everyOs ? all : known(telling) });
        expect(agreement.differences, agreement.toString()).toEqual([]);
      },
      900_000,
    );
  },
);

const casesFile = join(reference, 'recommend/virtinst-cases.jsonl');
const noCases = existsSync(casesFile) ? '' : ' (left out: no reference folder)';

describe.skipIf(noCases !== '')(`the answers of virt-install's git over newer data${noCases}`, () => {
  it.each([
    ['kvm-x86_64', 'kvm-x86_64', 'kvm-x86_64-domcaps-latest'],
    ['kvm-aarch64', 'kvm-aarch64', 'kvm-aarch64-domcaps'],
  ])('%s', (platform, capabilities, domain) => {
    const path = (name: string): string => join(reference, `recommend/host/${name}.xml`);
    const host = hostOf({ capabilities: path(capabilities), domain: path(domain), node: '' });
    const db = referenceDb(reference);
    const cases = readFileSync(casesFile, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter((one) => one.platform === platform);
    const agreement = new Agreement();
    for (const { tool: _, platform: __, db_min, db_rec, ...decisions } of cases) {
      const os = db.os(decisions.osinfo_id as string);
      agreement.compare(String(decisions.shortid), recommendCompat({ os, version: '5', host }), decisions);
    }
    expect(cases.length).toBeGreaterThan(100);
    expect(agreement.differences).toEqual([]);
    expect(agreement.same.get('machine')).toBe(cases.length);
  });
});
