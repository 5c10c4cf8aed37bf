// SPDX-License-Identifier: Apache-2.0
import type { InputError } from '../../osinfo/errors.js';
import type { XmlElement } from '../../osinfo/xml/read.js';
import { cimFactor, cpuCount, diskBytes, macAddress } from './numbers.js';
import type { OvfDisk } from './read-ovf.js';
import { attributeOf, childrenOf, field, type Losses, maybe, quoted, textOf } from './said.js';
import type { MachineDescription, SourceBus, SourceCdrom, SourceDisk, SourceNic } from './types.js';

/** What items of the hardware lead to, by ids. */
export interface OvfTargets {
  readonly files: ReadonlyMap<string, string>;
  readonly disks: ReadonlyMap<string, OvfDisk>;
}

/** An item in CIM's words. */
interface Item {
  readonly type: number;
  readonly subtype: string;
  readonly id: string;
  readonly parent: string | undefined;
  readonly at: number;
  readonly element: XmlElement;
}

const CONTROLLERS: Readonly<Record<number, SourceBus>> = { 5: 'ide', 6: 'scsi' };

/** Controllers and cards in the recommender's words, by what is in their names. */
const SCSI: readonly (readonly [RegExp, string])[] = [
  [/virtualscsi|pvscsi/, 'vmpvscsi'],
  [/lsilogicsas|lsisas/, 'lsisas1068'],
  [/virtio/, 'virtio-scsi'],
  [/buslogic/, 'buslogic'],
  [/^$|lsilogic/, 'lsilogic'],
];
const CARDS: readonly (readonly [RegExp, string])[] = [
  [/vmxnet/, 'vmxnet3'],
  [/e1000e/, 'e1000e'],
  [/82545|^e1000$/, 'e1000-82545em'],
  [/82540/, 'e1000'],
  [/virtio/, 'virtio'],
  [/pcnet|vlance|am79/, 'pcnet'],
];

/** Kinds that nothing is made of. */
const LOST: Readonly<Record<number, string>> = {
  11: 'another network card',
  14: 'a floppy drive',
  22: 'a parallel port',
  26: 'a graphics processor',
};

type Devices = Pick<
  MachineDescription,
  'memoryBytes' | 'cpus' | 'topology' | 'disks' | 'cdroms' | 'nics' | 'sound' | 'usb' | 'serialConsole'
>;

/** The hardware of a VirtualHardwareSection. @throws InputError by `fail` for what contradicts itself */
export function readOvfHardware(
  hardware: XmlElement,
  targets: OvfTargets,
  losses: Losses,
  fail: (element: XmlElement, message: string) => InputError,
): Devices {
  const items = itemsOf(hardware, losses);
  const drives = drivesOf(items, targets, losses, fail);
  const nics: SourceNic[] = [];
  let found: Pick<Devices, 'memoryBytes' | 'cpus' | 'topology' | 'usb' | 'sound'> = {};
  const serials = items.filter(({ type }) => type === 21);
  for (const one of serials.slice(1)) losses.add(one.element.line, 'a second serial port');
  for (const item of items) {
    const { type, subtype, element } = item;
    if (type === 3) found = { ...found, ...cpusOf(item, fail) };
    else if (type === 4) found = { ...found, ...memoryOf(item, fail) };
    else if (type === 10) nics.push(nicOf(item));
    else if (type === 23)
      found = { ...found, ...field('usb', /xhci/.test(subtype) ? 'qemu-xhci' : 'ich9-ehci1', element.line) };
    else if (type === 35 || /sound/.test(subtype))
      found = {
        ...found,
        ...field(
          'sound',
          /es1371|ensoniq/.test(subtype) ? 'es1370' : /ac97/.test(subtype) ? 'ac97' : 'ich6',
          element.line,
        ),
      };
    else if (LOST[type] !== undefined) losses.add(element.line, LOST[type]);
    else if (![5, 6, 15, 16, 17, 20, 21, 24].includes(type) && !/vmci/.test(subtype))
      losses.add(element.line, `the device ${quoted(textOf(element.child('ElementName')) ?? `of type ${type}`)}`);
  }
  addLostConfigs(hardware, losses);
  return {
    sound: { value: false, line: hardware.line },
    ...found,
    ...drives,
    nics,
    serialConsole: { value: serials.length > 0, line: serials[0]?.element.line ?? hardware.line },
  };
}

function itemsOf(hardware: XmlElement, losses: Losses): Item[] {
  const all = ['Item', 'StorageItem', 'EthernetPortItem'].flatMap((name) => childrenOf(hardware, name));
  return all.flatMap((element): Item[] => {
    // A bound is a range around another item, and a configuration is one of several sizes.
    if (attributeOf(element, 'bound') !== undefined) return [];
    const configuration = attributeOf(element, 'configuration');
    if (configuration !== undefined) {
      losses.add(element.line, `what it has in the configuration ${quoted(configuration)}`);
      return [];
    }
    const text = (name: string): string => textOf(element.child(name)) ?? '';
    const at = text('AddressOnParent');
    return [
      {
        type: Number(/^\d{1,5}$/.test(text('ResourceType')) ? text('ResourceType') : 0),
        subtype: text('ResourceSubType').toLowerCase(),
        id: text('InstanceID'),
        parent: textOf(element.child('Parent')),
        at: /^\d{1,6}$/.test(at) ? Number(at) : 0,
        element,
      },
    ];
  });
}

function cpusOf({ element }: Item, fail: (element: XmlElement, message: string) => InputError): Partial<Devices> {
  const said = textOf(element.child('VirtualQuantity')) ?? '';
  const count = cpuCount(said);
  if (count === undefined) throw fail(element, `${quoted(said)} is no number of processors`);
  const cores = cpuCount(textOf(element.child('CoresPerSocket')) ?? '');
  const fits = cores !== undefined && count % cores === 0;
  return {
    ...field('cpus', count, element.line),
    ...(fits ? field('topology', { sockets: count / cores, cores, threads: 1 }, element.line) : {}),
  };
}

function memoryOf({ element }: Item, fail: (element: XmlElement, message: string) => InputError): Partial<Devices> {
  const said = textOf(element.child('VirtualQuantity')) ?? '';
  const unit = textOf(element.child('AllocationUnits')) ?? 'byte * 2^20';
  const factor = cimFactor(unit);
  const bytes = factor === undefined ? undefined : diskBytes(said, factor);
  if (bytes === undefined) throw fail(element, `${quoted(`${said} ${unit}`)} is no amount of memory`);
  return field('memoryBytes', bytes, element.line);
}

function busOf(controller: Item | undefined): SourceBus | undefined {
  if (controller === undefined) return undefined;
  const known = CONTROLLERS[controller.type];
  if (known !== undefined) return known;
  if (/nvme/.test(controller.subtype)) return 'nvme';
  return /virtio/.test(controller.subtype) ? 'scsi' : 'sata';
}

function drivesOf(
  items: readonly Item[],
  { files, disks: known }: OvfTargets,
  losses: Losses,
  fail: (element: XmlElement, message: string) => InputError,
): Pick<Devices, 'disks' | 'cdroms'> {
  const byId = new Map(items.map((item) => [item.id, item]));
  const place = (item: Item): number => items.indexOf(byId.get(item.parent ?? '') ?? item) * 1000 + item.at;
  const disks: SourceDisk[] = [];
  const cdroms: SourceCdrom[] = [];
  const used = new Set<string>();
  for (const item of items.filter(({ type }) => [15, 16, 17].includes(type)).sort((a, b) => place(a) - place(b))) {
    const { element } = item;
    const controller = byId.get(item.parent ?? '');
    const bus = busOf(controller);
    const [, kind, id = ''] = /^(?:ovf:)?\/(disk|file)\/(.+)$/.exec(textOf(element.child('HostResource')) ?? '') ?? [];
    if (item.type !== 17) {
      const iso = kind === 'file' ? files.get(id) : undefined;
      cdroms.push({ ...maybe('file', iso), ...maybe('bus', bus), line: element.line });
      continue;
    }
    const disk = kind === 'disk' ? known.get(id) : undefined;
    const direct = kind === 'file' ? files.get(id) : undefined;
    if (disk === undefined && direct === undefined)
      throw fail(element, `the disk ${quoted(id)} is not in the DiskSection`);
    if (used.has(`${kind} ${id}`)) throw fail(element, `the disk ${quoted(id)} is plugged in twice`);
    used.add(`${kind} ${id}`);
    const { line: _, ...facts } = disk ?? { line: 0, file: direct! };
    disks.push({
      ...facts,
      ...maybe('bus', bus),
      ...(bus === 'scsi' ? maybe('controller', SCSI.find(([name]) => name.test(controller!.subtype))?.[1]) : {}),
      line: element.line,
    });
  }
  for (const [id, { line }] of known)
    if (!used.has(`disk ${id}`)) losses.add(line, `the whole disk ${quoted(id)}, which is plugged in nowhere`);
  return { disks, cdroms };
}

function nicOf({ element, subtype }: Item): SourceNic {
  const network = textOf(element.child('Connection'));
  return {
    ...maybe('model', CARDS.find(([name]) => name.test(subtype))?.[1] ?? (subtype || undefined)),
    ...maybe('mac', macAddress(textOf(element.child('Address')))),
    ...(network === undefined || network === 'VM Network' ? {} : { network }),
    line: element.line,
  };
}

function addLostConfigs(hardware: XmlElement, losses: Losses): void {
  const read = /^(firmware|bootOptions\.efiSecureBootEnabled)$/i;
  const settings = [...childrenOf(hardware, 'Config'), ...childrenOf(hardware, 'ExtraConfig')].filter(
    (one) => !read.test(attributeOf(one, 'key') ?? ''),
  );
  if (settings.length === 0) return;
  const names = settings.slice(0, 8).map((one) => attributeOf(one, 'key') ?? '');
  const more = settings.length > names.length ? ` and ${settings.length - names.length} more` : '';
  losses.add(settings[0]!.line, `VMware's own settings: ${names.map(quoted).join(', ')}${more}`);
}
