// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { openDb } from '../../../osinfo/open.js';
import { recommend } from '../../../osinfo/recommend/index.js';
import type { Overrides, RecommendInput } from '../../../osinfo/recommend/types.js';
import { contradiction, GiB, MiB } from './world.js';

const db = openDb({ db: 'bundled', env: {}, index: false });
const ask = (os: string, rest: Partial<Omit<RecommendInput, 'os' | 'platform'>> = {}) =>
  recommend({ os: db.os(os), platform: db.platform('qemu-9.2'), ...rest });
const choose = (os: string, overrides: Overrides) => ask(os, { overrides });

describe('a choice', () => {
  it('wins over every rule', () => {
    const rec = choose('debian12', {
      ...{
        machine: 'pc-i440fx-9.2',
        firmware: 'bios',
        diskBus: 'scsi',
        nicModel: 'e1000',
        video: 'vga',
        graphics: 'none',
      },
      ...{
        sound: 'ac97',
        usb: false,
        rng: false,
        balloon: false,
        watchdog: false,
        clock: 'localtime',
        boot: ['network'],
      },
      ...{
        cpus: 4,
        topology: { sockets: 2 },
        cpuModel: 'Haswell',
        diskCache: 'none',
        diskIo: 'native',
        iothread: true,
      },
    });
    expect(rec).toMatchObject({
      ...{ machine: { family: 'pc', version: 'pc-i440fx-9.2' }, nic: { model: 'e1000' }, video: { model: 'vga' } },
      ...{ disk: { bus: 'scsi', controller: 'virtio-scsi', cache: 'none', io: 'native', iothread: true } },
      ...{ cpu: { mode: 'custom', model: 'Haswell', topology: { sockets: 2, cores: 2, threads: 1 } } },
      ...{ sound: { model: 'ac97' }, rng: false, balloon: false, clock: { offset: 'localtime' }, boot: ['network'] },
    });
    expect([rec.usb, rec.watchdog, rec.graphics.type]).toEqual([undefined, undefined, 'none']);
  });

  it.each([
    ['win11', { diskBus: 'virtio' }, /disk virtio was asked for, but .*lists no driver for virtio-blk/],
    ['win11', { nicModel: 'virtio' }, /nic virtio was asked for, but .*lists no driver/],
    ['rhel10.0', { cpuModel: 'Nehalem' }, /Nehalem was asked for, which is x86-64-v2, but .*needs x86-64-v3/],
    ['win10', { cpus: 4, topology: { sockets: 4, cores: 1 } }, /no more than two sockets/],
    ['archlinux', { secureBoot: true }, /Secure Boot was asked for, but/],
    ['debian12', { memoryBytes: 16 * MiB }, /less than the minimum/],
    ['debian12', { clock: 'localtime' }, /clock.offset localtime was asked for/],
  ] as [string, Overrides, RegExp][])('of %s, %j, is warned of', (os, overrides, message) => {
    expect(choose(os, overrides).warnings.join('\n')).toMatch(message);
  });

  it('of 64 GiB for a 32-bit system is warned of', () => {
    expect(ask('winxp', { arch: 'i686', overrides: { memoryBytes: 64 * GiB } }).warnings.join()).toContain(
      'more than it can use',
    );
  });

  it.each([
    [{ machine: 'virt' }, /has no virt machine for x86_64/],
    [{ diskBus: 'ide' }, /a PCI Express machine has no IDE/],
    [{ nicModel: 'warp' }, /nobody has that; there are virtio/],
    [{ diskIo: 'native' }, /not cached; say --disk-cache none/],
    [{ cpus: 4, topology: { sockets: 3, cores: 1 } }, /their product is 3, and there are 4 CPUs/],
    [{ memoryBytes: GiB, maximumMemoryBytes: MiB }, /starts with 1 GiB/],
    [{ tpmModel: 'tpm-spapr' }, /there are tpm-crb, tpm-tis/],
    [{ freePageReporting: true, balloon: false }, /no balloon/],
    [{ nicModel: 'e1000e', nicQueues: 2 }, /only virtio cards/],
  ] as [Overrides, RegExp][])('that cannot be had is a contradiction: %j', (overrides, message) => {
    expect(contradiction(() => choose('debian12', overrides))).toMatch(message);
  });
});

describe('what the machine is for', () => {
  it('density: small, and movable', () => {
    const rec = ask('debian12', { intent: 'density' });
    expect(rec).toMatchObject({ cpu: { mode: 'custom', model: 'Nehalem' }, disk: { cache: 'none', queues: 1 } });
    expect(rec.memoryBytes).toBeLessThanOrEqual(ask('debian12').memoryBytes);
    expect(ask('rhel10.0', { intent: 'density' }).cpu.mode).toBe('host-model');
  });

  it('performance: queues, threads, huge pages, and nothing taken back', () => {
    expect(ask('debian12', { intent: 'performance', overrides: { cpus: 12 } })).toMatchObject({
      ...{ disk: { cache: 'none', io: 'native', iothread: true, queues: 12 }, nic: { queues: 8 }, balloon: false },
      ...{ memory: { hugepages: '2M' }, freePageReporting: false },
    });
  });

  it('windows-server: sockets, and a thread for a virtio disk', () => {
    const image = { firmware: ['uefi'] as const, drivers: ['http://pcisig.com/pci/1af4/1042'] };
    const rec = ask('win2k22', { intent: 'windows-server', image, overrides: { cpus: 4 } });
    expect(rec).toMatchObject({ cpu: { topology: { sockets: 4, cores: 1 } }, disk: { iothread: true } });
  });

  it('legacy-safe: nothing that not every system drives', () => {
    expect(ask('debian12', { intent: 'legacy-safe' })).toMatchObject({
      ...{
        machine: { family: 'pc' },
        firmware: { type: 'bios' },
        disk: { bus: 'ide' },
        rng: false,
        balloon: false,
        channels: [],
      },
    });
    expect(ask('win98', { intent: 'legacy-safe' }).cpu.model).toBe('pentium3');
  });
});

describe('a medium', () => {
  it('narrows architecture, firmware, memory and boot order', () => {
    expect(ask('debian12', { media: { arch: 'arm64' } }).arch).toBe('aarch64');
    expect(ask('debian12', { media: { firmware: ['bios'] } }).firmware.type).toBe('bios');
    expect(contradiction(() => ask('debian12', { arch: 's390x', media: { arch: 'x86_64' } }))).toContain(
      'the medium is for x86_64',
    );
    const live = db
      .oses()
      .flatMap((os) => os.media)
      .find((one) => one.live && !one.installer);
    if (live) expect(ask('debian12', { media: { entry: live, arch: 'x86_64' } }).boot).toEqual(['cdrom', 'disk']);
  });
});
