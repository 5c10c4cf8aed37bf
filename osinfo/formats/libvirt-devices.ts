// SPDX-License-Identifier: Apache-2.0
import type { Recommendation } from '../recommend/types.js';
import type { XmlNode } from '../xml/write.js';
import { bootOrder, type LibvirtRequest, node, serialConsole } from './libvirt-nodes.js';
import { targetName } from './request.js';

/**
 * Ports of a PCI Express machine: for all that is recommended, and free ones for what is plugged in while it runs.
 * With more than 14 the devices of some QEMU versions (6.1) lose their interrupts.
 */
const pciExpressPorts = 14;

/** The children of `<devices>`, in the order in which libvirt itself writes them. */
export function libvirtDevices(rec: Recommendation, request: LibvirtRequest): XmlNode[] {
  return [
    ...disks(rec, request),
    ...controllers(rec, request),
    ...interfaces(rec, request),
    ...consoles(rec),
    ...rec.channels.map(channel),
    ...rec.inputs.map(({ type, bus }) => node('input', { type, bus })),
    ...(rec.tpm ? [tpm(rec.tpm)] : []),
    ...graphics(rec),
    ...sound(rec),
    ...video(rec),
    ...(rec.watchdog ? [node('watchdog', { ...rec.watchdog })] : []),
    balloon(rec),
    ...(rec.rng ? [rng] : []),
    ...(rec.panic ? [node('panic', { model: rec.panic.model })] : []),
    ...(rec.vsock ? [node('vsock', { model: 'virtio' }, [node('cid', { auto: 'yes' })])] : []),
  ];
}

function disks(rec: Recommendation, request: LibvirtRequest): XmlNode[] {
  const { bus } = rec.disk;
  const order = bootOrder(rec, request);
  const first = (device: string): XmlNode[] => [order.get(device)].filter((one) => one !== undefined);
  const all = request.disks.map(({ path, format, readonly }, index) =>
    node('disk', { type: 'file', device: 'disk' }, [
      node('driver', { name: 'qemu', type: format, ...diskDriver(rec) }),
      node('source', { file: path }),
      node('target', { dev: targetName(bus, index), bus }),
      ...(index === 0 ? first('disk') : []),
      ...(readonly ? [node('readonly')] : []),
    ]),
  );
  if (request.cdrom === undefined) return all;
  // IDE and SATA disks share their letters with the drive; a virtio disk does not.
  const shared = targetName(rec.cdrom.bus, 0).slice(0, 2) === targetName(bus, 0).slice(0, 2);
  const dev = targetName(rec.cdrom.bus, shared ? request.disks.length : 0);
  const drive = node('disk', { type: 'file', device: 'cdrom' }, [
    node('driver', { name: 'qemu', type: 'raw' }),
    node('source', { file: request.cdrom }),
    node('target', { dev, bus: rec.cdrom.bus }),
    // An empty disk does not start, so that the first start is the installer's and later ones are the system's.
    ...first('cdrom'),
    node('readonly'),
  ]);
  return [...all, drive];
}

function diskDriver({ disk }: Recommendation): Record<string, string> {
  const { bus, cache, io, discard, detectZeroes } = disk;
  return {
    ...(cache === 'default' ? {} : { cache }),
    ...(io === undefined ? {} : { io }),
    ...(discard ? { discard: 'unmap' } : {}),
    ...(discard && detectZeroes ? { detect_zeroes: 'unmap' } : {}),
    // A SCSI disk has neither: they belong to its controller.
    ...(bus === 'virtio' ? queues(disk) : {}),
  };
}

const queues = ({ iothread, queues: number }: Recommendation['disk']): Record<string, string> => ({
  ...(iothread ? { iothread: '1' } : {}),
  ...(number === undefined ? {} : { queues: String(number) }),
});

function controllers(rec: Recommendation, request: LibvirtRequest): XmlNode[] {
  const all = usb(rec);
  const scsiDrive = request.cdrom !== undefined && rec.cdrom.bus === 'scsi';
  if (rec.disk.bus === 'scsi' || scsiDrive) {
    const model = rec.disk.controller ?? 'virtio-scsi';
    const driver = rec.disk.bus === 'scsi' && model === 'virtio-scsi' ? queues(rec.disk) : {};
    const drivers = Object.keys(driver).length > 0 ? [node('driver', driver)] : [];
    all.push(node('controller', { type: 'scsi', index: '0', model }, drivers));
  }
  if (rec.machine.pcie) {
    all.push(node('controller', { type: 'pci', index: '0', model: 'pcie-root' }));
    for (let port = 1; port <= pciExpressPorts; port++) {
      all.push(node('controller', { type: 'pci', index: String(port), model: 'pcie-root-port' }));
    }
  }
  return all;
}

function usb({ usb: controller }: Recommendation): XmlNode[] {
  if (!controller) return [node('controller', { type: 'usb', index: '0', model: 'none' })];
  const main = node('controller', { type: 'usb', index: '0', model: controller.model });
  if (controller.model !== 'ich9-ehci1') return [main];
  // USB 2.0 leaves slow devices to companions of USB 1.1, two ports each.
  const companions = [0, 2, 4].map((port, index) =>
    node('controller', { type: 'usb', index: '0', model: `ich9-uhci${index + 1}` }, [
      node('master', { startport: String(port) }),
    ]),
  );
  return [main, ...companions];
}

function interfaces(rec: Recommendation, request: LibvirtRequest): XmlNode[] {
  const { network = 'default', nics = 1 } = request;
  if (network === 'none') return [];
  const { model, queues: pairs } = rec.nic;
  const boot = bootOrder(rec, request).get('network');
  // QEMU's own network has one queue.
  const several = pairs !== undefined && network !== 'user';
  const [type, source] = network === 'user' ? ['user', []] : ['network', [node('source', { network })]];
  return Array.from({ length: nics }, (_, index) =>
    node('interface', { type }, [
      ...source,
      node('model', { type: model }),
      ...(several ? [node('driver', { name: 'vhost', queues: String(pairs) })] : []),
      ...(boot && index === 0 ? [boot] : []),
    ]),
  );
}

function consoles(rec: Recommendation): readonly XmlNode[] {
  if (!rec.serialConsole) return [];
  if (rec.arch === 's390x') return [node('console', { type: 'pty' }, [node('target', { type: 'sclp', port: '0' })])];
  return serialConsole;
}

/** The agent of SPICE talks through its server, every other one through a socket of libvirt's. */
const channel = (name: string): XmlNode =>
  node('channel', { type: name.startsWith('com.redhat.spice.') ? 'spicevmc' : 'unix' }, [
    node('target', { type: 'virtio', name }),
  ]);

function graphics({ graphics: { type } }: Recommendation): XmlNode[] {
  if (type === 'none') return [];
  return [node('graphics', { type, port: '-1', autoport: 'yes' })];
}

function sound({ sound: card, graphics: { type } }: Recommendation): XmlNode[] {
  if (!card) return [];
  // Without SPICE nobody carries the sound to the viewer, but the guest has its card.
  return [node('sound', { model: card.model }), node('audio', { id: '1', type: type === 'spice' ? 'spice' : 'none' })];
}

function balloon(rec: Recommendation): XmlNode {
  if (!rec.balloon) return node('memballoon', { model: 'none' });
  return node('memballoon', { model: 'virtio', ...(rec.freePageReporting ? { freePageReporting: 'on' } : {}) });
}

const tpm = ({ model, version }: NonNullable<Recommendation['tpm']>): XmlNode =>
  node('tpm', { model }, [node('backend', { type: 'emulator', version })]);

function video({ video: { model } }: Recommendation): XmlNode[] {
  return [node('video', {}, [node('model', { type: model })])];
}

const rng: XmlNode = {
  name: 'rng',
  attrs: { model: 'virtio' },
  children: [{ name: 'backend', attrs: { model: 'random' }, children: ['/dev/urandom'] }],
};
