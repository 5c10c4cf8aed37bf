// SPDX-License-Identifier: Apache-2.0
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { run } from '../../../osinfo/doors/process.js';
import { formatLibvirt } from '../../../osinfo/formats/index.js';
import { formatVirtInstall } from '../../../osinfo/formats/virt-install.js';
import { openDb } from '../../../osinfo/open.js';
import { recommend } from '../../../osinfo/recommend/index.js';
import type { RecommendInput } from '../../../osinfo/recommend/types.js';
import type { XmlElement } from '../../../osinfo/xml/read.js';
import { readXml } from '../../../osinfo/xml/read.js';
import { unless } from './real-libvirt.js';

const db = openDb({ db: 'bundled', env: {}, index: false });
const rec = (os: string, rest: Partial<RecommendInput> = {}) =>
  recommend({ os: db.os(os), platform: db.platform('kvm-7.2'), ...rest });
const request = {
  name: 'x',
  disks: [{ path: '/var/lib/libvirt/images/x.qcow2', format: 'qcow2' }],
  cdrom: '/var/lib/libvirt/images/x.iso',
};

describe('formatVirtInstall', () => {
  it('makes a disk of the recommended size where no image is given', () => {
    expect(formatVirtInstall(rec('debian12'), { name: 'x', disks: [] }).text).toContain(
      '--disk size=20,format=qcow2,bus=virtio',
    );
  });

  it.each([
    [{ disks: [{ path: '/a,b', format: 'raw' }] }, /has a comma in it/],
    [{ name: 'a,b' }, /has a comma in it/],
    [{ disks: [{ path: 'a', format: 'raw' }] }, /is not absolute/],
  ])('refuses %j', (more, message) => {
    expect(() => formatVirtInstall(rec('debian12'), { ...request, ...more })).toThrow(message);
  });
});

const noTool = existsSync('/usr/bin/virt-install') ? undefined : 'package virtinst is missing';

/** A host for virt-install's test driver: what it asks for before it writes XML. */
const guest = (arch: string, bits: number): string => `<guest><os_type>hvm</os_type><arch name="${arch}">
  <wordsize>${bits}</wordsize><emulator>/usr/bin/qemu-system-x86_64</emulator>
  <machine maxCpus="255">pc-i440fx-7.2</machine><machine canonical="pc-i440fx-7.2" maxCpus="255">pc</machine>
  <machine maxCpus="288">pc-q35-7.2</machine><machine canonical="pc-q35-7.2" maxCpus="288">q35</machine>
  <domain type="qemu"/><domain type="kvm"/></arch><features><acpi default="on" toggle="yes"/><apic default="on" toggle="no"/></features></guest>`;
const capabilities = `<capabilities><host><cpu><arch>x86_64</arch></cpu></host>${guest('x86_64', 64)}${guest('i686', 32)}</capabilities>`;
const testHost = `<node><domain type="test"><name>other</name><memory>8192</memory><os><type>hvm</type></os></domain>
  <network><name>default</name><bridge name="virbr0"/></network>
  <pool type="dir"><name>default</name><target><path>/var/lib/libvirt/images</path></target></pool></node>`;

describe.skipIf(noTool)(`the real virt-install writes the machine that we write${unless(noTool)}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'guestwright-virt-install-'));
  writeFileSync(join(folder, 'caps.xml'), capabilities);
  writeFileSync(join(folder, 'host.xml'), testHost);
  // It refuses a medium that is not there.
  const cdrom = join(folder, 'x.iso');
  writeFileSync(cdrom, Buffer.alloc(65_536));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function install(text: string): Promise<string> {
    const uri = `__virtinst_test__test://${folder}/host.xml,predictable,fakeuri=qemu:///system,caps=${folder}/caps.xml`;
    const checks = `--connect '${uri}' --check disk_size=off,path_exists=off --print-xml --dry-run`;
    const script = `${text.trimEnd()} ${checks}`;
    const { stdout } = await run(['sh', '-c', script], { timeoutMs: 120_000 });
    return stdout;
  }

  /** What a machine is, without what either side adds of its own: addresses, ports, an order of elements. */
  function essence(xml: string): string[] {
    const root = readXml(xml, 'domain.xml');
    const facts: string[] = [];
    const walk = (element: XmlElement, path: string): void => {
      for (const [name, value] of element.attrs) {
        const place = `${path}/@${name}`;
        if (!ignored.some((one) => one.test(place)) && !assumed.has(`${place}=${value}`))
          facts.push(`${place}=${value}`);
      }
      for (const child of element.children) {
        const place = `${path}/${child.name}`;
        if (!ignored.some((one) => one.test(place))) walk(child, place);
      }
      const value = element.children.length === 0 ? element.text.trim() : '';
      if (value !== '') facts.push(`${path}=${value}`);
    };
    walk(root, '');
    return [...new Set(facts)].sort();
  }
  const ignored = [
    /^\/(uuid|currentMemory)$/,
    /\/(emulator|serial|mac|audio)$/,
    /@unit$|@placement$|@dies$|@autoport$|@index$/,
    /\/console\/target/,
    /\/hyperv\/@mode$/,
    /\/channel\/source/,
    /\/features\/pae$/,
  ];
  const assumed = new Set(['/devices/disk/driver/@type=raw', '/devices/disk/driver/@discard=ignore']);

  it.each([
    ['debian12', {}],
    ['win11', {}],
    ['winxp', {}],
    ['freebsd14.3', {}],
    ['rhel6.9', {}],
    ['debian12', { arch: 'i686' }],
    ['fedora42', { intent: 'desktop' }],
    ['debian12', { intent: 'performance' }],
  ] as const)('%s %j', async (os, more) => {
    const one = rec(os, more);
    const theirs = essence(await install(formatVirtInstall(one, { ...request, cdrom }).text));
    expect(theirs).toEqual(essence(formatLibvirt(one, { ...request, cdrom }).text));
  });
});
