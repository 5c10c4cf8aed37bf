// SPDX-License-Identifier: Apache-2.0
import type { HostDomain } from './types.js';

/** QEMU's device types by libvirt's names of what they are; on an architecture without PCI the bus is in the name. */
const table: Readonly<Record<DeviceList, readonly (readonly [string, readonly string[]])[]>> = {
  diskBuses: [
    ['virtio', ['virtio-blk-pci', 'virtio-blk-ccw', 'virtio-blk-device']],
    ['scsi', ['virtio-scsi-pci', 'virtio-scsi-ccw', 'virtio-scsi-device']],
    ['sata', ['ich9-ahci']],
    ['ide', ['ide-hd']],
    ['nvme', ['nvme']],
    ['usb', ['usb-storage']],
    ['fdc', ['floppy']],
  ],
  video: [
    ['virtio', ['virtio-vga', 'virtio-gpu-pci', 'virtio-gpu-ccw', 'virtio-gpu-device']],
    ['vga', ['VGA']],
    ['qxl', ['qxl-vga', 'qxl']],
    ['cirrus', ['cirrus-vga']],
    ['vmvga', ['vmware-svga']],
    ['bochs', ['bochs-display']],
    ['ramfb', ['ramfb']],
  ],
  nics: [
    ['virtio', ['virtio-net-pci', 'virtio-net-ccw', 'virtio-net-device']],
    ['e1000e', ['e1000e']],
    ['igb', ['igb']],
    ['e1000', ['e1000']],
    ['e1000-82545em', ['e1000-82545em']],
    ['rtl8139', ['rtl8139']],
    ['pcnet', ['pcnet']],
    ['ne2k_pci', ['ne2k_pci']],
    ['vmxnet3', ['vmxnet3']],
  ],
  sounds: [
    ['ich9', ['ich9-intel-hda']],
    ['ich6', ['intel-hda']],
    ['ac97', ['AC97']],
    ['es1370', ['ES1370']],
    ['sb16', ['sb16']],
  ],
  usb: [
    ['qemu-xhci', ['qemu-xhci']],
    ['nec-xhci', ['nec-usb-xhci']],
    ['ich9-ehci1', ['ich9-usb-ehci1']],
    ['piix3-uhci', ['piix3-usb-uhci']],
  ],
  rng: [['virtio', ['virtio-rng-pci', 'virtio-rng-ccw', 'virtio-rng-device']]],
  balloons: [['virtio', ['virtio-balloon-pci', 'virtio-balloon-ccw', 'virtio-balloon-device']]],
  watchdogs: [
    ['i6300esb', ['i6300esb']],
    ['diag288', ['diag288']],
  ],
  panics: [
    ['isa', ['pvpanic']],
    ['pvpanic', ['pvpanic-pci']],
  ],
};

type DeviceList = 'diskBuses' | 'video' | 'nics' | 'sounds' | 'usb' | 'rng' | 'balloons' | 'watchdogs' | 'panics';

/** The lists of a domain by the device types that a QEMU has (`qom-list-types`). */
export function qemuDevices(types: ReadonlySet<string>): Pick<HostDomain, DeviceList | 'vsock' | 'generationId'> {
  const lists = Object.entries(table).map(([key, rows]) => [
    key,
    rows.filter(([, names]) => names.some((name) => types.has(name))).map(([name]) => name),
  ]);
  return {
    ...(Object.fromEntries(lists) as Record<DeviceList, readonly string[]>),
    vsock: types.has('vhost-vsock-pci') || types.has('vhost-vsock-ccw'),
    generationId: types.has('vmgenid'),
  };
}
