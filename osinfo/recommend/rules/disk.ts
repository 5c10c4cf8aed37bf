// SPDX-License-Identifier: Apache-2.0
import { both, byFamily, decided, deviceId, given, isQemuPc } from '../conditions.js';
import { type Choices, type Context, chosenOffer } from '../context.js';
import { contradiction } from '../contradiction.js';
import type { ModelKey } from '../devices.js';
import { rule } from '../engine.js';

type Disk = Choices['disk'];

const disk =
  (bus: Disk['bus'], key: ModelKey, controller?: string) =>
  (context: Context): Disk => ({
    bus,
    ...(controller === undefined ? {} : { controller }),
    device: deviceId(context, key),
  });

// The classic PC can be given an AHCI controller too, but it is built with IDE.
const withAhci = decided(
  'machine',
  (machine) => machine.pcie || !isQemuPc(machine),
  'the classic PC has IDE built in, not AHCI',
);
const withIde = decided(
  'machine',
  (machine) => !machine.pcie || !isQemuPc(machine),
  'a PCI Express machine has no IDE',
);

const elsewhere = decided('machine', (machine) => !isQemuPc(machine), 'QEMU has faster ones');

// Firmware of the first generation starts from IDE only.
const onVmbus = given((context) => chosenOffer(context).bus === 'vmbus', 'firmware does not start from it');

const startsFromNvme = given((context) => {
  const { bus, firmware } = chosenOffer(context);
  return bus === 'pcie' || firmware.includes('uefi');
}, 'the BIOS of a plain PC does not start from it');

export const diskRule = rule({
  decision: 'disk',
  show: ({ bus, controller }) => (controller === undefined ? bus : `${bus} (${controller})`),
  alternatives: [
    {
      rule: 'disk.virtio-blk',
      value: disk('virtio', 'virtioBlock'),
      when: both('virtioBlock'),
      reason: 'the shortest way from guest to host, and a driver that binds to it where it stands',
    },
    {
      rule: 'disk.virtio-scsi',
      value: disk('scsi', 'virtioScsi', 'virtio-scsi'),
      when: both('virtioScsi'),
      reason: 'paravirtual, nearly as fast as virtio-blk, and the OS has a driver for it',
      weakness: 'one more layer on the way; better where there are more disks than ports',
    },
    {
      rule: 'disk.pvscsi',
      value: disk('scsi', 'pvscsi', 'vmpvscsi'),
      when: [elsewhere, ...both('pvscsi')],
      reason: "VMware's own controller, and the OS has a driver for it",
    },
    {
      rule: 'disk.hyperv',
      value: disk('scsi', 'hvScsi', 'hv-scsi'),
      when: [onVmbus, ...both('hvScsi')],
      reason: "Hyper-V's own controller, and the OS has a driver for it",
    },
    {
      rule: 'disk.ahci',
      value: disk('sata', 'ahci'),
      when: [withAhci, ...both('ahci')],
      reason: 'the AHCI driver comes with the OS, so that it starts without another driver',
      weakness: 'emulated: each request costs the host several exits',
    },
    {
      rule: 'disk.nvme',
      value: disk('nvme', 'nvme'),
      when: [elsewhere, startsFromNvme, ...both('nvme')],
      reason: 'the platform shows disks as NVMe, and the OS has a driver for it',
    },
    {
      rule: 'disk.ide',
      value: disk('ide', 'ide'),
      when: [withIde, ...both('ide')],
      reason: 'the IDE driver comes with the OS',
      weakness: 'emulated, four disks at most, and no discard',
    },
    {
      rule: 'disk.virtio-blk-family',
      value: disk('virtio', 'virtioBlock'),
      when: byFamily('virtioBlock'),
      reason: 'its entry names no disk driver; systems of its family and time have virtio',
      weakness: 'only the custom of its family speaks for it',
    },
    {
      rule: 'disk.ahci-family',
      value: disk('sata', 'ahci'),
      when: [withAhci, ...byFamily('ahci')],
      reason: 'its entry names no disk driver; systems of its family and time have AHCI',
      weakness: 'only the custom of its family speaks for it',
    },
    {
      rule: 'disk.ide-family',
      value: disk('ide', 'ide'),
      when: [withIde, ...byFamily('ide')],
      reason: 'its entry names no disk driver; IDE is what systems of its family and time all have',
      weakness: 'only the custom of its family speaks for it',
    },
    {
      rule: 'disk.lsi-sas',
      value: disk('scsi', 'lsiSas', 'lsisas1068'),
      when: both('lsiSas'),
      reason: 'the one disk controller that both sides name',
      weakness: 'an emulated adapter of the nineties',
    },
    {
      rule: 'disk.lsi-logic',
      value: disk('scsi', 'lsiLogic', 'lsilogic'),
      when: both('lsiLogic'),
      reason: 'the one disk controller that both sides name',
      weakness: 'an emulated adapter of the nineties',
    },
  ],
  otherwise: (context) => {
    const drives = namesOf(context, 'os');
    const offers = namesOf(context, 'platform');
    contradiction(
      'no-disk-bus',
      { text: `${context.osKnows.name} drives ${drives}` },
      { text: `the ${context.chosen('machine').family} machine of ${context.platformKnows.name} has ${offers}` },
      'give the image a driver, or add the missing <device> to the OS entry, or take another platform',
    );
  },
});

/** Disk controllers that a side names, for the error: at most a handful. */
function namesOf(context: Context, side: 'os' | 'platform'): string {
  const links = (side === 'os' ? context.os : context.platform).allDeviceLinks;
  const names = links.filter((link) => link.device.class === 'block').map((link) => link.device.name ?? link.target);
  return names.length === 0 ? 'no disk controller that is known' : `only ${names.slice(0, 8).join(', ')}`;
}

const bus = (name: Disk['bus']) => decided('disk', (chosen) => chosen.bus === name, `the disk is not on ${name}`);

export const discardRule = rule({
  decision: 'disk.discard',
  show: (on) => (on ? 'unmap' : 'ignore'),
  alternatives: [
    {
      rule: 'discard.virtio',
      value: true,
      when: [bus('virtio')],
      reason: 'what the guest frees leaves the image file, and blocks of zeroes are never written',
    },
    {
      rule: 'discard.scsi',
      value: true,
      when: [bus('scsi')],
      reason: 'what the guest frees leaves the image file, and blocks of zeroes are never written',
    },
    {
      rule: 'discard.sata',
      value: true,
      when: [bus('sata')],
      reason: 'what the guest frees leaves the image file, and blocks of zeroes are never written',
    },
    {
      rule: 'discard.nvme',
      value: true,
      when: [bus('nvme')],
      reason: 'what the guest frees leaves the image file, and blocks of zeroes are never written',
    },
    {
      rule: 'discard.old',
      value: false,
      when: [],
      reason: 'systems of the IDE time do not tell what they free',
    },
  ],
});
