// SPDX-License-Identifier: Apache-2.0
import type { Recommendation } from '../recommend/types.js';
import {
  attributes,
  type HclAttribute,
  type HclBlock,
  type HclReference,
  type HclValue,
  hclName,
  writeHcl,
} from './hcl.js';
import { ovmf } from './qemu.js';
import { isPc } from './qemu-words.js';
import { checkRequest, machineName, qemuModel } from './request.js';
import type { Format, FormatRequest, Formatted } from './types.js';
import { mebibytes, type Words, warnOfBaseline, warnOfDisks, wordOf, wordOrWarning } from './words.js';

const whose = "Packer's QEMU builder";

/** QEMU's machines that the builder has firmware and a program for. */
const machines: ReadonlySet<string> = new Set(['q35', 'pc', 'virt']);

/** On Q35 its IDE drives are plugged into the AHCI controller, which is the machine's own. */
const disks: Words = { virtio: 'virtio', scsi: 'virtio-scsi', sata: 'ide', ide: 'ide' };
const cards: Words = {
  virtio: 'virtio-net',
  e1000: 'e1000',
  rtl8139: 'rtl8139',
  pcnet: 'pcnet',
  ne2k_pci: 'ne2k_pci',
  vmxnet3: 'vmxnet3',
  // Not in the builder's list, which is met by the beginning of the name; the device itself is said below.
  e1000e: 'e1000',
  'e1000-82545em': 'e1000',
};
const videos: Words = { virtio: 'virtio', vga: 'std', cirrus: 'cirrus', qxl: 'qxl', vmvga: 'vmware', none: 'none' };
const tpms: Words = { 'tpm-crb': 'tpm-crb', 'tpm-tis': 'tpm-tis', 'tpm-spapr': 'tpm-spapr' };

type HclObject = { readonly [key: string]: HclValue | undefined };

/** What stands in the block, in order. */
type Attributes = (HclAttribute | HclReference)[];

/**
 * A template of Packer with a source for the plugin of QEMU (1.1 or newer). How Packer reaches the guest is left to who
 * uses it: `communicator` is `none`.
 * @throws InputError for a machine, bus or card that the builder does not have
 * @see https://developer.hashicorp.com/packer/integrations/hashicorp/qemu/latest/components/builder/qemu
 */
export function formatPacker(rec: Recommendation, request: FormatRequest): Formatted {
  checkRequest(request, rec, { names: machines, of: "Packer's", platform: 'kvm' });
  const warnings: string[] = [];
  warnOfDisks(request.disks, 1, 'Packer starts from one image', warnings);
  if ((request.nics ?? 1) !== 1) warnings.push(`${whose} has one network card`);
  warnOfBaseline(rec, 'QEMU', 'the host', warnings);
  const label = hclName(request.name);
  const { variables, source } = startsFrom(request, warnings);
  const body: Attributes = [
    ...source,
    ...attributes({
      vm_name: plain(request.name),
      output_directory: plain(`output-${request.name}`),
      communicator: 'none',
      headless: true,
      accelerator: rec.virt === 'kvm' ? 'kvm' : 'tcg',
      machine_type: machine(rec),
      qemu_binary: isPc(rec) ? undefined : `qemu-system-${rec.arch}`,
      ...processor(rec),
      memory: mebibytes(rec.memoryBytes),
      ...disk(rec),
      net_device: wordOf(cards, rec.nic.model, 'network card', whose),
      vga: screen(rec, warnings),
      ...firmware(rec, warnings),
      ...tpm(rec, warnings),
      qemuargs: args(rec),
    }),
  ];
  const plugin = { version: '>= 1.1.0', source: 'github.com/hashicorp/qemu' };
  const text = writeHcl([
    { block: 'packer', body: [{ block: 'required_plugins', body: attributes({ qemu: plugin }) }] },
    ...variables,
    { block: 'source', labels: ['qemu', label], body },
    { block: 'build', body: attributes({ sources: [`source.qemu.${label}`] }) },
  ]);
  return { text, warnings };
}

/** Packer computes what stands in double braces, in whatever string: they are written so that they come out. */
const plain = (text: string): string => text.replace(/\{\{/g, '{{`{{`}}');

/** An image that is there, an ISO, or variables for what was not given. */
function startsFrom(
  { disks: [image], cdrom }: FormatRequest,
  warnings: string[],
): { readonly variables: HclBlock[]; readonly source: Attributes } {
  if (image !== undefined) {
    if (cdrom !== undefined)
      warnings.push(`${cdrom} is left out: Packer starts from the image or from an ISO, not both`);
    const source = {
      disk_image: true,
      iso_url: plain(image.path),
      iso_checksum: 'none',
      format: image.format === 'raw' ? 'raw' : 'qcow2',
    };
    return { variables: [], source: attributes(source) };
  }
  if (cdrom !== undefined) {
    return { variables: [], source: attributes({ iso_url: plain(cdrom), iso_checksum: 'none', format: 'qcow2' }) };
  }
  const names = ['iso_url', 'iso_checksum'];
  return {
    variables: names.map((name) => ({
      block: 'variable',
      labels: [name],
      body: [{ attribute: 'type', reference: 'string' }],
    })),
    source: [
      ...names.map((name) => ({ attribute: name, reference: `var.${name}` })),
      ...attributes({ format: 'qcow2' }),
    ],
  };
}

const machine = (rec: Recommendation): string =>
  rec.firmware.smm && rec.machine.family === 'q35' ? `${machineName(rec)},smm=on` : machineName(rec);

function processor({ cpu, virt }: Recommendation): HclObject {
  const model =
    virt === 'qemu' ? 'max' : cpu.mode === 'custom' && cpu.model !== undefined ? qemuModel(cpu.model) : 'host';
  return { cpu_model: model, cpus: cpu.count, ...cpu.topology };
}

function disk({ disk: one, storageBytes, cdrom }: Recommendation): HclObject {
  return {
    disk_size: `${mebibytes(storageBytes)}M`,
    disk_interface: wordOf(disks, one.bus, 'disk bus', whose),
    disk_cache: one.cache === 'default' ? undefined : one.cache,
    disk_discard: one.discard ? 'unmap' : 'ignore',
    disk_detect_zeroes: one.detectZeroes && one.discard ? 'unmap' : 'off',
    cdrom_interface: wordOf({ sata: 'ide', ide: 'ide', scsi: 'virtio-scsi' }, cdrom.bus, 'CD-ROM bus', whose),
  };
}

function screen({ graphics, video }: Recommendation, warnings: string[]): string | undefined {
  if (graphics.type === 'spice') warnings.push(`${whose} shows the screen over VNC, not over SPICE`);
  return graphics.type === 'none' ? 'none' : wordOrWarning(videos, video.model, 'video', whose, warnings);
}

function firmware(rec: Recommendation, warnings: string[]): HclObject {
  if (rec.firmware.type !== 'uefi') return {};
  if (!isPc(rec)) {
    warnings.push(
      `where UEFI firmware for ${rec.arch} lies is not known: give its path in efi_firmware_code and efi_firmware_vars`,
    );
    return { efi_boot: true };
  }
  const { code, vars } = rec.firmware.secureBoot ? ovmf.secure : ovmf.plain;
  return { efi_boot: true, efi_firmware_code: code, efi_firmware_vars: vars };
}

function tpm({ tpm: chip }: Recommendation, warnings: string[]): HclObject {
  if (!chip) return {};
  const model = wordOrWarning(tpms, chip.model, 'TPM', whose, warnings);
  return model === undefined
    ? {}
    : { vtpm: true, tpm_device_type: model, use_tpm1: chip.version === '1.2' ? true : undefined };
}

/** What the builder has no word of its own for, in QEMU's. */
function args(rec: Recommendation): string[][] {
  const {
    nic,
    tpm: chip,
    firmware: { smm },
  } = rec;
  const card = cards[nic.model];
  const devices = extraDevices(rec);
  // Options of a kind replace the builder's own of that kind: where one device is said, all are.
  const said = devices.length > 0 || card !== listedCard(nic.model);
  const all = [
    ...devices,
    ...(rec.disk.bus === 'scsi' ? ['virtio-scsi-pci,id=scsi0', 'scsi-hd,bus=scsi0.0,drive=drive0'] : []),
    ...(chip ? [`${chip.model},tpmdev=tpm0`] : []),
    `${listedCard(nic.model)},netdev=user.0`,
  ];
  return [
    ['-rtc', `base=${rec.clock.offset}`],
    ...(smm ? [['-global', 'driver=cfi.pflash01,property=secure,value=on']] : []),
    ...(said ? all.map((device) => ['-device', device]) : []),
  ];
}

/** The card by QEMU's name. */
const listedCard = (model: string): string => (model === 'e1000e' || model === 'e1000-82545em' ? model : cards[model]!);

function extraDevices({ rng, watchdog, inputs, usb }: Recommendation): string[] {
  const tablet = inputs.some(({ type, bus }) => type === 'tablet' && bus === 'usb') && usb?.model === 'qemu-xhci';
  return [
    ...(rng ? ['virtio-rng-pci'] : []),
    ...(watchdog?.model === 'i6300esb' ? ['i6300esb'] : []),
    ...(tablet ? ['qemu-xhci', 'usb-tablet'] : []),
  ];
}

export const packerFormat: Format = {
  name: 'packer',
  summary: "a source of Packer's QEMU builder, in HCL",
  platform: 'kvm',
  makesDisks: true,
  families: machines,
  verified: 'documentation',
  verifiedBy: "the plugin's page and source; its syntax by Packer 1.6's own reader",
  says: [
    'arch',
    'machine.family',
    'machine.version',
    'firmware.type',
    'firmware.secureBoot',
    'cpu.mode',
    'cpu.count',
    'cpu.topology',
    'memoryBytes',
    'storageBytes',
    'disk.discard',
    'disk.detectZeroes',
    'disk.cache',
    'cdrom.bus',
    'rng',
    'tpm',
    'clock.offset',
  ],
  mostly: {
    'os.id': 'as the name, which is what a template is about',
    'cpu.baseline': 'a warning from x86-64-v2 on',
    'disk.bus': 'virtio, virtio-scsi, sata, ide',
    'nic.model': 'virtio, e1000, e1000e, rtl8139, pcnet, ne2k_pci, vmxnet3',
    'video.model': 'virtio, std, cirrus, qxl, vmware, none',
    'graphics.type': 'VNC',
    inputs: 'a tablet',
    usb: 'xHCI, for the tablet',
    watchdog: 'i6300esb',
    boot: 'from the ISO once, then from the disk',
  },
  partly: {},
  format: formatPacker,
};
