// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Db } from '../../osinfo/model/types.js';
import { openDb } from '../../osinfo/open.js';
import { type CompatInput, formatCompatLibvirt, recommendCompat } from '../../osinfo/recommend/compat/index.js';
import { readCapabilities } from '../../osinfo/recommend/host/capabilities.js';
import { hostWith } from '../../osinfo/recommend/host/combine.js';
import { readDomainCapabilities } from '../../osinfo/recommend/host/domain-capabilities.js';
import type { HostFacts } from '../../osinfo/recommend/host/types.js';
import { referenceDb } from './reference-db.js';
import { bhyveHost, ownHost, xenHost } from './virt-install-host.js';
import {
  Agreement,
  type HostFiles,
  hasVirtInstall,
  type RealAnswer,
  type RealQuestion,
  reference,
  runVirtInstall,
} from './virt-install-sides.js';
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

interface Question extends RealQuestion {
  readonly title: string;
  /** What the options are to us. */
  readonly input?: Partial<CompatInput>;
}

/** Compares both sides, and whether the XML that ours makes says the same as the answer. */
function compare({ host: files, input = {} }: Question, answers: readonly RealAnswer[], db: Db): Agreement {
  const host = hostOf(files, input.arch);
  const agreement = new Agreement();
  for (const real of answers) {
    if (real.xml === undefined) throw new Error(`virt-install has no answer for ${real.name}: ${real.error}`);
    const theirs = decisionsOf(real.xml);
    // A disk that was asked for tells nothing of the database.
    const sizes = input.cdrom ? {} : { disk_gb: real.diskGb, disk_from_db: real.disk };
    const ours = recommendCompat({ os: db.os(real.name), version: '4.1', host, ...input });
    agreement.compare(real.name, ours, { ...theirs, memory_from_db: real.memory, ...sizes });
    const ourXml = formatCompatLibvirt(ours, {
      name: 'x',
      disks: [{ path: '/var/lib/libvirt/images/x.qcow2', format: 'qcow2' }],
      ...(input.cdrom ? { cdrom: '/srv/x.iso' } : {}),
    });
    const { disk_driver: _, ...said } = theirs;
    agreement.compare(`${real.name} as XML`, decisionsOf(ourXml), said);
  }
  return agreement;
}

/** Systems that differ in what virt-install looks at. */
const telling =
  'win11 win10 winxp win95 winnt4.0 rhel6.5 rhel7.0 rhel9.0 fedora37 debian11 ubuntu22.04 freebsd13.1 openbsd7.0 solaris11 cirros0.5.2'.split(
    ' ',
  );

describe.skipIf(reasonLeftOut !== '')(
  `the decisions of the real virt-install over Debian's osinfo-db${reasonLeftOut}`,
  () => {
    const db = openDb({ db: folder, env: {}, index: false });
    const all = db.oses().flatMap(({ shortId }) => shortId ?? []);
    const known = (names: readonly string[]) => names.filter((name) => all.includes(name));
    const spread = all.filter((_, index) => index % Math.ceil(all.length / 30) === 0);
    const some = everyOs ? all : [...new Set([...spread, ...known(telling)])];
    const few = known(['win11', 'winxp', 'rhel6.5', 'debian11']);
    const mixed = known(['win11', 'solaris11', 'fedora37', 'openbsd7.0']);
    const files = {
      capabilities: join(reference, 'recommend/host/kvm-x86_64.xml'),
      domain: join(reference, 'recommend/host/kvm-x86_64-domcaps-latest.xml'),
      node: join(reference, 'recommend/host/empty.xml'),
    };
    const uefi = { options: ['--boot', 'uefi'], input: { uefi: true }, names: few };
    const loneModel = { passthroughMigrates: false, hostModelFallback: 'allow' };

    const questions: readonly Question[] = [
      { title: 'a server with KVM', host: ownHost(), names: some },
      {
        title: 'no SPICE, no QXL',
        host: ownHost({ graphics: ['vnc'], video: ['vga', 'virtio', 'bochs'] }),
        names: few,
      },
      { title: 'UEFI is asked for', host: ownHost(), ...uefi },
      { title: 'a loader is told by its path', host: ownHost({ picksFirmware: false }), ...uefi },
      { title: 'passed-through processors do not migrate', host: ownHost({ passthroughMigrates: false }), names: few },
      { title: 'a named processor', host: ownHost(loneModel), names: few },
      { title: 'emulation', host: ownHost(), options: ['--virt-type', 'qemu'], input: { virt: 'qemu' }, names: few },
      {
        title: 'a CD-ROM drive',
        host: ownHost(),
        options: ['--disk', 'size=9', '--disk', 'device=cdrom'],
        input: { cdrom: true },
        names: few,
      },
      ...['i686', 'aarch64', 'ppc64le', 's390x'].map((arch): Question => {
        return { title: arch, host: ownHost({ arch }), options: ['--arch', arch], input: { arch }, names: few };
      }),
      { title: 'Xen', host: xenHost(), options: ['--hvm'], input: { osType: 'hvm' }, names: mixed },
      { title: 'Xen, paravirtual', host: xenHost(), options: ['--paravirt'], input: { osType: 'xen' }, names: mixed },
      { title: 'bhyve', host: bhyveHost(), names: mixed },
      ...(existsSync(files.node)
        ? [{ title: "the reference's host", host: files, names: everyOs ? all : known(telling) }]
        : []),
    ];

    let answers: ReturnType<typeof runVirtInstall>;
    beforeAll(() => {
      answers = runVirtInstall(questions);
    }, 3_600_000);

    it.each(questions.map((question, index) => ({ question, index, title: question.title })))(
      '$title',
      ({ question, index, title }) => {
        const agreement = compare(question, answers[index]!, db);
        expect(agreement.differences, agreement.toString()).toEqual([]);
        expect(agreement.same.get('machine')).toBe(2 * question.names.length);
        if (everyOs && question.names.length > 99)
          console.log(`${title}: ${question.names.length} OSes, each as an answer and as XML: ${agreement}`);
      },
      120_000,
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
