// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../osinfo/errors.js';
import { openDb } from '../../../osinfo/open.js';
import { recommend } from '../../../osinfo/recommend/index.js';
import type { Recommendation } from '../../../osinfo/recommend/types.js';
import { decision, devices, facts, inWorld, world } from './world.js';

const db = openDb({ db: 'bundled', env: {}, index: false });
const ask = (os: string, platform: string) => recommend({ os: db.os(os), platform: db.platform(platform) });

/** Machine, firmware, disk, drive, card and screen, as the hypervisors' own lists name them. */
const summary = ({ machine, firmware, disk, cdrom, nic, video }: Recommendation): readonly string[] => [
  machine.family,
  firmware.secureBoot ? `${firmware.type}, signed` : firmware.type,
  disk.controller ?? disk.bus,
  cdrom.bus,
  nic.model,
  video.model,
];

describe('the machine on hypervisors that are not QEMU', () => {
  it.each([
    ['debian12', 'esxi-8.0', ['vmx', 'uefi, signed', 'vmpvscsi', 'sata', 'vmxnet3', 'vmvga']],
    ['debian12', 'hyperv-2022', ['gen2', 'uefi, signed', 'hv-scsi', 'scsi', 'hv-net', 'hyperv']],
    ['debian12', 'azure', ['gen2', 'uefi, signed', 'hv-scsi', 'scsi', 'hv-net', 'hyperv']],
    ['debian12', 'ec2-nitro', ['nitro', 'uefi, signed', 'nvme', 'scsi', 'ena', 'none']],
    ['debian12', 'virtualbox-7.2', ['piix3', 'uefi, signed', 'sata', 'sata', 'virtio', 'vmvga']],
    ['debian12', 'gce', ['gce', 'uefi, signed', 'virtio-scsi', 'scsi', 'virtio', 'none']],
    ['win10', 'esxi-8.0', ['vmx', 'uefi, signed', 'sata', 'sata', 'e1000e', 'vmvga']],
    ['win10', 'hyperv-2022', ['gen2', 'uefi, signed', 'hv-scsi', 'scsi', 'hv-net', 'hyperv']],
    ['win10', 'ec2-nitro', ['nitro', 'uefi, signed', 'nvme', 'scsi', 'ena', 'none']],
    ['win10', 'virtualbox-7.2', ['piix3', 'uefi, signed', 'sata', 'sata', 'e1000', 'vmvga']],
    // Older than the hypervisors' own devices.
    ['winxp', 'esxi-8.0', ['vmx', 'bios', 'ide', 'ide', 'pcnet', 'vmvga']],
    ['winxp', 'virtualbox-7.2', ['piix3', 'bios', 'ide', 'ide', 'pcnet', 'vbox']],
  ])('is for %s on %s one that both know', (os, platform, wanted) => {
    expect(summary(ask(os, platform))).toEqual(wanted);
  });

  it('is of the first generation of Hyper-V where the OS starts from BIOS alone', () => {
    for (const os of ['winxp', 'win7', 'debian4']) {
      const rec = ask(os, 'hyperv-2022');
      expect([rec.machine.family, rec.firmware.type, rec.disk.bus, rec.cdrom.bus]).toEqual([
        'gen1',
        'bios',
        'ide',
        'ide',
      ]);
      expect(decision(rec, 'machine').rule).toBe('machine.firmware');
    }
    expect(ask('winxp', 'hyperv-2022').nic.model).toBe('dec21140');
  });

  it('names the device by the id that the platform shows', () => {
    expect(ask('debian12', 'virtualbox-7.2').disk.device).toBe('http://pcisig.com/pci/8086/2829');
    expect(ask('debian12', 'ec2-nitro').disk.device).toBe('http://pcisig.com/pci/1d0f/8061');
    expect(ask('win10', 'esxi-8.0').disk.device).toBe('http://pcisig.com/pci/15ad/07e0');
  });

  it('gives NVMe disks back what the guest frees', () => {
    expect(ask('debian12', 'ec2-nitro').disk).toMatchObject({ bus: 'nvme', discard: true });
  });

  it('says which controllers each side has where none is common', () => {
    expect(() => ask('winxp', 'ec2-nitro')).toThrow(
      /^Microsoft Windows XP drives only .*piix3-ide.*, but the nitro machine of Amazon EC2 on Nitro has only .*nvme/,
    );
  });
});

describe('a machine of a platform that lists all its devices', () => {
  const vmbus = (guid: string): string => `http://microsoft.com/vmbus/${guid}`;
  const scsi = vmbus('ba6163d9-04a1-4d29-b605-72e2ffb1dc7f');
  const generations = facts(
    '<gw:machine arch="x86_64" family="new" default="true" bus="vmbus" pcie="false" virtio="none" firmware="uefi"/>',
    '<gw:machine arch="x86_64" family="old" bus="pci" pcie="false" virtio="none" firmware="bios"/>',
  );
  const host = devices(scsi, '8086:7111', '1011:0009', '1414:00a9') + generations;
  const starts = (...types: readonly string[]): string =>
    types.map((type) => `<firmware arch="x86_64" type="${type}"/>`).join('');

  it('has no PCI devices where its bus is another', () => {
    expect(inWorld(world(starts('efi') + devices(scsi, '8086:7111'), host)).disk.bus).toBe('scsi');
    expect(() => inWorld(world(starts('efi') + devices('8086:7111'), host))).toThrow(/the new machine/);
  });

  it('starts from IDE where the firmware of a plain PC has to find the disk', () => {
    const rec = inWorld(world(starts('bios') + devices(scsi, '8086:7111', '1b36:0010'), host));
    expect([rec.machine.family, rec.disk.bus, rec.cdrom.bus, rec.nic.model]).toEqual(['old', 'ide', 'ide', 'dec21140']);
  });

  it('is the usual one where the OS starts from its firmware, and where it says nothing of firmware', () => {
    expect(inWorld(world(starts('bios', 'efi') + devices(scsi), host)).machine.family).toBe('new');
    expect(inWorld(world(devices(scsi), host)).machine.family).toBe('new');
  });
});

/** Short ids of the OSes that a platform has no machine for, by the code of the contradiction; anything else fails. */
function refused(platform: string): readonly string[] {
  const host = db.platform(platform);
  return db.oses().flatMap((os) => {
    try {
      recommend({ os, platform: host });
      return [];
    } catch (error) {
      if (!(error instanceof InputError)) throw new Error(`${os.id} on ${platform}`, { cause: error });
      expect(error.message).not.toContain('\n');
      return [`${error.code} ${os.shortId ?? os.id}`];
    }
  });
}

describe('every OS of the database', () => {
  it.each(['qemu-7.2', 'esxi-8.0', 'virtualbox-7.2'])('has a machine on %s', (platform) => {
    expect(refused(platform)).toEqual([]);
  });

  it.each(['hyperv-2022', 'ec2-nitro', 'firecracker'])(
    'has a machine on %s or a contradiction that is told',
    (name) => {
      const count = db.oses().length;
      const without = refused(name);
      expect(without.length).toBeLessThan(count);
      for (const one of without) expect(one).toMatch(/^recommend-no-(disk-bus|firmware|tpm) /);
    },
  );
});

it('every platform has a machine for a present OS', () => {
  const os = db.os('debian12');
  const lacking = db.platforms().flatMap((platform) => {
    try {
      expect(recommend({ os, platform }).machine.family).toBeTruthy();
      return [];
    } catch (error) {
      if (!(error instanceof InputError)) throw new Error(platform.id, { cause: error });
      return [platform.shortId];
    }
  });
  expect(lacking).toEqual([]);
});
