// SPDX-License-Identifier: Apache-2.0
import {
  both,
  byFamily,
  decided,
  deviceId,
  given,
  isQemuPc,
  notLegacyPc,
  osDrives,
  platformHas,
} from '../conditions.js';
import { type Choices, type Context, chosenOffer } from '../context.js';
import { contradiction } from '../contradiction.js';
import { deploymentNames } from '../deployment.js';
import { type ModelKey, models } from '../devices.js';
import { type Condition, rule } from '../engine.js';

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

const elsewhere = decided(
  'machine',
  (machine) => !isQemuPc(machine),
  'QEMU emulates it in full; SATA needs no setting up, and virtio is faster',
);

const onXen = given(({ platformKnows }) => platformKnows.devices.has(models.xenVbd.ids[0] ?? ''), 'it is Xen’s');

// Firmware of the first generation starts from IDE only.
const onVmbus = given((context) => chosenOffer(context).bus === 'vmbus', 'firmware does not start from it');

const startsFromNvme = given((context) => {
  const { bus, firmware } = chosenOffer(context);
  return bus === 'pcie' || firmware.includes('uefi');
}, 'the BIOS of a plain PC does not start from it');

/** The device behind a bus, best first, and the controller where the bus has several. */
const onBus: Readonly<Record<Disk['bus'], readonly (readonly [ModelKey, string?])[]>> = {
  virtio: [['virtioBlock']],
  scsi: [
    ['virtioScsi', 'virtio-scsi'],
    ['pvscsi', 'vmpvscsi'],
    ['hvScsi', 'hv-scsi'],
    ['lsiSas', 'lsisas1068'],
    ['lsiLogic', 'lsilogic'],
  ],
  sata: [['ahci']],
  ide: [['ide']],
  nvme: [['nvme']],
  xen: [['xenVbd']],
  usb: [['xhci'], ['ehci'], ['uhci']],
};

/** The best device of the bus that both sides have, else the first that the platform has. */
function asked(context: Context): Disk | undefined {
  const { diskBus } = context.overrides;
  if (diskBus === undefined) return undefined;
  const has = (key: ModelKey): boolean => platformHas(key)(context).holds;
  const there = onBus[diskBus].filter(([key]) => has(key));
  const [key, controller] = there.find(([one]) => osDrives(one)(context).holds) ?? there[0] ?? onBus[diskBus][0]!;
  return disk(diskBus, key, controller)(context);
}

const keyOf = ({ bus, controller }: Disk): ModelKey =>
  (onBus[bus].find(([, name]) => name === controller) ?? onBus[bus][0]!)[0];

const place: Partial<Readonly<Record<Disk['bus'], Condition>>> = { ide: withIde };

/** In a legacy-safe PC nothing is paravirtual. */
const paravirtual = notLegacyPc('a paravirtual disk is nothing that every system drives');

export const diskRule = rule({
  decision: 'disk',
  show: ({ bus, controller }) => (controller === undefined ? bus : `${bus} (${controller})`),
  override: {
    asked,
    needs: (chosen) => [...(place[chosen.bus] ? [place[chosen.bus]!] : []), platformHas(keyOf(chosen))],
    wants: (chosen) => [osDrives(keyOf(chosen))],
    waysOut: 'take a bus that the machine has',
  },
  wanted: ({ device }, context) => deploymentNames(context, device),
  alternatives: [
    {
      rule: 'disk.virtio-blk',
      value: disk('virtio', 'virtioBlock'),
      when: [paravirtual, ...both('virtioBlock')],
      reason: 'the shortest way from guest to host, and a driver that binds to it where it stands',
    },
    {
      rule: 'disk.virtio-scsi',
      value: disk('scsi', 'virtioScsi', 'virtio-scsi'),
      when: [paravirtual, ...both('virtioScsi')],
      reason: 'paravirtual, nearly as fast as virtio-blk, and the OS has a driver for it',
      weakness: 'one more layer on the way; better where there are more disks than ports',
    },
    {
      rule: 'disk.xen',
      value: disk('xen', 'xenVbd'),
      when: [paravirtual, onXen, ...both('xenVbd')],
      reason: 'Xen’s paravirtual disk; firmware reads it as IDE until the OS’s driver takes it over',
      quiet: true,
    },
    {
      rule: 'disk.pvscsi',
      value: disk('scsi', 'pvscsi', 'vmpvscsi'),
      when: [elsewhere, ...both('pvscsi')],
      reason: "VMware's own controller, and the OS has a driver for it",
      quiet: true,
    },
    {
      rule: 'disk.hyperv',
      value: disk('scsi', 'hvScsi', 'hv-scsi'),
      when: [onVmbus, ...both('hvScsi')],
      reason: "Hyper-V's own controller, and the OS has a driver for it",
      quiet: true,
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
      weakness: 'emulated in full, queues and all',
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
      when: [paravirtual, ...byFamily('virtioBlock')],
      reason: 'its entry names no disk driver; systems of its family and time have virtio',
      weakness: 'only the custom of its family speaks for it',
    },
    {
      rule: 'disk.xen-family',
      value: disk('xen', 'xenVbd'),
      when: [paravirtual, onXen, ...byFamily('xenVbd')],
      reason: 'its entry names no disk driver; systems of its family and time have Xen’s',
      weakness: 'only the custom of its family speaks for it',
      quiet: true,
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
      'give the image a driver, or add the missing <device> to the OS entry, or take another platform or machine',
    );
  },
});

/** Disk controllers that a side names, for the error: at most a handful. */
function namesOf(context: Context, side: 'os' | 'platform'): string {
  const links = (side === 'os' ? context.os : context.platform).allDeviceLinks;
  const names = links.filter((link) => link.device.class === 'block').map((link) => link.device.name ?? link.target);
  return names.length === 0 ? 'no disk controller that is known' : `only ${names.slice(0, 8).join(', ')}`;
}
