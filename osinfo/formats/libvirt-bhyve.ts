// SPDX-License-Identifier: Apache-2.0
import type { Recommendation } from '../recommend/types.js';
import type { XmlNode } from '../xml/write.js';
import { bhyveFirmware } from './bhyve-facts.js';
import { identity, type LibvirtRequest, memory, node, text, topology } from './libvirt-nodes.js';
import { type Said, unsaid } from './neutral-fields.js';
import { checkRequest, rawImage, targetName } from './request.js';

export const bhyveMachines: ReadonlySet<string> = new Set(['bhyve']);

/**
 * A domain for libvirt's bhyve driver, which takes the first disk for the one to start from: the CD-ROM drive stands
 * where the boot order has it.
 * @throws InputError for a name or path that it refuses
 * @see https://libvirt.org/drvbhyve.html
 */
export function bhyveDomain(rec: Recommendation, request: LibvirtRequest, warnings: string[]): XmlNode {
  checkRequest(request, rec, { names: bhyveMachines, of: "bhyve's", platform: 'bhyve' });
  warnings.push(...unsaid(words, rec));
  const loader = text('loader', bhyveFirmware(rec), { readonly: 'yes', type: 'pflash' });
  return node('domain', { type: 'bhyve' }, [
    ...identity(rec, request),
    ...memory({ ...rec, memory: {} }, warnings),
    text('vcpu', String(rec.cpu.count), { placement: 'static' }),
    node('os', {}, [text('type', 'hvm', { arch: rec.arch }), ...(rec.firmware.type === 'uefi' ? [loader] : [])]),
    node('features', {}, [node('acpi'), node('apic')]),
    node('cpu', {}, [topology(rec)]),
    node('clock', { offset: rec.clock.offset }),
    node('devices', {}, devices(rec, request, warnings)),
  ]);
}

function devices(rec: Recommendation, request: LibvirtRequest, warnings: string[]): XmlNode[] {
  const { network = 'default', nics = 1 } = request;
  const tablet = rec.inputs.some(({ type }) => type === 'tablet');
  const screen = rec.graphics.type !== 'none' && rec.firmware.type === 'uefi';
  const card = node('model', { type: rec.nic.model === 'virtio' ? 'virtio' : 'e1000' });
  const [type, source] = network === 'user' ? ['user', []] : ['network', [node('source', { network })]];
  return [
    ...disks(rec, request, warnings),
    ...(tablet ? [node('controller', { type: 'usb', index: '0', model: 'nec-xhci' })] : []),
    ...(network === 'none' ? [] : Array.from({ length: nics }, () => node('interface', { type }, [...source, card]))),
    ...(rec.serialConsole ? [console] : []),
    ...(tablet ? [node('input', { type: 'tablet', bus: 'usb' })] : []),
    ...(screen ? [graphics, node('video', {}, [node('model', { type: 'gop', heads: '1', primary: 'yes' })])] : []),
    ...(rec.rng ? [node('rng', { model: 'virtio' }, [text('backend', '/dev/random', { model: 'random' })])] : []),
  ];
}

/** A pair of null modem devices; libvirt has no words for "the next free one". */
const console = node('serial', { type: 'nmdm' }, [node('source', { master: '/dev/nmdm0A', slave: '/dev/nmdm0B' })]);

const graphics = node('graphics', { type: 'vnc', autoport: 'yes' }, [
  node('listen', { type: 'address', address: '127.0.0.1' }),
]);

function disks(rec: Recommendation, { disks: given, cdrom }: LibvirtRequest, warnings: string[]): XmlNode[] {
  const bus = rec.disk.bus === 'virtio' || rec.disk.bus === 'nvme' ? rec.disk.bus : 'sata';
  const file = (path: string, device: string, dev: string, on: string, readonly: boolean): XmlNode =>
    node('disk', { type: 'file', device }, [
      node('driver', { name: 'file', type: 'raw' }),
      node('source', { file: path }),
      node('target', { dev, bus: on }),
      ...(readonly ? [node('readonly')] : []),
    ]);
  const all = given.map((disk, index) =>
    file(rawImage(disk, 'bhyve', warnings), 'disk', targetName(bus, index), bus, disk.readonly === true),
  );
  if (cdrom === undefined) return all;
  const drive = file(cdrom, 'cdrom', targetName('sata', bus === 'sata' ? given.length : 0), 'sata', true);
  return rec.boot.indexOf('cdrom') < rec.boot.indexOf('disk') ? [drive, ...all] : [...all, drive];
}

const words: Said = {
  name: 'libvirt for bhyve',
  says: [
    'os.id',
    'arch',
    'machine.family',
    'firmware.type',
    'cpu.count',
    'cpu.topology',
    'cpu.mode',
    'memoryBytes',
    'disk.bus',
    'nic.model',
    'graphics.type',
    'video.model',
    'rng',
    'serialConsole',
    'clock.offset',
    'boot',
  ],
  partly: {
    inputs: 'a tablet is said, PS/2 is there anyway',
    usb: 'it comes with the tablet',
    'clock.timers': 'bhyve has its own',
    'cdrom.bus': 'it stands on SATA',
    storageBytes: 'it belongs to the image, which has to be there',
  },
};
