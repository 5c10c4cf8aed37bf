// SPDX-License-Identifier: Apache-2.0
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { describeForOpenStack, formatRecommendation, formats } from '../../../osinfo/formats/index.js';
import { openDb } from '../../../osinfo/open.js';
import { recommend } from '../../../osinfo/recommend/index.js';
import type { RecommendInput } from '../../../osinfo/recommend/types.js';
import { readXml } from '../../../osinfo/xml/read.js';

const db = openDb({ db: 'bundled', env: {}, index: false });
const folder = mkdtempSync(join(tmpdir(), 'guestwright-formats-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const systems = ['win11', 'debian12', 'winxp', 'freebsd15.0', 'rhel10.0', 'msdos6.22', 'macos15', 'ubuntu24.04'];

const say = (format: string, os: string, rest: Partial<RecommendInput> = {}) => {
  const platform = db.platform(formats.find(({ name }) => name === format)!.platform);
  return formatRecommendation(format, recommend({ os: db.os(os), platform, ...rest }), {
    name: `a "machine" | ${os}`,
    disks: [{ path: 'd.vmdk', format: 'vmdk' }],
    cdrom: '/iso/x.iso',
  }).text;
};

const missing = (path: string, name: string): string => (existsSync(path) ? '' : ` (package ${name} is missing)`);

const noVirsh = missing('/usr/bin/virsh', 'libvirt-clients');
describe.skipIf(noVirsh)(`libvirt reads VMX files${noVirsh}`, () => {
  /** libvirt asks VMware's program for its version, and nothing else, before it reads a file. */
  const env = { ...process.env, HOME: folder, XDG_RUNTIME_DIR: folder, PATH: `${folder}:${process.env.PATH}` };
  for (const name of ['vmplayer', 'vmware', 'vmware-vmx', 'vmrun']) {
    writeFileSync(join(folder, name), '#!/bin/sh\necho "VMware Player 17.0.0 build-20800274"\n');
    chmodSync(join(folder, name), 0o755);
  }

  it.each(systems)('%s', (os) => {
    const file = join(folder, 'x.vmx');
    writeFileSync(file, say('vmx', os));
    const uri = ['-c', 'vmwareplayer:///session'];
    const xml = execFileSync('virsh', [...uri, 'domxml-from-native', 'vmware-vmx', file], { env, encoding: 'utf8' });
    const one = recommend({ os: db.os(os), platform: db.platform('vmware-workstation') });
    const domain = readXml(xml, 'x.xml');
    expect(domain.children.find(({ name }) => name === 'name')?.text).toBe(`a "machine" | ${os}`);
    expect(xml).toContain(`>${Math.ceil(one.memoryBytes / 4 / 1024 ** 2) * 4096}</memory>`);
    expect(xml).toContain(`cores='${one.cpu.count}'`.replace(/^cores='1'$/, '<vcpu'));
    expect(xml.includes("firmware='efi'")).toBe(one.firmware.type === 'uefi');
    expect(xml).toContain(`bus='${one.disk.bus}'`);
    expect(xml).toContain("<source file='d.vmdk'/>");
    expect(xml).toContain("<source file='/iso/x.iso'/>");
  });
});

const noV2v = missing('/usr/bin/virt-v2v', 'virt-v2v');
describe.skipIf(noV2v)(`virt-v2v reads OVF packages${noV2v}`, () => {
  it.each(['win11', 'debian12', 'winxp'])('%s', (os) => {
    const one = recommend({ os: db.os(os), platform: db.platform('esxi') });
    writeFileSync(join(folder, 'x.ovf'), say('ovf', os));
    execFileSync('qemu-img', [
      'create',
      '-q',
      '-f',
      'vmdk',
      '-o',
      'subformat=streamOptimized',
      join(folder, 'd.vmdk'),
      '64M',
    ]);
    execFileSync('tar', ['-C', folder, '-cf', join(folder, 'x.ova'), 'x.ovf', 'd.vmdk']);
    const read = spawnSync('virt-v2v', ['-i', 'ova', '--print-source', join(folder, 'x.ova')], { encoding: 'utf8' });
    expect(read.stderr).toBe('');
    expect(read.stdout).toContain(`source name: a "machine" | ${os}`);
    expect(read.stdout).toContain(`memory: ${one.memoryBytes} (bytes)`);
    expect(read.stdout).toContain(`nr vCPUs: ${one.cpu.count}`);
    expect(read.stdout).toContain(`firmware: ${one.firmware.type}`);
    const bus = { scsi: 'scsi', sata: 'sata', ide: 'ide' }[one.disk.bus as 'scsi'];
    expect(read.stdout).toContain(`0 [${bus}]`);
  });
});

const noNova = missing('/usr/lib/python3/dist-packages/nova/objects/image_meta.py', 'python3-nova');
describe.skipIf(noNova)(`Nova reads the properties of images${noNova}`, () => {
  it('every OS, each property that this Nova knows', () => {
    const all = db.oses().map((os) => {
      const rec = recommend({ os, platform: db.platform('openstack') });
      return describeForOpenStack(rec, { name: 'x', disks: [] }).image.properties;
    });
    const distinct = [...new Set(all.map((one) => JSON.stringify({ ...one, os_distro: 'x', os_version: 'x' })))];
    const program = [
      'import json,sys',
      'from nova.objects import image_meta as m',
      'new=set(); seen=set()',
      'for p in json.load(sys.stdin):',
      '  got=m.ImageMeta.from_dict({"id":"00000000-0000-4000-8000-000000000000","properties":p}).properties',
      '  new|={k for k in p if k not in got.fields}; seen|={k for k in p if k in got and got.get(k) is not None}',
      'print(json.dumps([sorted(new),sorted(seen)]))',
    ].join('\n');
    const input = `[${distinct.join()}]`;
    const out = execFileSync('/usr/bin/python3', ['-c', program], {
      input,
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const [unknown, read] = JSON.parse(out.trim().split('\n').at(-1)!) as [string[], string[]];
    // What came after Nova 26, and what is for people; it leaves alone what it does not know.
    expect(unknown.filter((name) => !['hw_sound_model', 'hw_usb_model', 'os_version'].includes(name))).toEqual([]);
    for (const name of ['os_secure_boot', 'hw_tpm_model', 'hw_machine_type', 'hw_disk_bus'])
      expect(read).toContain(name);
  });
});

const noVagrant = missing('/usr/share/rubygems-integration/all/gems/vagrant-libvirt-0.11.2', 'vagrant-libvirt');
describe.skipIf(noVagrant)(`Vagrant validates${noVagrant}`, () => {
  it.each([
    ['vagrant', 'win11'],
    ['vagrant-virtualbox', 'debian12'],
  ])('%s, %s', (format, os) => {
    writeFileSync(join(folder, 'Vagrantfile'), say(format, os));
    const words = format === 'vagrant' ? ['validate'] : ['validate', '--ignore-provider'];
    const env = { ...process.env, HOME: folder, VAGRANT_HOME: join(folder, '.vagrant.d') };
    const read = spawnSync('vagrant', words, { cwd: folder, env, encoding: 'utf8' });
    expect(`${read.stdout}${read.stderr}`).toContain('Vagrantfile validated successfully');
  });
});

const noPacker = missing('/usr/bin/packer', 'packer');
describe.skipIf(noPacker)(`Packer 1.6 validates what it knows already${noPacker}`, () => {
  it.each(['win11', 'debian12', 'msdos6.22'])('%s', (os) => {
    const newer = /^ {2}(cpu_model|sockets|cores|threads|vga|efi_\w+|vtpm|tpm_device_type|use_tpm1) .*\n/gm;
    const known = say('packer', os)
      .replace(/^packer \{\n[\s\S]*?\n\}\n/, '')
      .replace(newer, '');
    const file = join(folder, 'x.pkr.hcl');
    writeFileSync(file, known);
    const env = { ...process.env, HOME: folder, CHECKPOINT_DISABLE: '1' };
    const read = spawnSync('packer', ['validate', file], { env, encoding: 'utf8' });
    expect(`${read.stdout}${read.stderr}`).not.toContain('Error');
    expect(read.status).toBe(0);
  });
});
