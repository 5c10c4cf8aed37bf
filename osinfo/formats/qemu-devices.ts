// SPDX-License-Identifier: Apache-2.0
import type { Recommendation } from '../recommend/types.js';
import { isPc, pathValue, type QemuRequest } from './qemu-words.js';
import type { FormatDisk } from './types.js';

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
    ...network(rec, request, places, warnings),
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
    ...(rec.balloon
      ? device(virtio(rec, 'balloon'), `${rec.freePageReporting ? ',free-page-reporting=on' : ''}${places.next()}`)
      : []),
    ...vsock(rec, request, places, warnings),
    ...tpm(rec, request, warnings),
    ...(rec.watchdog ? ['-device', rec.watchdog.model, '-action', `watchdog=${rec.watchdog.action}`] : []),
    ...panic(rec),
    ...(rec.generationId ? device('vmgenid', ',guid=auto') : []),
  ];
  return [...places.ports, ...devices];
}

const device = (name: string, rest = ''): string[] => ['-device', `${name}${rest}`];

/** QEMU's name of a virtio device for the machine's bus. */
const virtio = (rec: Recommendation, name: string): string => `virtio-${name}-${virtioBus(rec)}`;
const virtioBus = ({ arch }: Recommendation): string => (arch === 's390x' ? 'ccw' : 'pci');

/** `,bootindex=N` for what the machine starts from. */
function bootIndex(rec: Recommendation, request: QemuRequest, what: 'disk' | 'cdrom' | 'network'): string {
  const { disks, cdrom, nics = 1, network } = request;
  const there = { disk: disks.length > 0, cdrom: cdrom !== undefined, network: nics > 0 && network !== 'none' };
  const index = rec.boot.filter((one) => there[one]).indexOf(what);
  return index < 0 ? '' : `,bootindex=${index + 1}`;
}

/** Where a disk, or the controller of SCSI disks, is served, and through how many queues. */
function service({ disk: { iothread, queues } }: Recommendation): string {
  return `${iothread ? ',iothread=iothread0' : ''}${queues === undefined ? '' : `,num_queues=${queues}`}`;
}

function disks(rec: Recommendation, request: QemuRequest, places: Places): string[] {
  const { disks: given, cdrom } = request;
  const { bus, iothread } = rec.disk;
  const words = iothread ? ['-object', 'iothread,id=iothread0'] : [];
  words.push(...scsiController(rec, request, places), ...ahciController(rec, request));
  given.forEach((disk, index) => {
    words.push('-drive', drive(rec, request, disk, index));
    const order = index === 0 ? bootIndex(rec, request, 'disk') : '';
    words.push(...device(front(rec), `,drive=disk${index}${place(rec, index, places)}${order}`));
  });
  if (cdrom !== undefined) {
    const { bus: driveBus } = rec.cdrom;
    const index = driveBus === bus ? given.length : 0;
    const order = bootIndex(rec, request, 'cdrom');
    words.push('-drive', `if=none,id=cdrom0,media=cdrom,readonly=on,format=raw,file=${pathValue(cdrom)}`);
    words.push(
      ...device(driveBus === 'scsi' ? 'scsi-cd' : 'ide-cd', `,drive=cdrom0${slot(rec, driveBus, index)}${order}`),
    );
  }
  return words;
}

function scsiController(rec: Recommendation, { cdrom }: QemuRequest, places: Places): string[] {
  const { bus, controller = 'virtio-scsi' } = rec.disk;
  if (bus !== 'scsi' && (cdrom === undefined || rec.cdrom.bus !== 'scsi')) return [];
  const model = scsiControllers[bus === 'scsi' ? controller : 'virtio-scsi'];
  if (model !== undefined) return device(model, `,id=scsi0${places.next()}`);
  return device(virtio(rec, 'scsi'), `,id=scsi0${bus === 'scsi' ? service(rec) : ''}${places.next()}`);
}

function drive(rec: Recommendation, { snapshot }: QemuRequest, image: FormatDisk, index: number): string {
  const { discard, detectZeroes, cache, io } = rec.disk;
  return [
    `if=none,id=disk${index},format=${image.format},file=${pathValue(image.path)}`,
    discard ? 'discard=unmap' : 'discard=ignore',
    ...(discard && detectZeroes ? ['detect-zeroes=unmap'] : []),
    ...(cache === 'default' ? [] : [`cache=${cache}`]),
    ...(io === undefined ? [] : [`aio=${io}`]),
    ...(snapshot ? ['snapshot=on'] : []),
    ...(image.readonly ? ['readonly=on'] : []),
  ].join(',');
}

function front(rec: Recommendation): string {
  const names: Partial<Record<Recommendation['disk']['bus'], string>> = {
    scsi: 'scsi-hd',
    sata: 'ide-hd',
    ide: 'ide-hd',
    nvme: 'nvme',
    usb: 'usb-storage',
  };
  return names[rec.disk.bus] ?? virtio(rec, 'blk');
}

/** Where the n-th disk stands, with what its kind wants to be told. */
function place(rec: Recommendation, index: number, places: Places): string {
  switch (rec.disk.bus) {
    case 'virtio':
      return `${service(rec).replace('num_queues', 'num-queues')}${places.next()}`;
    case 'nvme':
      return `,serial=disk${index}${places.next()}`;
    case 'usb':
      return ',bus=usb.0';
    default:
      return slot(rec, rec.disk.bus, index);
  }
}

/** QEMU's names of libvirt's SCSI controller models. */
const scsiControllers: Readonly<Record<string, string>> = {
  lsilogic: 'lsi53c895a',
  lsisas1068: 'mptsas1068',
  lsisas1078: 'megasas',
  vmpvscsi: 'pvscsi',
};

/** The Q35 chipset has its own AHCI controller; elsewhere it is a card. */
function ahciController(rec: Recommendation, { cdrom }: QemuRequest): string[] {
  const wanted = rec.disk.bus === 'sata' || (cdrom !== undefined && rec.cdrom.bus === 'sata');
  return wanted && rec.machine.family !== 'q35' ? device('ich9-ahci', ',id=ahci0') : [];
}

/** The n-th place of a bus: AHCI has one disk a port, IDE two, SCSI many. */
function slot({ machine }: Recommendation, bus: string, index: number): string {
  if (bus === 'sata') return `,bus=${machine.family === 'q35' ? 'ide' : 'ahci0'}.${index}`;
  if (bus === 'ide') return `,bus=ide.${Math.floor(index / 2)},unit=${index % 2}`;
  return `,bus=scsi0.0,scsi-id=${index}`;
}

/** Cards that are PCI Express devices themselves; the others are conventional PCI and stand on the root bus. */
const expressCards: ReadonlySet<string> = new Set(['virtio', 'e1000e', 'igb', 'vmxnet3']);

function network(rec: Recommendation, request: QemuRequest, places: Places, warnings: string[]): string[] {
  const { network: kind = 'user', nics = 1, forwards = [] } = request;
  if (kind === 'none') return [];
  const { model, queues } = rec.nic;
  if (queues !== undefined && nics > 0)
    warnings.push(`QEMU's own network has one queue, not ${queues}: use a tap device`);
  const card = model === 'virtio' ? virtio(rec, 'net') : model;
  return Array.from({ length: nics }, (_, index) => {
    const order = index === 0 ? bootIndex(rec, request, 'network') : '';
    const ports = index === 0 ? forwards.map((word) => `,${word}`).join('') : '';
    return [
      ...['-netdev', `user,id=net${index}${kind === 'isolated' ? ',restrict=on' : ''}${ports}`],
      ...device(card, `,netdev=net${index}${expressCards.has(model) ? places.next() : ''}${order}`),
    ];
  }).flat();
}

function video(rec: Recommendation): string[] {
  const { model } = rec.video;
  if (model === 'none') return [];
  const pc = isPc(rec);
  const names: Readonly<Record<string, string>> = {
    virtio: pc ? 'virtio-vga' : 'virtio-gpu-pci',
    vga: 'VGA',
    bochs: 'bochs-display',
    cirrus: 'cirrus-vga',
    vmvga: 'vmware-svga',
    qxl: pc ? 'qxl-vga' : 'qxl',
  };
  return device(names[model] ?? model);
}

function usb({ usb: controller, machine }: Recommendation, places: Places): string[] {
  switch (controller?.model) {
    case undefined:
      return [];
    case 'qemu-xhci':
      return device('qemu-xhci', `,id=usb${places.next()}`);
    case 'nec-xhci':
      return device('nec-usb-xhci', `,id=usb${places.next()}`);
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

function sound({ sound: card, graphics }: Recommendation): string[] {
  if (!card) return [];
  const back = ['-audiodev', `${graphics.type === 'spice' ? 'spice' : 'none'},id=audio0`];
  const codec = device('hda-duplex', ',audiodev=audio0');
  if (card.model === 'ich9') return [...back, ...device('ich9-intel-hda'), ...codec];
  if (card.model === 'ich6') return [...back, ...device('intel-hda'), ...codec];
  return [...back, ...device(card.model === 'ac97' ? 'AC97' : 'ES1370', ',audiodev=audio0')];
}

function channels(rec: Recommendation, { agentSocket }: QemuRequest, places: Places): string[] {
  if (rec.channels.length === 0) return [];
  const words = device(virtio(rec, 'serial'), `,id=channels0${places.next()}`);
  rec.channels.forEach((name, index) => {
    const back = name.startsWith('com.redhat.spice.')
      ? 'spicevmc,name=vdagent'
      : agentSocket === undefined || index > 0
        ? 'null'
        : `socket,server=on,wait=off,path=${pathValue(agentSocket)}`;
    words.push('-chardev', `${back},id=channel${index}`);
    words.push(...device('virtserialport', `,bus=channels0.0,chardev=channel${index},name=${name}`));
  });
  return words;
}

function vsock(rec: Recommendation, { vsockCid }: QemuRequest, places: Places, warnings: string[]): string[] {
  if (!rec.vsock) return [];
  if (vsockCid === undefined) {
    warnings.push('the vsock is left out: QEMU wants a number for it that no other machine of the host has');
    return [];
  }
  return device(`vhost-vsock-${virtioBus(rec)}`, `,guest-cid=${vsockCid}${places.next()}`);
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
    // Outside of a PC the interface is a device of the machine's own bus.
    ...device(rec.tpm.model === 'tpm-tis' && !isPc(rec) ? 'tpm-tis-device' : rec.tpm.model, ',tpmdev=tpm0'),
  ];
}

function panic({ panic: notifier }: Recommendation): string[] {
  // The others are part of the machine, or of the processor.
  if (notifier?.model === 'pvpanic') return device('pvpanic-pci');
  return notifier?.model === 'isa' ? device('pvpanic') : [];
}
