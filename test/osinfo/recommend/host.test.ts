// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from '../../../osinfo/doors/process.js';
import { openDb } from '../../../osinfo/open.js';
import { readCapabilities } from '../../../osinfo/recommend/host/capabilities.js';
import { hostOfDomains, hostWith, platformNames } from '../../../osinfo/recommend/host/combine.js';
import {
  compareLevels,
  levelOfFeatures,
  levelOfModel,
  levelWithout,
} from '../../../osinfo/recommend/host/cpu-levels.js';
import { readDomainCapabilities } from '../../../osinfo/recommend/host/domain-capabilities.js';
import { firmwareFits, parseFirmwareDescriptor } from '../../../osinfo/recommend/host/firmware.js';
import { qmpInput, qmpWords, readQmp } from '../../../osinfo/recommend/host/qmp.js';
import { recommend } from '../../../osinfo/recommend/index.js';
import type { HostFacts, RecommendInput } from '../../../osinfo/recommend/types.js';
import { newFolder } from '../load/folders.js';
import { contradiction, decision } from './world.js';

const db = openDb({ db: 'bundled', env: {}, index: false });
const ask = (os: string, rest: Partial<Omit<RecommendInput, 'os' | 'platform'>>, platform = 'qemu-9.0') =>
  recommend({ os: db.os(os), platform: db.platform(platform), ...rest });

const list = (name: string, ...values: readonly string[]): string =>
  `<enum name="${name}">${values.map((value) => `<value>${value}</value>`).join('')}</enum>`;

const capabilities = (types: string, machines: string, model = 'Skylake-Client'): string =>
  `<capabilities><host><cpu><arch>x86_64</arch><model>${model}</model><vendor>Intel</vendor><pages unit="KiB" size="4"/><pages unit="KiB" size="2048"/></cpu>
   <topology><cells num="1"><cell id="0"><memory unit="KiB">1048576</memory><cpus num="2"/></cell></cells></topology></host>
   <guest><os_type>hvm</os_type><arch name="x86_64"><emulator>/usr/libexec/qemu-kvm</emulator>${machines}${types}</arch></guest></capabilities>`;

const q35 =
  '<machine maxCpus="710">pc-q35-rhel9.4.0</machine><machine canonical="pc-q35-rhel9.4.0" maxCpus="710">q35</machine>';
const pc =
  '<machine maxCpus="255" canonical="pc-i440fx-8.2">pc</machine><machine maxCpus="255">pc-i440fx-8.2</machine>';
const kvm = '<domain type="qemu"/><domain type="kvm"/>';

interface Parts {
  readonly firmware?: readonly string[];
  readonly secure?: readonly string[];
  readonly hostModel?: string;
  readonly off?: readonly string[];
  readonly passthrough?: boolean;
  readonly video?: readonly string[];
  readonly graphics?: readonly string[];
  readonly tpm?: string;
  readonly models?: readonly string[];
  readonly hyperv?: readonly string[];
}

/** Domain capabilities as libvirt writes them, of what the tests turn. */
function domain(parts: Parts = {}): string {
  const {
    firmware = ['efi'],
    secure = ['yes', 'no'],
    hostModel = 'Skylake-Client-IBRS',
    off = [],
    passthrough = true,
  } = parts;
  const { video = ['vga', 'virtio', 'none'], graphics = ['vnc'], models = ['Nehalem', 'Haswell-noTSX'] } = parts;
  const tpm =
    parts.tpm ?? `<tpm supported="yes">${list('model', 'tpm-tis', 'tpm-crb')}${list('backendModel', 'emulator')}</tpm>`;
  const features = off.map((name) => `<feature policy="disable" name="${name}"/>`).join('');
  return `<domainCapabilities><path>/usr/libexec/qemu-kvm</path><domain>kvm</domain><machine>pc-q35-rhel9.4.0</machine><arch>x86_64</arch>
    <vcpu max="710"/><iothreads supported="yes"/>
    <os supported="yes">${list('firmware', ...firmware)}<loader supported="yes">${list('secure', ...secure)}</loader></os>
    <cpu><mode name="host-passthrough" supported="${passthrough ? 'yes' : 'no'}"/><mode name="maximum" supported="yes"/>
    <mode name="host-model" supported="yes"><model fallback="forbid">${hostModel}</model>${features}</mode>
    <mode name="custom" supported="yes">${models.map((name) => `<model usable="yes">${name}</model>`).join('')}<model usable="no">EPYC</model></mode></cpu>
    <devices><disk supported="yes">${list('bus', 'virtio', 'scsi', 'sata', 'usb')}</disk><graphics supported="yes">${list('type', ...graphics)}</graphics>
    <video supported="yes">${list('modelType', ...video)}</video><rng supported="yes">${list('model', 'virtio')}</rng>${tpm}
    <panic supported="yes">${list('model', 'isa', 'hyperv')}</panic></devices>
    <features><genid supported="yes"/><hyperv supported="yes">${list('features', ...(parts.hyperv ?? ['relaxed', 'vapic']))}</hyperv></features></domainCapabilities>`;
}

const hostOf = (parts: Parts = {}, machines = q35): HostFacts =>
  hostWith(readCapabilities(capabilities(kvm, machines), 'caps.xml'), [
    readDomainCapabilities(domain(parts), 'dom.xml'),
  ]);

describe('a host by its libvirt', () => {
  it('is read whole', () => {
    const host = hostOf();
    expect(host).toMatchObject({
      name: 'caps.xml',
      arch: 'x86_64',
      cpus: 2,
      memoryBytes: 1024 ** 3,
      pageBytes: [4096, 2 * 1024 ** 2],
      cpu: { model: 'Skylake-Client', level: 'x86-64-v3' },
      guests: [{ arch: 'x86_64', osType: 'hvm', domainTypes: ['qemu', 'kvm'], emulator: '/usr/libexec/qemu-kvm' }],
    });
    expect(host.domains[0]).toMatchObject({
      firmware: ['efi'],
      secureBoot: true,
      maxCpus: 710,
      video: ['vga', 'virtio', 'none'],
    });
  });

  it('names the hypervisor and its version', () => {
    expect(platformNames(hostOf())).toContain('rhel-kvm-9.4');
    const own = readCapabilities(capabilities(kvm, '<machine>pc-q35-8.2</machine><machine>pc-q35-10.0</machine>'), 'c');
    expect(platformNames(own)).toEqual(['qemu-10.0', 'kvm']);
  });

  it.each([
    [
      '<domain/>',
      'capabilities',
      /<domain> was found where <capabilities> was expected; write it with virsh capabilities/,
    ],
    ['<capabilities>', 'capabilities', /x\.xml:1/],
    ['<!DOCTYPE a [<!ENTITY b "c">]><capabilities/>', 'capabilities', /document type/],
  ])('is refused with one line when it is %s', (text, _root, message) => {
    expect(() => readCapabilities(text, 'x.xml')).toThrow(message);
    expect(() => readDomainCapabilities(text, 'x.xml')).toThrow(/x\.xml/);
  });

  it('that tells nothing takes nothing away', () => {
    const host = readCapabilities('<capabilities/>', 'empty.xml');
    const { host: _, ...rest } = { host, ...ask('debian12', { host }) };
    expect(rest).toMatchObject({ disk: { bus: 'virtio' }, firmware: { type: 'uefi' }, video: { model: 'virtio' } });
  });
});

describe('with a host', () => {
  it('only its machines are taken, in its own version', () => {
    const rec = ask('rhel6.9', { host: hostOf() }, 'rhel-kvm-9.4');
    expect(rec.machine).toMatchObject({ family: 'q35', version: 'pc-q35-rhel9.4.0' });
    // Its legacy drivers do not bind behind PCI Express ports.
    expect(rec.disk.bus).not.toBe('virtio');
    expect(ask('rhel6.9', { host: hostOf({}, q35 + pc) }).machine).toMatchObject({
      family: 'pc',
      version: 'pc-i440fx-8.2',
    });
  });

  it('SPICE is taken for a desktop where it is offered, and never where it is not', () => {
    const spice = hostOf({ graphics: ['vnc', 'spice'], video: ['vga', 'qxl', 'virtio'] });
    expect(ask('win11', { host: spice }).graphics).toEqual({ type: 'spice' });
    expect(ask('debian12', { host: spice }).graphics).toEqual({ type: 'vnc' });
    expect(ask('win11', { host: hostOf() }).graphics).toEqual({ type: 'vnc' });
    expect(contradiction(() => ask('win11', { host: hostOf(), overrides: { graphics: 'spice' } }))).toContain(
      'caps.xml has no SPICE',
    );
    expect(contradiction(() => ask('win11', { host: hostOf(), overrides: { video: 'qxl' } }))).toContain(
      'caps.xml has no qxl',
    );
  });

  it('a card is taken that it has', () => {
    expect(ask('debian12', { host: hostOf({ video: ['vga'] }) }).video.model).toBe('vga');
    expect(ask('debian12', { host: hostOf({ video: ['bochs'] }) }).video.model).toBe('bochs');
  });

  it('UEFI that is not installed is a contradiction where the OS needs it, and BIOS where it does not', () => {
    expect(ask('debian12', { host: hostOf({ firmware: [] }) }).firmware.type).toBe('bios');
    expect(contradiction(() => ask('win11', { host: hostOf({ firmware: [] }) }))).toMatch(
      /does not start from BIOS .*but caps.xml has no UEFI firmware .*ovmf.*; install the firmware on the host/,
    );
  });

  it('firmware without Secure Boot leaves it off', () => {
    expect(ask('debian12', { host: hostOf({ secure: ['no'] }) }).firmware).toMatchObject({
      type: 'uefi',
      secureBoot: false,
    });
  });

  it('a TPM needs its emulator', () => {
    const without = hostOf({ tpm: '<tpm supported="no"/>' });
    expect(contradiction(() => ask('win11', { host: without }))).toContain('install swtpm on the host');
    expect(ask('win2k22', { host: without }).tpm).toBeUndefined();
    const old = hostOf({
      tpm: `<tpm supported="yes">${list('model', 'tpm-tis')}${list('backendModel', 'emulator')}</tpm>`,
    });
    expect(ask('win11', { host: old }).tpm).toEqual({ model: 'tpm-tis', version: '2.0' });
  });

  it('a processor that is too old is a contradiction that names both and the ways out', () => {
    const host = hostOf({ hostModel: 'IvyBridge-IBRS' });
    expect(contradiction(() => ask('rhel10.0', { host }))).toMatch(
      /^Red Hat Enterprise Linux 10.0 needs x86-64-v3 \(.*:\d+\), but the processor of caps.xml \(IvyBridge-IBRS\) is only x86-64-v2; take a host with a newer processor, or an OS that is built for less, or emulate/,
    );
    expect(ask('rhel9.4', { host }).cpu.baseline).toBe('x86-64-v2');
    expect(contradiction(() => ask('rhel10.0', { host: hostOf({ off: ['avx2'] }) }))).toContain(
      'with 1 features withheld',
    );
    expect(ask('rhel10.0', { host: hostOf() }).cpu.mode).toBe('host-passthrough');
  });

  it('a processor that cannot be passed through is the nearest that can', () => {
    const rec = ask('debian12', { host: hostOf({ passthrough: false }) });
    expect(rec.cpu.mode).toBe('host-model');
    expect(decision(rec, 'cpu.mode').lost).toContainEqual({
      value: 'host-passthrough',
      because: 'caps.xml has no host-passthrough',
    });
  });

  it('a named processor is one that it can be', () => {
    expect(ask('debian12', { host: hostOf(), intent: 'density' }).cpu).toMatchObject({
      mode: 'custom',
      model: 'Nehalem',
    });
    expect(ask('rhel10.0', { host: hostOf(), intent: 'density' }).cpu.model).toBe('Haswell-noTSX');
    expect(contradiction(() => ask('debian12', { host: hostOf(), overrides: { cpuModel: 'EPYC' } }))).toContain(
      'cannot be EPYC',
    );
  });

  it('only its own enlightenments are given', () => {
    expect(ask('win11', { host: hostOf({ hyperv: ['relaxed', 'spinlocks'] }) }).hyperv).toEqual([
      'relaxed',
      'spinlocks',
    ]);
  });

  it('without KVM the machine is emulated, and KVM cannot be asked for', () => {
    const host = readCapabilities(capabilities('<domain type="qemu"/>', pc + q35), 'plain.xml');
    expect(ask('debian12', { host }).virt).toBe('qemu');
    expect(ask('debian12', { host }).cpu.mode).toBe('maximum');
    expect(contradiction(() => ask('debian12', { host, virt: 'kvm' }))).toContain(
      'plain.xml has none for x86_64; say --virt qemu',
    );
  });

  it('an architecture that it does not run is a contradiction', () => {
    expect(contradiction(() => ask('debian12', { host: hostOf(), arch: 's390x' }))).toContain(
      'caps.xml runs no such guests',
    );
  });

  it('that is known by its domain capabilities alone is believed as far as they go', () => {
    const host = hostOfDomains('dom.xml', [readDomainCapabilities(domain(), 'dom.xml')]);
    expect(ask('win11', { host })).toMatchObject({
      virt: 'kvm',
      firmware: { secureBoot: true },
      video: { model: 'vga' },
    });
  });

  it('pages are huge where it has them', () => {
    expect(ask('debian12', { host: hostOf(), intent: 'performance' }).memory.hugepages).toBe('2M');
    expect(contradiction(() => ask('debian12', { host: hostOf(), overrides: { hugepages: '1G' } }))).toContain(
      'no pages of 1 GiB',
    );
  });
});

describe('x86-64 levels', () => {
  it.each([
    ['Penryn', 'x86-64-v1'],
    ['Nehalem-IBRS', 'x86-64-v2'],
    ['EPYC-Milan-v2', 'x86-64-v3'],
    ['Skylake-Client-noTSX-IBRS', 'x86-64-v3'],
    ['Cascadelake-Server-noTSX', 'x86-64-v4'],
    ['x86-64-v2-AES', 'x86-64-v2'],
    ['no-such', undefined],
  ])('%s is %s', (model, level) => expect(levelOfModel(model)).toBe(level));

  it('fall with what is withheld, and rise with what is there', () => {
    expect(levelWithout('Haswell', new Set(['hle', 'rtm']))).toBe('x86-64-v3');
    expect(levelWithout('Haswell', new Set(['avx2']))).toBe('x86-64-v2');
    expect(levelWithout('Haswell', new Set(['ssse3']))).toBe('x86-64-v1');
    expect(levelOfFeatures(() => true)).toBe('x86-64-v4');
    expect(levelOfFeatures((name) => name !== 'lm')).toBeUndefined();
    expect(compareLevels('x86-64-v2', 'x86-64-v3')).toBeLessThan(0);
    expect(compareLevels('power9', 'x86-64-v3')).toBeUndefined();
  });
});

describe('firmware descriptors', () => {
  const text = JSON.stringify({
    'interface-types': ['uefi'],
    targets: [{ architecture: 'x86_64', machines: ['pc-q35-*'] }],
    features: ['secure-boot'],
  });

  it('say for which machines they are', () => {
    const one = parseFirmwareDescriptor(text)!;
    expect([
      firmwareFits(one, 'x86_64', 'pc-q35-7.2'),
      firmwareFits(one, 'x86_64', 'pc-i440fx-7.2'),
      firmwareFits(one, 'aarch64', 'pc-q35-7.2'),
    ]).toEqual([true, false, false]);
  });

  it.each(['', '{', '[]', 'null', '{"targets":1}'])('%j is none', (bad) =>
    expect(parseFirmwareDescriptor(bad)).toBeUndefined(),
  );
});

describe('a host by its QEMU', () => {
  it.each(['', 'no json', '{"QMP":{}}', '{"return":{}}\n{"return":[1]}'])('%j is no answer of one', (output) => {
    expect(() => readQmp(output, '/bin/x', [])).toThrow(/\/bin\/x/);
  });

  const emulator = '/usr/bin/qemu-system-x86_64';
  it.skipIf(!existsSync(emulator))(`${emulator} answers`, async () => {
    const { stdout } = await run([emulator, ...qmpWords], { input: qmpInput, timeoutMs: 60_000 });
    const host = readQmp(stdout, emulator, []);
    expect(host.guests.map(({ arch }) => arch)).toEqual(['x86_64', 'i686']);
    expect(host.guests[0]!.machines.some(({ name, canonical }) => name === 'q35' && canonical !== undefined)).toBe(
      true,
    );
    expect(host.domains[0]).toMatchObject({ emulator, tpm: { backends: expect.arrayContaining(['emulator']) } });
    expect(host.domains[0]!.video).toContain('vga');
    expect(host.domains[0]!.nics).toContain('e1000e');
    // No descriptor was given, so that there is no UEFI.
    expect(
      recommend({ os: db.os('debian12'), platform: db.platform('qemu-7.2'), host, virt: 'qemu' }).firmware.type,
    ).toBe('bios');
  });
});

describe('the libvirt of this machine', () => {
  it.skipIf(!existsSync('/usr/bin/virsh') || !existsSync('/usr/bin/qemu-system-x86_64'))(
    'is read as it answers',
    async () => {
      const root = newFolder();
      const virsh = async (...words: readonly string[]): Promise<string> =>
        (await run(['virsh', '--quiet', '--connect', `qemu:///embed?root=${root}`, ...words], { timeoutMs: 100_000 }))
          .stdout;
      const host = readCapabilities(await virsh('capabilities'), 'embed');
      expect(host.arch).toBe('x86_64');
      const xml = await virsh('domcapabilities', '--arch', 'x86_64', '--machine', 'q35', '--virttype', 'qemu');
      const one = hostWith(host, [readDomainCapabilities(xml, 'embed')]);
      const rec = recommend({
        os: db.os('debian12'),
        platform: db.platform(platformNames(one)[0]!),
        host: one,
        virt: 'qemu',
      });
      expect(rec).toMatchObject({
        virt: 'qemu',
        cpu: { mode: 'maximum' },
        disk: { bus: 'virtio' },
        video: { model: 'virtio' },
      });
      expect(rec.machine.version).toMatch(/^pc-q35-\d/);
    },
  );
});

const reference = join(process.env['GUESTWRIGHT_REFERENCE'] ?? join(process.cwd(), '../shared/reference'), 'recommend');

describe.skipIf(!existsSync(reference))('hosts of the reference (skipped where the reference folder is absent)', () => {
  const read = (name: string): string => readFileSync(join(reference, name), 'utf8');

  it('a KVM server with a Skylake', () => {
    const caps = readCapabilities(read('host/kvm-x86_64.xml'), 'kvm');
    const host = hostWith(caps, [readDomainCapabilities(read('host/kvm-x86_64-domcaps-latest.xml'), 'kvm')]);
    expect(host.cpu).toMatchObject({ level: 'x86-64-v3' });
    expect(ask('win11', { host })).toMatchObject({
      virt: 'kvm',
      graphics: { type: 'spice' },
      tpm: { model: 'tpm-crb' },
      machine: { version: 'pc-q35-6.1' },
    });
    expect(ask('rhel10.0', { host }).cpu.mode).toBe('host-passthrough');
  });

  it('an ARM server', () => {
    const caps = readCapabilities(read('host/kvm-aarch64.xml'), 'arm');
    const host = hostWith(caps, [readDomainCapabilities(read('host/kvm-aarch64-domcaps.xml'), 'arm')]);
    const rec = ask('debian12', { host });
    expect(rec).toMatchObject({ arch: 'aarch64', virt: 'kvm', machine: { family: 'virt' } });
  });

  it('a machine that only emulates, without UEFI', () => {
    const host = hostOfDomains('tcg', [readDomainCapabilities(read('domcaps-libvirt9.0-qemu7.2-q35-tcg.xml'), 'tcg')]);
    expect(ask('debian12', { host }, 'qemu-7.2')).toMatchObject({
      virt: 'qemu',
      firmware: { type: 'bios' },
      cpu: { mode: 'maximum' },
    });
    expect(ask('rhel10.0', { host }, 'qemu-7.2').cpu.baseline).toBe('x86-64-v3');
  });
});
