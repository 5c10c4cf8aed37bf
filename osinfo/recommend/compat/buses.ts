// SPDX-License-Identifier: Apache-2.0

import { type Guest, isArm, isArmVexpress, isHvm, isQ35, isX86, isXenPv } from './guest.js';
import { mayHaveVirtio, type Ruled, ruled } from './ruled.js';
import type { CompatAnswer } from './types.js';

/** The bus of the disk. */
export function diskBus(guest: Guest): Ruled<string> {
  if (isXenPv(guest)) return ruled('disk.xen', 'xen', 'a paravirtual guest of Xen');
  if (!isHvm(guest)) return ruled('disk.ide', 'ide', 'nothing better is known of this kind of guest');
  const virtio = mayHaveVirtio(guest, 'virtio-blk');
  if (virtio.yes) return ruled('disk.virtio', 'virtio', 'the OS has virtio-blk', virtio.facts);
  const bus = lastBus(guest);
  return ruled(`disk.${bus}`, bus, 'without virtio-blk it is what the machine has', virtio.facts);
}

/** The bus of a CD-ROM drive. */
export function cdromBus(guest: Guest): Ruled<string> {
  if (isXenPv(guest)) return ruled('cdrom.xen', 'xen', 'a paravirtual guest of Xen');
  if (!isHvm(guest)) return ruled('cdrom.ide', 'ide', 'nothing better is known of this kind of guest');
  if (!isX86(guest)) {
    const scsi = mayHaveVirtio(guest, 'virtio-scsi');
    if (scsi.yes) return ruled('cdrom.scsi', 'scsi', 'the OS has virtio-scsi', scsi.facts);
  }
  const bus = lastBus(guest);
  return ruled(`cdrom.${bus}`, bus, 'the bus of the machine');
}

/** What is left when neither virtio-blk nor virtio-scsi is to be had. */
function lastBus(guest: Guest): string {
  if (guest.version === '4.1' ? isArm(guest) : isArmVexpress(guest)) return 'sd';
  if (isQ35(guest) || guest.driver === 'bhyve') return 'sata';
  if (guest.version === '4.1' || isX86(guest)) return 'ide';
  return 'usb';
}

/** The first name of a disk on a bus. */
export function firstTarget(bus: string): string {
  const prefixes: Readonly<Record<string, string>> = { virtio: 'vd', xen: 'xvd', fdc: 'fd', ide: 'hd' };
  return `${prefixes[bus] ?? 'sd'}a`;
}

/** How the host writes a disk that virt-install makes: a sparse qcow2 on QEMU. bhyve has no word for it. */
export function diskDriver({ driver }: Guest): CompatAnswer['disk_driver'] {
  if (driver === 'qemu') return { name: 'qemu', type: 'qcow2', discard: 'unmap' };
  if (driver === 'test') return { type: 'qcow2' };
  return driver === 'xen' ? { name: 'qemu', type: 'raw' } : {};
}

/** The model of the network card. */
export function card(guest: Guest): Ruled<string | null> {
  if (!isHvm(guest)) return ruled('nic.none', null, 'a paravirtual guest has its own');
  const virtio = mayHaveVirtio(guest, 'virtio-net');
  if (virtio.yes) return ruled('nic.virtio', 'virtio', 'the OS has virtio-net', virtio.facts);
  if (isQ35(guest)) return ruled('nic.e1000e', 'e1000e', 'the card of q35', virtio.facts);
  if (!isX86(guest)) return ruled('nic.default', null, "libvirt's choice", virtio.facts);
  const known = ['e1000', 'rtl8139', 'ne2k_pci', 'pcnet'].find((name) => guest.os.cards.has(name));
  if (known !== undefined)
    return ruled(`nic.${known}`, known, 'the first of its list that the OS names', [
      { text: `the entry lists the card ${known}` },
    ]);
  return ruled('nic.e1000', 'e1000', 'the OS names no card of its list, and it takes the first', virtio.facts);
}

/** What the card is connected to. */
export const cardSource = ({ driver }: Guest): string => (driver === 'test' ? 'user' : 'network');
