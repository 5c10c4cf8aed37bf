// SPDX-License-Identifier: Apache-2.0
import type { Recommendation } from '../recommend/types.js';
import { writeXml, type XmlNode } from '../xml/write.js';
import { cimOsType, hardwareVersion, vmwareGuest } from './guests/vmware.js';
import { type OvfItem, ovfItems } from './ovf-items.js';
import type { Format, FormatDisk, FormatRequest, Formatted } from './types.js';
import { placeDrives, vmwareMachines, warnOfChoices } from './vmware-facts.js';
import { warnOfDisks, warnOfKind } from './words.js';

/** A disk of an OVF package. */
export interface OvfDisk extends FormatDisk {
  /** What the guest sees, in bytes. Default: as recommended. */
  readonly capacityBytes?: number;
  /** Length of the file, in bytes. */
  readonly fileBytes?: number;
}

export interface OvfRequest extends FormatRequest {
  readonly disks: readonly OvfDisk[];
}

const ovf = 'http://schemas.dmtf.org/ovf/envelope/1';
const cim = 'http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2';

/** What a VMDK for transport is, as VMware made it public. */
const streamOptimized = 'http://www.vmware.com/interfaces/specifications/vmdk.html#streamOptimized';

/**
 * An OVF 1.1 envelope: the disks, a network and one machine with its hardware. With its VMDKs beside it, it is a package
 * that VMware, VirtualBox, oVirt and others import. A disk that is not there is made empty.
 * @throws InputError for a machine, bus or card that VMware does not have
 * @see https://www.dmtf.org/standards/ovf (DSP0243)
 */
export function formatOvf(rec: Recommendation, request: OvfRequest): Formatted {
  const slots = placeDrives(rec, request);
  const warnings: string[] = [];
  warnOfChoices(rec, warnings);
  warnOfKind(request.disks, ['vmdk'], 'vmdk -o subformat=streamOptimized', warnings);
  warnOfDisks(request.disks, request.disks.length, '', warnings);
  const items = ovfItems(rec, request, slots, warnings);
  const disks: readonly (OvfDisk | undefined)[] = request.disks.length === 0 ? [undefined] : request.disks;
  const isos = request.cdrom === undefined ? [] : [request.cdrom];
  const envelope: XmlNode = {
    name: 'Envelope',
    attrs: {
      xmlns: ovf,
      'xmlns:ovf': ovf,
      'xmlns:rasd': `${cim}/CIM_ResourceAllocationSettingData`,
      'xmlns:vssd': `${cim}/CIM_VirtualSystemSettingData`,
      'xmlns:vmw': 'http://www.vmware.com/schema/ovf',
    },
    children: [
      { name: 'References', children: [...request.disks.map(file), ...isos.map(isoFile)] },
      section(
        'DiskSection',
        'Disks of the machine',
        disks.map((disk, index) => describeDisk(rec, disk, index)),
      ),
      section('NetworkSection', 'Networks that the machine is connected to', [
        {
          name: 'Network',
          attrs: { 'ovf:name': 'VM Network' },
          children: [text('Description', 'The network of the machine')],
        },
      ]),
      virtualSystem(rec, request, items),
    ],
  };
  return { text: writeXml(envelope), warnings };
}

const text = (name: string, value: string): XmlNode => ({ name, children: [value] });

const section = (
  name: string,
  info: string,
  children: readonly XmlNode[],
  attrs: Readonly<Record<string, string>> = {},
): XmlNode => ({
  name,
  attrs,
  children: [text('Info', info), ...children],
});

/** References are relative to the descriptor: the file lies beside it. */
const baseName = (path: string): string =>
  encodeURI(path.slice(path.lastIndexOf('/') + 1)).replace(/[?#]/g, encodeURIComponent);

function file({ path, fileBytes }: OvfDisk, index: number): XmlNode {
  const size = fileBytes === undefined ? {} : { 'ovf:size': String(fileBytes) };
  return { name: 'File', attrs: { 'ovf:href': baseName(path), 'ovf:id': `file${index + 1}`, ...size } };
}

const isoFile = (path: string): XmlNode => ({ name: 'File', attrs: { 'ovf:href': baseName(path), 'ovf:id': 'iso1' } });

function describeDisk(rec: Recommendation, disk: OvfDisk | undefined, index: number): XmlNode {
  const attrs = {
    'ovf:capacity': String(disk?.capacityBytes ?? rec.storageBytes),
    'ovf:capacityAllocationUnits': 'byte',
    'ovf:diskId': `vmdisk${index + 1}`,
    ...(disk ? { 'ovf:fileRef': `file${index + 1}` } : {}),
    'ovf:format': streamOptimized,
  };
  return { name: 'Disk', attrs };
}

function virtualSystem(rec: Recommendation, { name }: OvfRequest, items: readonly OvfItem[]): XmlNode {
  const guest = vmwareGuest(rec);
  const system: XmlNode = {
    name: 'System',
    children: [
      text('vssd:ElementName', 'Virtual Hardware Family'),
      text('vssd:InstanceID', '0'),
      text('vssd:VirtualSystemIdentifier', name),
      text('vssd:VirtualSystemType', `vmx-${String(hardwareVersion(rec)).padStart(2, '0')}`),
    ],
  };
  return {
    name: 'VirtualSystem',
    attrs: { 'ovf:id': name },
    children: [
      text('Info', 'A virtual machine'),
      text('Name', name),
      section(
        'OperatingSystemSection',
        'The system that the machine is for',
        [text('Description', rec.os.name ?? rec.os.id)],
        {
          'ovf:id': String(cimOsType(guest)),
          ...(rec.os.version === undefined ? {} : { 'ovf:version': rec.os.version }),
          'vmw:osType': guest,
        },
      ),
      section('VirtualHardwareSection', 'What the machine is made of', [
        system,
        ...items.map(item),
        ...configuration(rec),
      ]),
    ],
  };
}

/** The schema wants the elements of an item in the order of the alphabet. */
function item({ required, coresPerSocket, ...settings }: OvfItem): XmlNode {
  const names = Object.keys(settings).sort() as (keyof typeof settings)[];
  const children = names.flatMap((name) => {
    const value = settings[name];
    return value === undefined ? [] : [text(`rasd:${name}`, String(value))];
  });
  const optional = { 'ovf:required': 'false' };
  if (coresPerSocket !== undefined) {
    children.push({ name: 'vmw:CoresPerSocket', attrs: optional, children: [String(coresPerSocket)] });
  }
  return { name: 'Item', ...(required === false ? { attrs: optional } : {}), children };
}

const setting = (key: string, value: string): XmlNode => ({
  name: 'vmw:Config',
  attrs: { 'ovf:required': 'false', 'vmw:key': key, 'vmw:value': value },
});

function configuration({ firmware: { type, secureBoot } }: Recommendation): XmlNode[] {
  if (type !== 'uefi') return [setting('firmware', 'bios')];
  return [setting('firmware', 'efi'), setting('bootOptions.efiSecureBootEnabled', String(secureBoot))];
}

export const ovfFormat: Format = {
  name: 'ovf',
  summary: 'an OVF envelope with the hardware of the machine',
  platform: 'esxi',
  makesDisks: true,
  families: vmwareMachines,
  verified: 'real tool',
  verifiedBy: "virt-v2v 2.2's reader of OVF; the order of elements by DMTF's DSP0243",
  says: [
    'os.id',
    'arch',
    'machine.family',
    'machine.version',
    'firmware.type',
    'firmware.secureBoot',
    'cpu.count',
    'memoryBytes',
    'storageBytes',
    'disk.bus',
    'cdrom.bus',
    'nic.model',
    'video.model',
  ],
  mostly: {
    'cpu.mode': "always the host's processor",
    'cpu.baseline': 'a warning from x86-64-v2 on',
    'cpu.topology': 'sockets and cores',
    'graphics.type': "VMware's own console",
    sound: 'hdaudio, es1371',
    inputs: 'mouse and keyboard; Tools keep the pointers together',
    usb: 'EHCI and xHCI',
    vsock: "VMware's own, VMCI",
    'clock.offset': "VMware's own, which Tools set",
    'clock.timers': "VMware's own",
    hyperv: 'VMware shows its own',
    boot: 'the disk first',
  },
  partly: {
    tpm: 'add it after the import: a package carries no keys',
    serialConsole: 'add the port after the import: what it leads to is of the host',
  },
  format: formatOvf,
};
