// SPDX-License-Identifier: Apache-2.0
import type { Recommendation } from '../recommend/types.js';
import { pathValue, type QemuRequest } from './qemu.js';

/** Hands out places: behind a port of its own on a PCI Express machine, on the bus elsewhere. */
interface Places {
  /** Options that make the ports, to stand before the devices. */
  readonly ports: string[];
  /** `,bus=port1` for a device that belongs behind a port. */
  next(): string;
}

function placesOf({ machine }: Recommendation): Places {
  const ports: string[] = [];
  return {
    ports,
    next() {
      // A mainframe's virtio devices are no PCI devices.
      if (!machine.pcie) return '';
      const id = `port${ports.length / 2 + 1}`;
      ports.push('-device', `pcie-root-port,id=${id},chassis=${ports.length / 2 + 1}`);
      return `,bus=${id}`;
    },
  };
}

/** All devices as options; what has no other end on this host is told in `warnings`. */
export function qemuDevices(rec: Recommendation, request: QemuRequest, warnings: string[]): string[] {
  const places = placesOf(rec);
  const devices = [
    ...disks(rec, request, places),
    ...network(rec, request, places),
    ...video(rec),
    ...usb(rec, places),
    ...inputs(rec),
    ...sound(rec),
    ...channels(rec, request, places),
    ...(rec.rng
      ? [
          '-object',
          'rng-random,id=rng0,filename=/dev/urandom',
          ...device(virtio(rec, 'rng'), `,rng=rng0${places.next()}`),
        ]
      : []),
    ...(rec.balloon ? device(virtio(rec, 'balloon'), places.next()) : []),
    ...tpm(rec, request, warnings),
    ...(rec.watchdog ? ['-device', rec.watchdog.model, '-action', `watchdog=${rec.watchdog.action}`] : []),
    ...panic(rec),
    ...(rec.generationId ? device('vmgenid', ',guid=auto') : []),
  ];
  return [...places.ports, ...devices];
}

const device = (name: string, rest = ''): string[] => ['-device', `${name}${rest}`];

/** QEMU's name of a virtio device for the machine's bus. */
const virtio = ({ arch }: Recommendation, name: string): string => `virtio-${name}-${arch === 's390x' ? 'ccw' : 'pci'}`;

function disks(rec: Recommendation, { disks: given, cdrom, snapshot }: QemuRequest, places: Places): string[] {
  const { bus, discard, detectZeroes, controller } = rec.disk;
  const words: string[] = [];
  if (bus === 'scsi' || (cdrom !== undefined && rec.cdrom.bus === 'scsi'))
    words.push(
      ...device(scsiControllers[controller ?? 'virtio-scsi'] ?? virtio(rec, 'scsi'), `,id=scsi0${places.next()}`),
    );
  given.forEach(({ path, format, readonly }, index) => {
    const id = `disk${index}`;
    const options = [
      `if=none,id=${id},format=${format},file=${pathValue(path)}`,
      discard ? 'discard=unmap' : 'discard=ignore',
      ...(discard && detectZeroes ? ['detect-zeroes=unmap'] : []),
      ...(snapshot ? ['snapshot=on'] : []),
      ...(readonly ? ['readonly=on'] : []),
    ];
    const order = index === 0 ? ',bootindex=1' : '';
    const front = { virtio: virtio(rec, 'blk'), scsi: 'scsi-hd', sata: 'ide-hd', ide: 'ide-hd' }[bus as string];
    const place = bus === 'virtio' ? places.next() : slot(bus, index);
    words.push('-drive', options.join(','), ...device(front ?? 'virtio-blk-pci', `,drive=${id}${place}${order}`));
  });
  if (cdrom !== undefined) {
    const { bus: driveBus } = rec.cdrom;
    const index = driveBus === bus ? given.length : 0;
    const order = `,bootindex=${given.length === 0 ? 1 : 2}`;
    words.push('-drive', `if=none,id=cdrom0,media=cdrom,readonly=on,format=raw,file=${pathValue(cdrom)}`);
    words.push(...device(driveBus === 'scsi' ? 'scsi-cd' : 'ide-cd', `,drive=cdrom0${slot(driveBus, index)}${order}`));
  }
  return words;
}

/** QEMU's names of libvirt's SCSI controller models. */
const scsiControllers: Readonly<Record<string, string>> = { lsilogic: 'lsi53c895a', lsisas1068: 'mptsas1068' };

/** The n-th place of a bus: AHCI has one disk a port, IDE two, SCSI many. */
function slot(bus: string, index: number): string {
  if (bus === 'sata') return `,bus=ide.${index}`;
  if (bus === 'ide') return `,bus=ide.${Math.floor(index / 2)},unit=${index % 2}`;
  return `,bus=scsi0.0,scsi-id=${index}`;
}

/** Cards that are PCI Express devices themselves; the others are conventional PCI and stand on the root bus. */
const expressCards: ReadonlySet<string> = new Set(['virtio', 'e1000e', 'igb', 'vmxnet3']);

function network(rec: Recommendation, { network: kind = 'user', nics = 1 }: QemuRequest, places: Places): string[] {
  if (kind === 'none') return [];
  const { model } = rec.nic;
  const front = model === 'virtio' ? virtio(rec, 'net') : model;
  return Array.from({ length: nics }, (_, index) => [
    ...['-netdev', `user,id=net${index}${kind === 'isolated' ? ',restrict=on' : ''}`],
    ...device(front, `,netdev=net${index}${expressCards.has(model) ? places.next() : ''}`),
  ]).flat();
}

function video({ video: { model }, arch }: Recommendation): string[] {
  if (model === 'none') return [];
  const pc = arch === 'x86_64' || arch === 'i686';
  const names: Readonly<Record<string, string>> = {
    virtio: pc ? 'virtio-vga' : 'virtio-gpu-pci',
    vga: 'VGA',
    bochs: 'bochs-display',
    cirrus: 'cirrus-vga',
    ramfb: 'ramfb',
  };
  return device(names[model] ?? model);
}

function usb({ usb: controller, machine }: Recommendation, places: Places): string[] {
  switch (controller?.model) {
    case undefined:
      return [];
    case 'qemu-xhci':
      return device('qemu-xhci', `,id=usb${places.next()}`);
    case 'piix3-uhci':
      return device('piix3-usb-uhci', ',id=usb');
    default: {
      // The companions for slow devices are functions of the same PCI device.
      const addr = machine.pcie ? '1d' : '7';
      return [
        ...device('ich9-usb-ehci1', `,id=usb,addr=${addr}.7`),
        ...[1, 2, 3].flatMap((number) =>
          device(
            `ich9-usb-uhci${number}`,
            `,masterbus=usb.0,firstport=${(number - 1) * 2},addr=${addr}.${number - 1}${number === 1 ? ',multifunction=on' : ''}`,
          ),
        ),
      ];
    }
  }
}

/** PS/2 mouse and keyboard are part of a PC and not said. */
function inputs({ inputs: all, arch }: Recommendation): string[] {
  return all.flatMap(({ type, bus }) => {
    if (bus === 'usb') return device(`usb-${type === 'keyboard' ? 'kbd' : type}`, ',bus=usb.0');
    if (bus === 'virtio') return device(`virtio-${type}-${arch === 's390x' ? 'ccw' : 'pci'}`);
    return [];
  });
}

function sound({ sound: card }: Recommendation): string[] {
  if (!card) return [];
  const back = ['-audiodev', 'none,id=audio0'];
  const codec = device('hda-duplex', ',audiodev=audio0');
  if (card.model === 'ich9') return [...back, ...device('ich9-intel-hda'), ...codec];
  if (card.model === 'ich6') return [...back, ...device('intel-hda'), ...codec];
  return [...back, ...device(card.model === 'ac97' ? 'AC97' : 'ES1370', ',audiodev=audio0')];
}

function channels(rec: Recommendation, { agentSocket }: QemuRequest, places: Places): string[] {
  if (rec.channels.length === 0) return [];
  const words = device(virtio(rec, 'serial'), `,id=channels0${places.next()}`);
  rec.channels.forEach((name, index) => {
    const back =
      agentSocket === undefined || index > 0 ? 'null' : `socket,server=on,wait=off,path=${pathValue(agentSocket)}`;
    words.push('-chardev', `${back},id=channel${index}`);
    words.push(...device('virtserialport', `,bus=channels0.0,chardev=channel${index},name=${name}`));
  });
  return words;
}

function tpm(rec: Recommendation, { tpmSocket }: QemuRequest, warnings: string[]): string[] {
  if (!rec.tpm) return [];
  if (tpmSocket === undefined) {
    warnings.push(
      `the TPM ${rec.tpm.version} is left out: QEMU needs a running swtpm for it, whose socket was not given`,
    );
    return [];
  }
  return [
    ...['-chardev', `socket,id=tpmchar0,path=${pathValue(tpmSocket)}`],
    ...['-tpmdev', 'emulator,id=tpm0,chardev=tpmchar0'],
    ...device(rec.tpm.model, ',tpmdev=tpm0'),
  ];
}

function panic({ panic: notifier }: Recommendation): string[] {
  // The others are part of the machine, or of the processor.
  return notifier?.model === 'isa' ? device('pvpanic') : [];
}
