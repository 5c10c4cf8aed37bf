// SPDX-License-Identifier: Apache-2.0
import type { Recommendation } from '../recommend/types.js';
import { proxmoxGuest } from './guests/proxmox.js';
import { attributes, type HclBlock, type HclValue, hclName, writeHcl } from './hcl.js';
import { checkRequest, machineName } from './request.js';
import type { Format, FormatRequest, Formatted } from './types.js';
import { dnsName, gibibytes, mebibytes, type Words, wordOf, wordOrWarning } from './words.js';

const whose = 'Proxmox VE';
const machines: ReadonlySet<string> = new Set(['q35', 'pc', 'virt']);
const datastore = 'local-lvm';

const buses: Words = { virtio: 'virtio', scsi: 'scsi', sata: 'sata', ide: 'ide' };
const controllers: Words = {
  'virtio-scsi': 'virtio-scsi-pci',
  lsilogic: 'lsi',
  megasas: 'megasas',
  vmpvscsi: 'pvscsi',
};
const cards: Words = { virtio: 'virtio', e1000: 'e1000', e1000e: 'e1000e', rtl8139: 'rtl8139', vmxnet3: 'vmxnet3' };
const videos: Words = { virtio: 'virtio', vga: 'std', qxl: 'qxl', cirrus: 'cirrus', vmvga: 'vmware', none: 'none' };
const sounds: Words = { ich9: 'ich9-intel-hda', ich6: 'intel-hda', ac97: 'AC97' };

/**
 * A virtual machine for Terraform's provider `bpg/proxmox`, on the node `pve` with the storage of a fresh installation.
 * @throws InputError for a machine, bus or card that Proxmox or the provider does not have
 * @see https://registry.terraform.io/providers/bpg/proxmox/latest/docs/resources/virtual_environment_vm
 */
export function formatTerraformProxmox(rec: Recommendation, request: FormatRequest): Formatted {
  checkRequest(request, rec, { names: machines, of: "Proxmox's", platform: 'pve' });
  const warnings: string[] = [];
  const name = dnsName(request.name, warnings, { lower: false });
  const { cpu, firmware, tpm, disk, sound, graphics, video, clock, balloon } = rec;
  const block = (word: string, body: { readonly [key: string]: HclValue | undefined }): HclBlock => ({
    block: word,
    body: attributes(body),
  });
  const memory = mebibytes(rec.memoryBytes, rec.memory.hugepages === '1G' ? 1024 : 2);
  const audio = sound && wordOrWarning(sounds, sound.model, 'sound card', whose, warnings);
  const screen = graphics.type === 'none' ? 'none' : wordOrWarning(videos, video.model, 'video', whose, warnings);
  const scsi = disk.bus === 'scsi' || (request.cdrom !== undefined && rec.cdrom.bus === 'scsi');
  const controller = scsi ? wordOf(controllers, disk.controller ?? 'virtio-scsi', 'SCSI controller', whose) : undefined;
  const resource: HclBlock = {
    block: 'resource',
    labels: ['proxmox_virtual_environment_vm', hclName(name)],
    body: [
      ...attributes({
        name,
        description: `${rec.os.name ?? rec.os.id} (${rec.os.id})`,
        node_name: 'pve',
        machine: machineName(rec),
        bios: firmware.type === 'uefi' ? 'ovmf' : 'seabios',
        scsi_hardware: controller === 'virtio-scsi-pci' && disk.iothread ? 'virtio-scsi-single' : controller,
        tablet_device: rec.inputs.some(({ type }) => type === 'tablet'),
        boot_order: bootOrder(rec, request),
      }),
      block('operating_system', { type: proxmoxGuest(rec) }),
      block('agent', { enabled: rec.channels.includes('org.qemu.guest_agent.0') }),
      block('cpu', {
        architecture: rec.arch === 'aarch64' ? 'aarch64' : undefined,
        sockets: cpu.topology.sockets,
        cores: cpu.topology.cores * cpu.topology.threads,
        type: cpu.mode === 'custom' ? cpu.model : rec.virt === 'qemu' ? 'max' : 'host',
        numa: rec.memory.hugepages === undefined ? undefined : true,
      }),
      block('memory', {
        dedicated: memory,
        // What is not below that is not taken away, and the device is there.
        floating: balloon ? memory : 0,
        hugepages: rec.memory.hugepages && { '2M': '2', '1G': '1024' }[rec.memory.hugepages],
      }),
      ...(firmware.type === 'uefi'
        ? [block('efi_disk', { datastore_id: datastore, type: '4m', pre_enrolled_keys: firmware.enrolledKeys })]
        : []),
      ...(tpm ? [block('tpm_state', { datastore_id: datastore, version: `v${tpm.version}` })] : []),
      ...disks(rec, request, warnings).map((one) => block('disk', one)),
      ...(request.cdrom === undefined ? [] : [block('cdrom', cdrom(rec, request.cdrom, warnings))]),
      ...Array.from({ length: request.nics ?? 1 }, () =>
        block('network_device', {
          bridge: 'vmbr0',
          model: wordOf(cards, rec.nic.model, 'network card', 'the provider'),
          queues: rec.nic.queues,
        }),
      ),
      ...(screen === undefined ? [] : [block('vga', { type: screen })]),
      ...(audio === undefined ? [] : [block('audio_device', { device: audio, driver: 'spice' })]),
      ...(rec.serialConsole ? [block('serial_device', {})] : []),
      ...(rec.rng ? [block('rng', { source: '/dev/urandom' })] : []),
    ],
  };
  if (clock.offset === 'localtime' && rec.os.family !== 'winnt')
    warnings.push('local time is what Proxmox VE gives to Windows only');
  return { text: writeHcl([provider, resource]), warnings };
}

const provider: HclBlock = {
  block: 'terraform',
  body: [{ block: 'required_providers', body: attributes({ proxmox: { source: 'bpg/proxmox' } }) }],
};

function disks(
  rec: Recommendation,
  { disks: given }: FormatRequest,
  warnings: string[],
): { [key: string]: HclValue | undefined }[] {
  const { disk } = rec;
  const bus = wordOf(buses, disk.bus, 'disk bus', whose);
  const common = {
    datastore_id: datastore,
    discard: disk.discard ? 'on' : 'ignore',
    cache: disk.cache === 'default' ? undefined : disk.cache,
    aio: disk.io,
    iothread: disk.iothread ? true : undefined,
  };
  if (given.length === 0) return [{ ...common, interface: `${bus}0`, size: gibibytes(rec.storageBytes) }];
  return given.map(({ path, readonly }, index) => {
    if (readonly) warnings.push(`${path} is to be read-only, which cannot be said here`);
    return {
      ...common,
      interface: `${bus}${index}`,
      import_from: volume('import', path, warnings),
      size: gibibytes(rec.storageBytes),
    };
  });
}

function cdrom({ cdrom: { bus } }: Recommendation, path: string, warnings: string[]): { [key: string]: HclValue } {
  return {
    interface: `${wordOf(buses, bus, 'CD-ROM bus', whose)}${bus === 'ide' ? 2 : 5}`,
    file_id: volume('iso', path, warnings),
  };
}

/** Terraform works from afar and knows files by where they lie in a storage. */
function volume(content: string, path: string, warnings: string[]): string {
  if (/^[a-zA-Z][\w.-]*:[^/]/.test(path)) return path;
  const id = `local:${content}/${path.slice(path.lastIndexOf('/') + 1)}`;
  warnings.push(`${path} has to be in Proxmox's storage as ${id}`);
  return id;
}

function bootOrder(rec: Recommendation, { cdrom: medium }: FormatRequest): string[] {
  const places = {
    disk: `${buses[rec.disk.bus]}0`,
    cdrom: medium === undefined ? undefined : `${buses[rec.cdrom.bus]}${rec.cdrom.bus === 'ide' ? 2 : 5}`,
    network: 'net0',
  };
  return rec.boot.map((one) => places[one]).filter((one) => one !== undefined);
}

export const terraformProxmoxFormat: Format = {
  name: 'terraform-proxmox',
  summary: 'Terraform, provider bpg/proxmox',
  platform: 'pve',
  makesDisks: true,
  families: machines,
  verified: 'documentation',
  verifiedBy: "the provider's reference",
  says: [
    'os.id',
    'arch',
    'machine.family',
    'machine.version',
    'firmware.type',
    'firmware.secureBoot',
    'cpu.mode',
    'cpu.count',
    'memoryBytes',
    'memory.hugepages',
    'storageBytes',
    'disk.bus',
    'disk.discard',
    'disk.cache',
    'disk.io',
    'disk.iothread',
    'cdrom.bus',
    'nic.model',
    'nic.queues',
    'video.model',
    'sound',
    'rng',
    'balloon',
    'serialConsole',
    'channels',
    'boot',
  ],
  partly: {
    'cpu.topology': 'there are no threads: each is a core of its own',
    'cpu.baseline': 'nothing checks that the host has it',
    'disk.detectZeroes': 'Proxmox VE does it where there is discard',
    'graphics.type': 'its console is VNC, or SPICE with qxl and virtio',
    inputs: 'a tablet is said, the rest is there anyway',
    usb: 'Proxmox VE has its own',
    tpm: 'its interface is always tpm-tis',
    generationId: 'Proxmox VE gives one by itself',
    'clock.offset': 'it follows from the kind of system',
    'clock.timers': 'they follow from the kind of system',
    hyperv: 'they follow from the kind of system',
  },
  format: formatTerraformProxmox,
};
