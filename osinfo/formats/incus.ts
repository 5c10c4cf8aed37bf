// SPDX-License-Identifier: Apache-2.0
import type { Recommendation } from '../recommend/types.js';
import { checkRequest } from './request.js';
import type { Format, FormatRequest, Formatted } from './types.js';
import { dnsName, gibibytes, mebibytes, type Words, warnOfDisks, wordOf } from './words.js';
import { writeYaml, type YamlValue } from './yaml.js';

const machines: ReadonlySet<string> = new Set(['q35', 'virt', 'pseries', 's390-ccw-virtio']);

const buses: Words = { virtio: 'virtio-blk', scsi: 'virtio-scsi', nvme: 'nvme' };

/**
 * A profile for Incus's virtual machines: `incus profile create NAME < FILE`, then `incus launch … --vm --profile NAME`.
 * The disk is made of the image that is launched, or empty with `incus create --empty`.
 * @throws InputError for a disk bus that Incus does not have
 * @see https://linuxcontainers.org/incus/docs/main/reference/instance_options/
 */
export function formatIncus(rec: Recommendation, request: FormatRequest): Formatted {
  checkRequest(request, rec, { names: machines, of: "Incus's", platform: 'incus' });
  const warnings: string[] = [];
  const name = dnsName(request.name, warnings, { lower: false });
  warnOfDisks(request.disks, 0, 'Incus keeps disks in its own storage (incus storage volume import)', warnings);
  const windows = rec.os.family === 'winnt';
  const bios = rec.firmware.type === 'bios';
  const profile = {
    name,
    description: rec.os.name ?? rec.os.id,
    config: {
      'limits.cpu': String(rec.cpu.count),
      'limits.memory': `${mebibytes(rec.memoryBytes)}MiB`,
      ...(rec.memory.hugepages === undefined ? {} : { 'limits.memory.hugepages': 'true' }),
      ...(rec.firmware.type === 'none' ? {} : { 'security.secureboot': String(rec.firmware.secureBoot) }),
      ...(bios ? { 'security.csm': 'true' } : {}),
      // By this it gives the enlightenments and the clock that Windows wants.
      ...(windows ? { 'image.os': 'Windows' } : {}),
    },
    devices: devices(rec, request),
  };
  return { text: writeYaml(profile), warnings };
}

type Device = { readonly [key: string]: YamlValue | undefined };

function devices(rec: Recommendation, { cdrom, nics = 1 }: FormatRequest): Record<string, Device> {
  const { disk, boot, tpm } = rec;
  // The highest starts first.
  const priority = (what: 'disk' | 'cdrom' | 'network'): { 'boot.priority'?: string } =>
    boot.includes(what) ? { 'boot.priority': String(10 - boot.indexOf(what)) } : {};
  return {
    root: {
      type: 'disk',
      path: '/',
      pool: 'default',
      size: `${gibibytes(rec.storageBytes)}GiB`,
      'io.bus': wordOf(buses, disk.bus, 'disk bus', 'Incus'),
      ...(disk.cache === 'default' ? {} : { 'io.cache': disk.cache }),
      ...(disk.iothread ? { 'io.threads': '1' } : {}),
      ...priority('disk'),
    },
    ...(cdrom === undefined
      ? {}
      : { install: { type: 'disk', source: cdrom, readonly: 'true', ...priority('cdrom') } }),
    ...Object.fromEntries(
      Array.from({ length: nics }, (_, index) => [
        `eth${index}`,
        { type: 'nic', network: 'incusbr0', name: `eth${index}`, ...(index === 0 ? priority('network') : {}) },
      ]),
    ),
    ...(tpm ? { vtpm: { type: 'tpm' } } : {}),
  };
}

export const incusFormat: Format = {
  name: 'incus',
  summary: "a profile for Incus's virtual machines, in YAML",
  platform: 'incus',
  makesDisks: true,
  families: machines,
  verified: 'documentation',
  verifiedBy: "Incus's reference of options and devices",
  says: [
    'machine.family',
    'firmware.type',
    'firmware.secureBoot',
    'cpu.mode',
    'cpu.count',
    'memoryBytes',
    'storageBytes',
    'disk.bus',
    'disk.discard',
    'disk.cache',
    'nic.model',
    'video.model',
    'usb',
    'rng',
    'balloon',
    'vsock',
    'tpm',
    'serialConsole',
    'boot',
  ],
  partly: {
    arch: 'it is that of the host',
    'cpu.topology': 'the processors are cores of one socket',
    'cpu.baseline': 'nothing checks that the host has it',
    'memory.hugepages': 'of what size is left to the host',
    'disk.iothread': 'there is a thread, and it is shared',
    'cdrom.bus': 'the medium stands on virtio-scsi',
    'graphics.type': 'there is SPICE, by incus console --type=vga',
    inputs: 'there is a tablet, and nothing else is said',
    'os.id': 'its name is the description, and Windows is told apart',
    'clock.offset': 'local time for Windows only',
    'clock.timers': 'Incus has its own',
    hyperv: 'Incus chooses them for Windows',
    channels: 'its own agent talks over a vsock',
  },
  format: formatIncus,
};
