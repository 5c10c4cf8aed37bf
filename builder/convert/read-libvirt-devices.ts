// SPDX-License-Identifier: Apache-2.0
import type { XmlElement } from '../../osinfo/xml/read.js';
import { lostChildren } from './libvirt-lost.js';
import { macAddress } from './numbers.js';
import { attributeOf, childrenOf, field, type Losses, maybe, quoted, refuseTooMany } from './said.js';
import type { MachineDescription, SourceBus, SourceCdrom, SourceDisk, SourceNic } from './types.js';

const BUSES: Readonly<Record<string, SourceBus>> = {
  virtio: 'virtio',
  scsi: 'scsi',
  sata: 'sata',
  ide: 'ide',
  nvme: 'nvme',
  xen: 'xen',
  usb: 'usb',
};

/** libvirt's names of cards that the recommender calls otherwise. */
const CARDS: Readonly<Record<string, string>> = {
  'virtio-net-pci': 'virtio',
  'virtio-transitional': 'virtio',
  'virtio-non-transitional': 'virtio',
  '82540EM': 'e1000',
  '82545EM': 'e1000-82545em',
  Am79C973: 'pcnet',
};

type Devices = Pick<
  MachineDescription,
  | 'disks'
  | 'cdroms'
  | 'nics'
  | 'graphics'
  | 'video'
  | 'sound'
  | 'usb'
  | 'tpm'
  | 'rng'
  | 'balloon'
  | 'watchdog'
  | 'vsock'
  | 'serialConsole'
  | 'agentChannel'
  | 'boot'
>;

/** The devices of a domain. @throws InputError with file:line for more than any machine has */
export function readLibvirtDevices(root: XmlElement, file: string, losses: Losses): Devices {
  const devices = root.child('devices');
  if (devices) losses.addAll(lostChildren(devices, 'devices'));
  const line = devices?.line ?? root.line;
  const elements = childrenOf(devices, 'disk');
  refuseTooMany(elements, 'disks', file);
  const interfaces = childrenOf(devices, 'interface');
  refuseTooMany(interfaces, 'network cards', file);
  const controllers = childrenOf(devices, 'controller');
  const { disks, cdroms } = drivesOf(elements, controllers, losses);
  const [first, ...others] = childrenOf(devices, 'graphics');
  for (const other of others) losses.add(other.line, `a second screen: ${quoted(attributeOf(other, 'type') ?? '')}`);
  return {
    disks,
    cdroms,
    nics: interfaces.map((one) => nicOf(one, losses)),
    ...graphicsOf(first, line, losses),
    ...videoOf(childrenOf(devices, 'video'), line, losses),
    ...soundOf(devices, line),
    ...usbOf(controllers, line),
    ...tpmOf(devices?.child('tpm'), line, losses),
    ...field('rng', devices?.child('rng') !== undefined, devices?.child('rng')?.line ?? line),
    ...balloonOf(devices, line),
    ...watchdogOf(devices, line),
    ...field('vsock', devices?.child('vsock') !== undefined, devices?.child('vsock')?.line ?? line),
    ...consolesOf(devices, line, losses),
    ...bootOf(root, elements, interfaces, devices),
  };
}

function drivesOf(
  elements: readonly XmlElement[],
  controllers: readonly XmlElement[],
  losses: Losses,
): { disks: SourceDisk[]; cdroms: SourceCdrom[] } {
  const disks: SourceDisk[] = [];
  const cdroms: SourceCdrom[] = [];
  for (const element of elements) {
    const device = attributeOf(element, 'device') ?? 'disk';
    const target = element.child('target');
    const name = attributeOf(target, 'dev') ?? 'without a name';
    const bus = BUSES[attributeOf(target, 'bus') ?? busByName(name)];
    const file = attributeOf(element.child('source'), 'file') ?? attributeOf(element.child('source'), 'dev');
    if (device === 'cdrom') {
      cdroms.push({ ...maybe('file', file), ...maybe('bus', bus), line: element.line });
      continue;
    }
    if (device !== 'disk') {
      losses.add(element.line, `the ${device === 'floppy' ? 'floppy drive' : quoted(device)} ${name}`);
      continue;
    }
    losses.addAll(lostChildren(element, 'disk', `disk ${name}: `));
    const type = attributeOf(element, 'type') ?? 'file';
    if (file === undefined) {
      losses.add(
        element.line,
        `the whole disk ${name}, which is ${type === 'file' ? 'an empty one' : `of type ${quoted(type)}`}: copy it to a file and name that in the description`,
      );
      continue;
    }
    const driver = element.child('driver');
    const controller = bus === 'scsi' ? scsiModel(element, controllers) : undefined;
    disks.push({
      file,
      // libvirt takes what is not said as raw, and never looks into the file.
      format: attributeOf(driver, 'type') ?? 'raw',
      ...maybe('bus', bus),
      ...maybe('controller', controller),
      ...(element.child('readonly') ? { readonly: true } : {}),
      ...((element.child('encryption') ?? element.child('source')?.child('encryption')) ? { encrypted: true } : {}),
      line: element.line,
    });
  }
  return { disks, cdroms };
}

/** libvirt tells the bus by the name where nothing is said. */
function busByName(name: string): string {
  const prefixes = { vd: 'virtio', hd: 'ide', sd: 'scsi', xvd: 'xen' };
  return Object.entries(prefixes).find(([prefix]) => name.startsWith(prefix))?.[1] ?? '';
}

function scsiModel(disk: XmlElement, controllers: readonly XmlElement[]): string | undefined {
  const index = attributeOf(disk.child('address'), 'controller') ?? '0';
  const all = controllers.filter((one) => attributeOf(one, 'type') === 'scsi');
  const own = all.find((one) => (attributeOf(one, 'index') ?? '0') === index) ?? all[0];
  const model = attributeOf(own, 'model');
  return model?.startsWith('virtio-') ? 'virtio-scsi' : model;
}

function nicOf(element: XmlElement, losses: Losses): SourceNic {
  const type = attributeOf(element, 'type') ?? '';
  const given = attributeOf(element.child('mac'), 'address');
  const mac = macAddress(given);
  losses.addAll(lostChildren(element, 'interface', `network card ${mac ?? ''}: `.replace(' :', ':')));
  const source = element.child('source');
  const where = ['network', 'bridge', 'dev', 'name'].map((one) => attributeOf(source, one)).find((one) => one);
  const model = attributeOf(element.child('model'), 'type');
  return {
    ...maybe('model', model === undefined ? undefined : (CARDS[model] ?? model)),
    ...maybe('mac', mac),
    ...(type === 'user' ? {} : { network: `${type}${where === undefined ? '' : ` ${where}`}` }),
    line: element.line,
  };
}

function graphicsOf(element: XmlElement | undefined, line: number, losses: Losses): Pick<Devices, 'graphics'> {
  if (element === undefined) return field('graphics', 'none', line);
  const type = attributeOf(element, 'type');
  if (attributeOf(element, 'passwd') !== undefined) losses.add(element.line, 'the password of its screen');
  const listen = attributeOf(element, 'listen') ?? attributeOf(element.child('listen'), 'address');
  if (listen !== undefined && listen !== '127.0.0.1')
    losses.add(element.line, `that its screen is served at ${quoted(listen)}`);
  if (type === 'vnc' || type === 'spice') return field('graphics', type, element.line);
  losses.add(element.line, `its screen by ${quoted(type ?? '')}`);
  return {};
}

function videoOf(elements: readonly XmlElement[], line: number, losses: Losses): Pick<Devices, 'video'> {
  for (const other of elements.slice(1)) losses.add(other.line, 'a second video card');
  const model = elements[0]?.child('model');
  const heads = attributeOf(model, 'heads');
  if (heads !== undefined && heads !== '1') losses.add(model!.line, `its ${quoted(heads)} screens at one video card`);
  if (model?.child('acceleration')) losses.add(model.line, '3D acceleration of its video card');
  const type = attributeOf(model, 'type');
  return field('video', type ?? (elements.length === 0 ? 'none' : undefined), model?.line ?? line);
}

function soundOf(devices: XmlElement | undefined, line: number): Pick<Devices, 'sound'> {
  const sound = devices?.child('sound');
  return field('sound', sound ? attributeOf(sound, 'model') : false, sound?.line ?? line);
}

/** libvirt gives a PC the oldest controller where none is said: that is no wish. */
function usbOf(controllers: readonly XmlElement[], line: number): Pick<Devices, 'usb'> {
  const own = controllers.find((one) => attributeOf(one, 'type') === 'usb');
  const model = attributeOf(own, 'model');
  if (model === 'none') return field('usb', false, own!.line);
  return field('usb', model, own?.line ?? line);
}

function tpmOf(element: XmlElement | undefined, line: number, losses: Losses): Pick<Devices, 'tpm'> {
  if (element === undefined) return field('tpm', false, line);
  const backend = element.child('backend');
  const type = attributeOf(backend, 'type');
  const version = attributeOf(backend, 'version');
  losses.add(
    element.line,
    type === 'emulator'
      ? 'what is stored in its TPM (keys of BitLocker and the like): it begins empty, so have recovery keys at hand'
      : "the host's TPM: the machine gets an emulated one",
  );
  return field(
    'tpm',
    {
      ...maybe('model', attributeOf(element, 'model')),
      ...(version === '1.2' || version === '2.0' ? { version } : {}),
    },
    element.line,
  );
}

function balloonOf(devices: XmlElement | undefined, line: number): Pick<Devices, 'balloon'> {
  const balloon = devices?.child('memballoon');
  return balloon === undefined ? {} : field('balloon', attributeOf(balloon, 'model') !== 'none', balloon.line ?? line);
}

function watchdogOf(devices: XmlElement | undefined, line: number): Pick<Devices, 'watchdog'> {
  const watchdog = devices?.child('watchdog');
  const model = attributeOf(watchdog, 'model');
  // libvirt shows the one that is built into a q35 machine.
  return field('watchdog', watchdog && model !== 'itco' ? model : false, watchdog?.line ?? line);
}

function consolesOf(
  devices: XmlElement | undefined,
  line: number,
  losses: Losses,
): Pick<Devices, 'serialConsole' | 'agentChannel'> {
  const serials = [...childrenOf(devices, 'serial'), ...childrenOf(devices, 'console')];
  for (const one of childrenOf(devices, 'serial').slice(1)) losses.add(one.line, 'a second serial port');
  for (const one of serials) {
    const type = attributeOf(one, 'type') ?? 'pty';
    if (type !== 'pty') losses.add(one.line, `that its serial port leads to ${quoted(type)}`);
  }
  const channels = childrenOf(devices, 'channel');
  const name = (one: XmlElement): string => attributeOf(one.child('target'), 'name') ?? '';
  const agent = channels.find((one) => name(one) === 'org.qemu.guest_agent.0');
  for (const one of channels)
    if (one !== agent && attributeOf(one, 'type') !== 'spicevmc')
      losses.add(one.line, `the channel ${quoted(name(one))}`);
  return {
    ...field('serialConsole', serials.length > 0, serials[0]?.line ?? line),
    ...field('agentChannel', agent !== undefined, agent?.line ?? line),
  };
}

const BOOT_WORDS: Readonly<Record<string, 'disk' | 'cdrom' | 'network'>> = {
  hd: 'disk',
  cdrom: 'cdrom',
  network: 'network',
};

/** By order of devices, else by the older list of kinds. */
function bootOf(
  root: XmlElement,
  disks: readonly XmlElement[],
  interfaces: readonly XmlElement[],
  devices: XmlElement | undefined,
): Pick<Devices, 'boot'> {
  const order = (element: XmlElement): number => Number(attributeOf(element.child('boot'), 'order') ?? Number.NaN);
  const kind = (element: XmlElement): 'disk' | 'cdrom' | 'network' =>
    element.name === 'interface' ? 'network' : attributeOf(element, 'device') === 'cdrom' ? 'cdrom' : 'disk';
  const ordered = [...disks, ...interfaces]
    .filter((one) => Number.isInteger(order(one)))
    .sort((a, b) => order(a) - order(b));
  const words =
    ordered.length > 0
      ? ordered.map(kind)
      : childrenOf(root.child('os'), 'boot').flatMap((one) => BOOT_WORDS[attributeOf(one, 'dev') ?? ''] ?? []);
  const line = ordered[0]?.line ?? root.child('os')?.child('boot')?.line ?? devices?.line ?? root.line;
  const unique = [...new Set(words)];
  return unique.length === 0 ? {} : field('boot', unique, line);
}
