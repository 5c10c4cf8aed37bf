// SPDX-License-Identifier: Apache-2.0
import type { Recommendation } from '../../../osinfo/recommend/types.js';

/** What Debian 12 on QEMU gets, shortened: for tests that want a recommendation and not the recommending. */
export const recommendation: Recommendation = {
  format: 'guestwright/recommendation/1',
  os: { id: 'http://debian.org/debian/12', shortId: 'debian12', name: 'Debian 12' },
  platform: { id: 'http://qemu.org/qemu/7.2', shortId: 'qemu-7.2' },
  arch: 'x86_64',
  virt: 'kvm',
  machine: { family: 'q35', version: 'pc-q35-7.2', pcie: true },
  firmware: { type: 'uefi', secureBoot: true, enrolledKeys: true, smm: true },
  cpu: { mode: 'host-model', baseline: 'x86-64-v2', count: 2 },
  memoryBytes: 2 * 1024 ** 3,
  storageBytes: 20 * 1024 ** 3,
  disk: { bus: 'virtio', discard: true, detectZeroes: true, device: 'http://pcisig.com/pci/1af4/1042' },
  cdrom: { bus: 'sata' },
  nic: { model: 'virtio', device: 'http://pcisig.com/pci/1af4/1041' },
  video: { model: 'virtio' },
  graphics: { type: 'vnc' },
  inputs: [{ type: 'tablet', bus: 'usb' }],
  usb: { model: 'qemu-xhci' },
  rng: true,
  balloon: true,
  tpm: { model: 'tpm-crb', version: '2.0' },
  serialConsole: true,
  channels: ['org.qemu.guest_agent.0'],
  clock: { offset: 'utc', timers: [] },
  hyperv: [],
  why: [
    {
      decision: 'disk.bus',
      value: 'virtio',
      rule: 'disk-virtio',
      reason: 'both sides have it',
      facts: [
        { text: 'virtio1.0-block', at: '/here/db/os/debian.org/debian-12.xml:40', from: 'http://debian.org/debian/9' },
      ],
      lost: [],
    },
  ],
  warnings: [],
};
