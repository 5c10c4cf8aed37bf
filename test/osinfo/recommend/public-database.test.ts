// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openDb } from '../../../osinfo/open.js';
import { recommend } from '../../../osinfo/recommend/index.js';
import { decision } from './world.js';

const folder = '/usr/share/osinfo';

// Debian's osinfo-db knows no processors, no Secure Boot and no TPM, and names no memory for two OSes of five.
describe.skipIf(!existsSync(folder))(`every OS of ${folder} (package osinfo-db)`, () => {
  const theirs = openDb({ db: folder, env: {}, index: false });
  const ours = openDb({ db: 'bundled', env: {}, index: false });
  const platform = ours.platform('qemu-7.2');
  const ask = (name: string) => recommend({ os: theirs.os(name), platform });

  it('gets an answer: nothing fails for want of a fact', () => {
    expect(theirs.oses().length).toBeGreaterThan(500);
    for (const os of theirs.oses()) {
      const rec = recommend({ os, platform });
      expect(rec.memoryBytes, os.id).toBeGreaterThan(0);
      expect(rec.storageBytes, os.id).toBeGreaterThan(0);
      const minimum = os.resources.minimum.find(({ arch }) => arch === rec.arch || arch === 'all');
      expect(rec.memoryBytes, os.id).toBeGreaterThanOrEqual(minimum?.ramBytes ?? 0);
    }
  });

  it('gets an answer on every platform of theirs, which name no machine', () => {
    for (const old of theirs.platforms().filter(({ id }) => id.includes('qemu.org'))) {
      const rec = recommend({ os: theirs.os('debian11'), platform: old });
      expect([rec.machine.family, rec.firmware.type, rec.disk.bus]).toEqual(['pc', 'bios', 'virtio']);
    }
  });

  it('no Windows before Vista gets what only Windows since Vista looks for', () => {
    const old = theirs.oses().filter(({ id, version }) => id.includes('microsoft.com') && Number(version ?? 0) < 6);
    expect(old.length).toBeGreaterThan(5);
    for (const os of old) {
      const rec = recommend({ os, platform });
      expect(rec.hyperv, os.id).toEqual([]);
      expect(rec.clock.timers.map(({ name }) => name)).not.toContain('hypervclock');
      expect(rec.clock.offset, os.id).toBe('localtime');
    }
  });

  it('Windows 95 and NT 4 get no USB, no tablet, no paravirtual channel, and a card that they know', () => {
    for (const name of ['winnt4.0', 'win3.1']) {
      const rec = ask(name);
      expect(rec, name).toMatchObject({ channels: [], nic: { model: 'pcnet' }, cpu: { count: 1 } });
      expect(rec.usb, name).toBeUndefined();
      expect(rec.inputs, name).toEqual([{ type: 'mouse', bus: 'ps2' }]);
    }
  });

  it('Windows XP as a desktop has the sound card that its entry lists', () => {
    expect(ask('winxp').sound).toEqual({ model: 'ac97' });
  });

  it('FreeBSD gets memory, though its entry has none', () => {
    const rec = ask('freebsd13.0');
    expect(decision(rec, 'memoryBytes').rule).toBe('memory.family');
    expect(rec.disk.bus).toBe('virtio');
  });

  it('RHEL 6, whose virtio drivers are old, goes where they bind', () => {
    const rec = ask('rhel6.9');
    expect([rec.machine.family, rec.disk.device]).toEqual(['pc', 'http://pcisig.com/pci/1af4/1001']);
  });

  it('a Windows 11 of which only a minimum is known is not given twice 64 GiB', () => {
    const rec = ask('win11');
    expect([rec.storageBytes, rec.memoryBytes].map((size) => size / 1024 ** 3)).toEqual([64, 4]);
    expect(rec.firmware.type).toBe('uefi');
  });
});
