// SPDX-License-Identifier: Apache-2.0
import type { Recommendation } from '../recommend/types.js';
import type { FormatRequest } from './types.js';
import { cards, type placeDrives, type Slot, scsiModel } from './vmware-facts.js';
import { mebibytes, type Words, wordOf, wordOrWarning } from './words.js';

/** An `Item`: settings of `CIM_ResourceAllocationSettingData` by their names there, and VMware's own. */
export interface OvfItem {
  readonly Address?: number;
  readonly AddressOnParent?: number;
  readonly AllocationUnits?: string;
  readonly AutomaticAllocation?: boolean;
  readonly Connection?: string;
  readonly Description?: string;
  readonly ElementName: string;
  readonly HostResource?: string;
  readonly InstanceID: number;
  readonly Parent?: number;
  readonly ResourceSubType?: string;
  readonly ResourceType: number;
  readonly VirtualQuantity?: number;
  /** False: an importer that does not know it goes on without. */
  readonly required?: false;
  /** VMware's own, of processors. */
  readonly coresPerSocket?: number;
}

/** Kinds of resources, as CIM counts them. */
const kinds = {
  cpu: 3,
  memory: 4,
  ide: 5,
  scsi: 6,
  nic: 10,
  cdrom: 15,
  disk: 17,
  sata: 20,
  nvme: 20,
  usb: 23,
  video: 24,
  other: 1,
} as const;

const controllerTypes: Words = {
  pvscsi: 'VirtualSCSI',
  lsisas1068: 'lsilogicsas',
  lsilogic: 'lsilogic',
  buslogic: 'buslogic',
};
const cardTypes: Words = { vmxnet3: 'VmxNet3', e1000e: 'E1000e', e1000: 'E1000', vlance: 'PCNet32' };
const sounds: Words = { ich6: 'hdaudio', ich9: 'hdaudio', es1370: 'ensoniq1371' };

/** Hands out numbers of instances, which are unique in a machine. */
function counter(): () => number {
  let last = 0;
  return () => {
    last += 1;
    return last;
  };
}

/** The hardware of a machine, in the order in which importers expect it: controllers before what is plugged into them. */
export function ovfItems(
  rec: Recommendation,
  request: FormatRequest,
  slots: ReturnType<typeof placeDrives>,
  warnings: string[],
): OvfItem[] {
  const next = counter();
  const { cpu } = rec;
  const cores = cpu.topology.cores * cpu.topology.threads;
  const items: OvfItem[] = [
    {
      AllocationUnits: 'hertz * 10^6',
      Description: 'Number of virtual CPUs',
      ElementName: `${cpu.count} virtual CPUs`,
      InstanceID: next(),
      ResourceType: kinds.cpu,
      VirtualQuantity: cpu.count,
      coresPerSocket: cores,
    },
    {
      AllocationUnits: 'byte * 2^20',
      Description: 'Memory size',
      ElementName: `${mebibytes(rec.memoryBytes, 4)} MB of memory`,
      InstanceID: next(),
      ResourceType: kinds.memory,
      VirtualQuantity: mebibytes(rec.memoryBytes, 4),
    },
  ];
  const parents = new Map<string, number>();
  for (const slot of [...slots.disks, ...(slots.cdrom ? [slots.cdrom] : [])]) {
    const key = `${slot.bus}${slot.controller}`;
    if (parents.has(key)) continue;
    const id = next();
    parents.set(key, id);
    items.push(controller(rec, slot, id));
  }
  const parentOf = ({ bus, controller: number }: Slot): number => parents.get(`${bus}${number}`)!;
  slots.disks.forEach((slot, index) => {
    items.push({
      AddressOnParent: slot.unit,
      ElementName: `Hard disk ${index + 1}`,
      HostResource: `ovf:/disk/vmdisk${index + 1}`,
      InstanceID: next(),
      Parent: parentOf(slot),
      ResourceType: kinds.disk,
    });
  });
  if (slots.cdrom) {
    items.push({
      AddressOnParent: slots.cdrom.unit,
      AutomaticAllocation: true,
      ElementName: 'CD-ROM drive 1',
      HostResource: 'ovf:/file/iso1',
      InstanceID: next(),
      Parent: parentOf(slots.cdrom),
      ResourceSubType: 'vmware.cdrom.iso',
      ResourceType: kinds.cdrom,
    });
  }
  const model = wordOf(cards, rec.nic.model, 'network card', 'VMware');
  for (let index = 0; index < (request.nics ?? 1); index += 1) {
    items.push({
      AddressOnParent: 7 + index,
      AutomaticAllocation: true,
      Connection: 'VM Network',
      ElementName: `Network adapter ${index + 1}`,
      InstanceID: next(),
      ResourceSubType: cardTypes[model]!,
      ResourceType: kinds.nic,
    });
  }
  items.push(...optional(rec, next, warnings));
  if (rec.boot[0] !== undefined && rec.boot[0] !== 'disk') {
    warnings.push(`an OVF machine starts from its disk, not from the ${rec.boot[0]}`);
  }
  return items;
}

function controller(rec: Recommendation, { bus, controller: number }: Slot, id: number): OvfItem {
  const names = { scsi: 'SCSI controller', sata: 'SATA controller', ide: 'IDE controller', nvme: 'NVMe controller' };
  const types = {
    scsi: bus === 'scsi' ? controllerTypes[scsiModel(rec)]! : undefined,
    sata: 'vmware.sata.ahci',
    ide: undefined,
    nvme: 'vmware.nvme.controller',
  };
  const type = types[bus];
  return {
    Address: number,
    ElementName: `${names[bus]} ${number}`,
    InstanceID: id,
    ...(type === undefined ? {} : { ResourceSubType: type }),
    ResourceType: kinds[bus],
  };
}

/** What an importer may leave out. */
function optional(rec: Recommendation, next: () => number, warnings: string[]): OvfItem[] {
  const items: OvfItem[] = [];
  const add = (name: string, type: number, subtype?: string): void => {
    items.push({
      AutomaticAllocation: false,
      ElementName: name,
      InstanceID: next(),
      ...(subtype === undefined ? {} : { ResourceSubType: subtype }),
      ResourceType: type,
      required: false,
    });
  };
  if (rec.video.model !== 'none') add('Video card', kinds.video);
  if (rec.usb) {
    const xhci = /xhci/.test(rec.usb.model);
    add('USB controller', kinds.usb, xhci ? 'vmware.usb.xhci' : 'vmware.usb.ehci');
  }
  const sound = rec.sound && wordOrWarning(sounds, rec.sound.model, 'sound card', 'VMware', warnings);
  if (sound !== undefined) add('Sound card', kinds.other, `vmware.soundcard.${sound}`);
  return items;
}
