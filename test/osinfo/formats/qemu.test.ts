// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { start } from '../../../osinfo/doors/process.js';
import { formatQemu, formatQemuText, type QemuRequest } from '../../../osinfo/formats/index.js';
import { openDb } from '../../../osinfo/open.js';
import { recommend } from '../../../osinfo/recommend/index.js';
import type { RecommendInput } from '../../../osinfo/recommend/types.js';
import { noTpm, unless } from './real-libvirt.js';
import { ask, noQemuFor, pciIds } from './real-qemu.js';

const db = openDb({ db: 'bundled', env: {}, index: false });
const publicFolder = '/usr/share/osinfo';
const theirs = existsSync(publicFolder) ? openDb({ db: publicFolder, env: {}, index: false }) : undefined;

const rec = (os: string, rest: Partial<RecommendInput> = {}) =>
  recommend({ os: db.os(os), platform: db.platform('qemu-7.2'), virt: 'qemu', ...rest });

let folder: string;
let disk: { path: string; format: string };
let other: { path: string; format: string };
let iso: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'guestwright-qemu-'));
  disk = { path: join(folder, 'a,b c.qcow2'), format: 'qcow2' };
  other = { path: join(folder, 'other.qcow2'), format: 'qcow2' };
  iso = join(folder, 'x.iso');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const quiet = { serial: 'none', display: 'none', stopped: true, qmp: 'stdio' } as const;

const noQemu = noQemuFor('qemu-system-x86_64');

describe.skipIf(noQemu)(`the command line starts in the real QEMU${unless(noQemu)}`, () => {
  beforeAll(() => {
    for (const path of [disk.path, other.path]) execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', path, '64M']);
    writeFileSync(iso, Buffer.alloc(65_536));
  });

  const request = (more: Partial<QemuRequest> = {}): QemuRequest => ({ name: 'x', disks: [disk], ...quiet, ...more });

  it.each(['debian12', 'ubuntu24.04', 'win11', 'freebsd14.3', 'alpinelinux3.22'])(
    '%s, and the guest sees a disk controller and a card that its OS drives',
    async (name) => {
      const one = rec(name);
      const ids = await pciIds(formatQemu(one, request({ cdrom: iso })).argv);
      const drives = db.os(name).allDeviceLinks.map((link) => link.target);
      for (const device of [one.disk.device, one.nic.device]) {
        expect(ids).toContain(device);
        expect(drives).toContain(device);
      }
    },
  );

  it.skipIf(!theirs)('the same for an OS with old virtio drivers: it sees the legacy ids', async () => {
    const one = recommend({ os: theirs!.os('rhel6.9'), platform: db.platform('qemu-7.2'), virt: 'qemu' });
    expect(one.disk.device).toBe('http://pcisig.com/pci/1af4/1001');
    const ids = await pciIds(formatQemu(one, request()).argv);
    expect(ids).toEqual(expect.arrayContaining([one.disk.device, one.nic.device]));
  });

  it.skipIf(!theirs).each(['win95', 'winxp', 'macosx10.7', 'openbsd7.0', 'netbsd9.0', 'haikur1beta2'])(
    '%s of the public database',
    async (name) => {
      const one = recommend({
        os: theirs!.os(name),
        platform: db.platform('qemu-7.2'),
        virt: 'qemu',
        intent: 'desktop',
      });
      const ids = await pciIds(formatQemu(one, request({ cdrom: iso })).argv);
      expect(ids).toContain(one.nic.device);
    },
  );

  it('from BIOS, and with a snapshot, without a card, with its console in a file', async () => {
    const one = rec('debian12', { overrides: { firmware: 'bios' } });
    const log = join(folder, 'console, of x.log');
    const { argv } = formatQemu(one, request({ snapshot: true, network: 'none', serial: `file:${log}` }));
    const ids = await pciIds(argv);
    expect(ids).toContain(one.disk.device);
    expect(ids).not.toContain(one.nic.device);
    expect(existsSync(log)).toBe(true);
  });

  it('with several disks, cards and each kind of controller', async () => {
    const one = rec('debian12', { overrides: { firmware: 'bios' } });
    for (const bus of ['virtio', 'sata', 'scsi'] as const) {
      const disks = [disk, { ...other, readonly: bus !== 'sata' }];
      const controller = bus === 'scsi' ? { controller: 'virtio-scsi' } : {};
      const changed = { ...one, disk: { ...one.disk, bus, ...controller } };
      const { argv } = formatQemu(changed, request({ disks, nics: 2, snapshot: true, cdrom: iso }));
      const [blocks] = (await ask(argv, { execute: 'query-block' })) as [readonly { readonly device: string }[]];
      expect(blocks.map((block) => block.device)).toEqual(expect.arrayContaining(['disk0', 'disk1', 'cdrom0']));
    }
  });

  it('with as much memory and as many processors as recommended', async () => {
    const one = rec('debian12', { overrides: { memoryBytes: 300 * 1024 ** 2, cpus: 3 } });
    const [memory, cpus] = (await ask(
      formatQemu(one, request()).argv,
      { execute: 'query-memory-size-summary' },
      { execute: 'query-cpus-fast' },
    )) as [{ 'base-memory': number }, readonly unknown[]];
    expect(memory['base-memory']).toBe(300 * 1024 ** 2);
    expect(cpus).toHaveLength(3);
  });

  it.skipIf(noTpm())(`with a TPM where swtpm runs for it${unless(noTpm())}`, async () => {
    const socket = join(folder, 'tpm.sock');
    const tpm = await start(
      ['swtpm', 'socket', '--tpm2', '--tpmstate', `dir=${folder}`, '--ctrl', `type=unixio,path=${socket}`],
      { onLine: () => undefined },
    );
    try {
      for (let i = 0; i < 100 && !existsSync(socket); i++) await new Promise((resolve) => setTimeout(resolve, 50));
      const { argv, warnings } = formatQemu(rec('win11'), request({ tpmSocket: socket }));
      expect(warnings).toEqual([]);
      expect(await ask(argv, { execute: 'query-tpm' })).toMatchObject([[{ model: 'tpm-crb' }]]);
    } finally {
      tpm.kill('SIGKILL');
      await tpm.ended;
    }
  });
});

describe('formatQemu', () => {
  const request: QemuRequest = { name: 'x', disks: [{ path: '/x.qcow2', format: 'qcow2' }] };
  const valueAfter = (argv: readonly string[], option: string): string | undefined => argv[argv.indexOf(option) + 1];

  it('says what stays out, never in silence', () => {
    expect(formatQemu(rec('win11'), request).warnings).toEqual([
      'the TPM 2.0 is left out: QEMU needs a running swtpm for it, whose socket was not given',
    ]);
  });

  it('gives Windows on KVM the enlightenments, and emulation a processor that does not stall', () => {
    const kvm = formatQemu(rec('win11', { virt: 'kvm' }), request).argv;
    expect(valueAfter(kvm, '-cpu')).toMatch(
      /^host,migratable=on,hv-relaxed=on,.*hv-spinlocks=0x1fff.*hv-time=on,hv-crash=on$/,
    );
    const tcg = formatQemu(rec('debian12', { virt: 'kvm' }), { ...request, accel: 'tcg' }).argv;
    expect([valueAfter(tcg, '-accel'), valueAfter(tcg, '-cpu')]).toEqual(['tcg,thread=multi', 'max,-erms']);
    const arm = formatQemu(rec('debian12', { arch: 'aarch64' }), { ...request, accel: 'tcg' }).argv;
    expect(valueAfter(arm, '-cpu')).toBe('max,pauth-impdef=on');
  });

  it('doubles commas, and keeps a relative path from looking like a protocol', () => {
    const disks = [{ path: 'nbd:x,y', format: 'raw' }];
    const { argv } = formatQemu(rec('debian12', { overrides: { firmware: 'bios' } }), {
      ...request,
      disks,
      name: 'a,b',
    });
    expect(valueAfter(argv, '-name')).toBe('a,,b');
    expect(valueAfter(argv, '-drive')).toBe(
      'if=none,id=disk0,format=raw,file=./nbd:x,,y,discard=unmap,detect-zeroes=unmap',
    );
  });

  it('writes to the given variables only, and never to the packaged ones', () => {
    const drives = (more: Partial<QemuRequest>) =>
      formatQemu(rec('freebsd14.3'), { ...request, ...more }).argv.filter((word) => word.includes('unit=1'));
    expect(drives({})).toEqual(['if=pflash,unit=1,format=raw,snapshot=on,file=/usr/share/OVMF/OVMF_VARS_4M.fd']);
    expect(drives({ firmwareVars: '/v.fd' })).toEqual(['if=pflash,unit=1,format=raw,file=/v.fd']);
  });

  it('is text that a shell takes, an option a line', () => {
    const disks = [{ path: "/it's.qcow2", format: 'qcow2' }];
    const { text } = formatQemuText(rec('debian12'), { ...request, disks });
    const words = execFileSync('sh', ['-c', text.replace(/^qemu-system-x86_64/, "printf '%s\\n'")], {
      encoding: 'utf8',
    });
    expect(words.trimEnd().split('\n')).toEqual(formatQemu(rec('debian12'), { ...request, disks }).argv.slice(1));
  });

  it('refuses a machine of another hypervisor', () => {
    expect(() => formatQemu(rec('debian12', { platform: db.platform('esxi-8.0') }), request)).toThrow(
      "the vmx machine of VMware ESXi 8.0 is none of QEMU's; take a platform that has one, such as kvm, or another format",
    );
  });

  it.each(['nowhere', 'file:', 'tcp:1234'])('refuses %s as a place for the console', (serial) => {
    expect(() => formatQemu(rec('debian12'), { ...request, serial })).toThrow(/is no place for a serial console/);
  });
});
