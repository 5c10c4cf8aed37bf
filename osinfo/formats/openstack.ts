// SPDX-License-Identifier: Apache-2.0
import type { Recommendation } from '../recommend/types.js';
import { openstackDistro, openstackType, openstackVersion } from './guests/openstack.js';
import { checkRequest, machineName, qemuMachines } from './request.js';
import { shellLines } from './shell.js';
import type { Format, FormatRequest, Formatted } from './types.js';
import { gibibytes, mebibytes, type Words, warnOfDisks, wordOf, wordOrWarning } from './words.js';

/** An image and a flavor as OpenStack's services take them. */
export interface OpenStackDescription {
  readonly image: {
    readonly name: string;
    readonly disk_format: string;
    readonly container_format: 'bare';
    /** Nova's words, all of them text. */
    readonly properties: Readonly<Record<string, string>>;
  };
  readonly flavor: {
    readonly name: string;
    /** MiB. */
    readonly ram: number;
    readonly vcpus: number;
    /** GiB. */
    readonly disk: number;
    readonly extra_specs: Readonly<Record<string, string>>;
  };
}

const nova = 'Nova';

const diskBuses: Words = { virtio: 'virtio', scsi: 'scsi', sata: 'sata', ide: 'ide', usb: 'usb', xen: 'xen' };
const scsiModels: Words = {
  'virtio-scsi': 'virtio-scsi',
  lsilogic: 'lsilogic',
  lsisas1068: 'lsisas1068',
  vmpvscsi: 'vmpvscsi',
};
const cards: Words = {
  virtio: 'virtio',
  e1000: 'e1000',
  e1000e: 'e1000e',
  igb: 'igb',
  rtl8139: 'rtl8139',
  pcnet: 'pcnet',
  ne2k_pci: 'ne2k_pci',
  vmxnet3: 'vmxnet3',
  netfront: 'netfront',
};
const videos: Words = {
  virtio: 'virtio',
  vga: 'vga',
  qxl: 'qxl',
  cirrus: 'cirrus',
  bochs: 'bochs',
  vmvga: 'vmvga',
  none: 'none',
};
const sounds: Words = { ich9: 'ich9', ich6: 'ich6', ac97: 'ac97', es1370: 'es1370' };
/** What Nova can be told of USB; the controllers of older machines come with them. */
const usbModels: Words = { 'qemu-xhci': 'qemu-xhci', 'nec-xhci': 'nec-xhci' };
const builtInUsb: ReadonlySet<string> = new Set(['piix3-uhci', 'ich9-ehci1']);
const diskFormats: Words = {
  qcow2: 'qcow2',
  raw: 'raw',
  vmdk: 'vmdk',
  vdi: 'vdi',
  vhdx: 'vhdx',
  vpc: 'vhd',
  iso: 'iso',
};

/** What the scheduler is to find on a host for a level of x86-64: traits of its features that tell it from the one below. */
const traits: Readonly<Record<string, readonly string[]>> = {
  'x86-64-v2': ['HW_CPU_X86_SSE42', 'HW_CPU_X86_SSSE3'],
  'x86-64-v3': ['HW_CPU_X86_AVX2', 'HW_CPU_X86_BMI2', 'HW_CPU_X86_FMA3'],
  'x86-64-v4': [
    'HW_CPU_X86_AVX512F',
    'HW_CPU_X86_AVX512BW',
    'HW_CPU_X86_AVX512CD',
    'HW_CPU_X86_AVX512DQ',
    'HW_CPU_X86_AVX512VL',
  ],
};

/**
 * A Glance image with the properties that Nova reads, and a flavor of the recommended size.
 * @throws InputError for a machine that is none of QEMU's, a controller or card that Nova has no word for
 * @see https://docs.openstack.org/glance/latest/admin/useful-image-properties.html
 */
export function describeForOpenStack(
  rec: Recommendation,
  request: FormatRequest,
  warnings: string[] = [],
): OpenStackDescription {
  checkRequest(request, rec, { names: qemuMachines, of: "Nova's", platform: 'openstack' });
  const [disk] = request.disks;
  warnOfDisks(request.disks, 1, 'an image of OpenStack is one disk; make a volume of it', warnings);
  if (request.cdrom !== undefined) warnings.push(`${request.cdrom} is left out: an ISO is an image of its own here`);
  if ((request.nics ?? 1) !== 1)
    warnings.push(`${request.nics} network cards: say so with openstack server create --network`);
  return {
    image: {
      name: request.name,
      disk_format: wordOf(diskFormats, disk?.format ?? 'qcow2', 'image format', 'Glance'),
      container_format: 'bare',
      properties: properties(rec, warnings),
    },
    flavor: {
      name: request.name,
      ram: mebibytes(rec.memoryBytes),
      vcpus: rec.cpu.count,
      disk: gibibytes(rec.storageBytes),
      extra_specs: extraSpecs(rec),
    },
  };
}

function properties(rec: Recommendation, warnings: string[]): Record<string, string> {
  const { os, firmware, cpu, disk, cdrom, nic, video, usb, clock } = rec;
  const type = openstackType(rec);
  if (clock.offset === 'localtime' && type !== 'windows') warnings.push(`${nova} gives local time to Windows only`);
  if (rec.hyperv.length > 0 && type !== 'windows') warnings.push(`${nova} has Hyper-V enlightenments for Windows only`);
  if (rec.boot[0] !== undefined && rec.boot[0] !== 'disk')
    warnings.push(`${nova} starts from the disk, not from the ${rec.boot[0]}`);
  const hpet = clock.timers.find(({ name }) => name === 'hpet')?.present;
  const tablet = rec.inputs.find(({ type: kind }) => kind === 'tablet');
  const uefi = firmware.type === 'uefi';
  const asked: Record<string, string | undefined> = {
    os_type: type,
    os_distro: openstackDistro(os),
    os_version: openstackVersion(os),
    hw_architecture: rec.arch,
    hw_machine_type: machineName(rec),
    hw_firmware_type: firmware.type === 'none' ? undefined : firmware.type,
    os_secure_boot: uefi ? (firmware.secureBoot ? 'required' : 'disabled') : undefined,
    hw_cpu_sockets: String(cpu.topology.sockets),
    hw_cpu_cores: String(cpu.topology.cores),
    hw_cpu_threads: String(cpu.topology.threads),
    hw_disk_bus: wordOf(diskBuses, disk.bus, 'disk bus', nova),
    hw_scsi_model:
      disk.bus === 'scsi' ? wordOf(scsiModels, disk.controller ?? 'virtio-scsi', 'SCSI controller', nova) : undefined,
    hw_cdrom_bus: cdrom.bus,
    hw_vif_model: wordOf(cards, nic.model, 'network card', nova),
    hw_vif_multiqueue_enabled: (nic.queues ?? 1) > 1 ? 'true' : undefined,
    hw_video_model: wordOrWarning(videos, video.model, 'video', nova, warnings),
    hw_sound_model: rec.sound && wordOrWarning(sounds, rec.sound.model, 'sound card', nova, warnings),
    hw_pointer_model: tablet ? 'usbtablet' : undefined,
    hw_input_bus: tablet && tablet.bus !== 'ps2' ? tablet.bus : undefined,
    hw_usb_model:
      usb && !builtInUsb.has(usb.model)
        ? wordOrWarning(usbModels, usb.model, 'USB controller', nova, warnings)
        : undefined,
    hw_rng_model: rec.rng ? 'virtio' : undefined,
    hw_tpm_model: rec.tpm?.model,
    hw_tpm_version: rec.tpm?.version,
    hw_watchdog_action: rec.watchdog?.action,
    hw_qemu_guest_agent: rec.channels.includes('org.qemu.guest_agent.0') ? 'yes' : undefined,
    hw_time_hpet: hpet === undefined ? undefined : String(hpet),
  };
  return Object.fromEntries(Object.entries(asked).filter((pair): pair is [string, string] => pair[1] !== undefined));
}

function extraSpecs({ rng, memory, cpu }: Recommendation): Record<string, string> {
  return {
    ...(rng ? { 'hw_rng:allowed': 'True' } : {}),
    ...(memory.hugepages === undefined ? {} : { 'hw:mem_page_size': memory.hugepages === '2M' ? '2MB' : '1GB' }),
    ...Object.fromEntries((traits[cpu.baseline ?? ''] ?? []).map((trait) => [`trait:${trait}`, 'required'])),
  };
}

/** The two commands of OpenStack's client that make the image and the flavor. */
function formatCommands(rec: Recommendation, request: FormatRequest): Formatted {
  const warnings: string[] = [];
  const { image, flavor } = describeForOpenStack(rec, request, warnings);
  const given = request.disks[0]?.path;
  if (given === undefined) warnings.push(`no image was given: the command takes ${image.name}.qcow2`);
  const pairs = (all: Readonly<Record<string, string>>): string[] =>
    Object.entries(all).flatMap(([name, value]) => ['--property', `${name}=${value}`]);
  const file = given ?? `${image.name}.qcow2`;
  const create = [
    ...['openstack', 'image', 'create', image.name],
    ...['--file', file.startsWith('-') ? `./${file}` : file],
    ...['--disk-format', image.disk_format, '--container-format', image.container_format],
    ...pairs(image.properties),
  ];
  const size = ['--ram', flavor.ram, '--vcpus', flavor.vcpus, '--disk', flavor.disk].map(String);
  const flavorCreate = ['openstack', 'flavor', 'create', flavor.name, ...size, ...pairs(flavor.extra_specs)];
  return { text: `${shellLines(create)}\n${shellLines(flavorCreate)}`, warnings };
}

function formatJson(rec: Recommendation, request: FormatRequest): Formatted {
  const warnings: string[] = [];
  const described = describeForOpenStack(rec, request, warnings);
  return { text: `${JSON.stringify(described, undefined, 2)}\n`, warnings };
}

const common = {
  platform: 'openstack',
  families: qemuMachines,
  verified: 'real tool',
  says: [
    'os.id',
    'arch',
    'machine.family',
    'machine.version',
    'firmware.type',
    'firmware.secureBoot',
    'cpu.count',
    'cpu.topology',
    'memoryBytes',
    'memory.hugepages',
    'storageBytes',
    'disk.bus',
    'cdrom.bus',
    'nic.model',
    'rng',
    'balloon',
    'tpm',
    'serialConsole',
    'channels',
  ],
  mostly: {
    'cpu.baseline': 'as traits that the scheduler looks for, from x86-64-v2 on',
    'nic.queues': 'whether there are several; Nova makes one for each processor',
    'video.model': 'virtio, vga, qxl, cirrus, bochs, vmvga, none',
    'graphics.type': "the cloud's own console",
    sound: 'newer releases of Nova only',
    inputs: 'a tablet',
    usb: 'xHCI, newer releases of Nova only; older controllers come with the machine',
    watchdog: 'what it does; the model is the machine’s usual one',
    'clock.offset': 'local time for Windows, UTC for all others',
    'clock.timers': 'HPET; the others are set as recommended by Nova itself',
    hyperv: "for Windows, Nova's own choice of them",
    boot: 'the disk first',
  },
  partly: { 'cpu.mode': 'the compute hosts decide it (cpu_mode in nova.conf)' },
} as const satisfies Partial<Format>;

export const openstackFormat: Format = {
  ...common,
  name: 'openstack',
  summary: 'openstack image create and openstack flavor create',
  verifiedBy: "properties read by Nova 26.2's own objects, commands by the parser of python-openstackclient 6.0",
  format: formatCommands,
};

export const openstackJsonFormat: Format = {
  ...common,
  name: 'openstack-json',
  summary: 'image properties and flavor of OpenStack as JSON',
  verifiedBy: "properties read by Nova 26.2's own objects",
  format: formatJson,
};
