// SPDX-License-Identifier: Apache-2.0
import type { Recommendation } from '../recommend/types.js';
import type { XmlNode } from '../xml/write.js';
import type { LibvirtRequest } from './libvirt.js';
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
    ...(rec.graphics.type === 'vnc' ? [node('graphics', { type: 'vnc', port: '-1', autoport: 'yes' })] : []),
    ...(rec.sound ? [node('sound', { model: rec.sound.model }), node('audio', { id: '1', type: 'none' })] : []),
    ...video(rec),
    ...(rec.watchdog ? [node('watchdog', { ...rec.watchdog })] : []),
    node('memballoon', { model: rec.balloon ? 'virtio' : 'none' }),
    ...(rec.rng ? [rng] : []),
    ...(rec.panic ? [node('panic', { model: rec.panic.model })] : []),
  ];
}

const node = (
  name: string,
  attrs: Readonly<Record<string, string>> = {},
  children: readonly XmlNode[] = [],
): XmlNode => ({
  name,
  attrs,
  children,
});

function disks(rec: Recommendation, request: LibvirtRequest): XmlNode[] {
  const { bus, discard, detectZeroes } = rec.disk;
  const all = request.disks.map(({ path, format, readonly }, index) => {
    const driver = {
      name: 'qemu',
      type: format,
      ...(discard ? { discard: 'unmap' } : {}),
      ...(discard && detectZeroes ? { detect_zeroes: 'unmap' } : {}),
    };
    return node('disk', { type: 'file', device: 'disk' }, [
      node('driver', driver),
      node('source', { file: path }),
      node('target', { dev: targetName(bus, index), bus }),
      ...(index === 0 ? [node('boot', { order: '1' })] : []),
      ...(readonly ? [node('readonly')] : []),
    ]);
  });
  if (request.cdrom === undefined) return all;
  // IDE and SATA disks share their letters with the drive; a virtio disk does not.
  const shared = targetName(rec.cdrom.bus, 0).slice(0, 2) === targetName(bus, 0).slice(0, 2);
  const dev = targetName(rec.cdrom.bus, shared ? request.disks.length : 0);
  const drive = node('disk', { type: 'file', device: 'cdrom' }, [
    node('driver', { name: 'qemu', type: 'raw' }),
    node('source', { file: request.cdrom }),
    node('target', { dev, bus: rec.cdrom.bus }),
    // An empty disk does not start, so that the first start is the installer's and later ones are the system's.
    node('boot', { order: request.disks.length === 0 ? '1' : '2' }),
    node('readonly'),
  ]);
  return [...all, drive];
}

function controllers(rec: Recommendation, request: LibvirtRequest): XmlNode[] {
  const all = usb(rec);
  const scsiDrive = request.cdrom !== undefined && rec.cdrom.bus === 'scsi';
  if (rec.disk.bus === 'scsi' || scsiDrive) {
    all.push(node('controller', { type: 'scsi', index: '0', model: rec.disk.controller ?? 'virtio-scsi' }));
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

function interfaces(rec: Recommendation, { network = 'default', nics = 1 }: LibvirtRequest): XmlNode[] {
  if (network === 'none') return [];
  return Array.from({ length: nics }, () =>
    network === 'user'
      ? node('interface', { type: 'user' }, [node('model', { type: rec.nic.model })])
      : node('interface', { type: 'network' }, [node('source', { network }), node('model', { type: rec.nic.model })]),
  );
}

function consoles(rec: Recommendation): XmlNode[] {
  if (!rec.serialConsole) return [];
  if (rec.arch === 's390x') return [node('console', { type: 'pty' }, [node('target', { type: 'sclp', port: '0' })])];
  return [
    node('serial', { type: 'pty' }, [node('target', { port: '0' })]),
    node('console', { type: 'pty' }, [node('target', { type: 'serial', port: '0' })]),
  ];
}

const channel = (name: string): XmlNode =>
  node('channel', { type: 'unix' }, [node('target', { type: 'virtio', name })]);

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
