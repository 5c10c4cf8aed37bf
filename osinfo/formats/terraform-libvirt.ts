// SPDX-License-Identifier: Apache-2.0
import type { Recommendation } from '../recommend/types.js';
import { attributes, type HclBlock, type HclValue, hclName, writeHcl } from './hcl.js';
import { checkPaths } from './libvirt-nodes.js';
import { checkQemuRequest, hasMaximumCpu, machineName, qemuMachines, qemuModel, targetName } from './request.js';
import type { Format, FormatRequest, Formatted } from './types.js';

type Attributes = { readonly [key: string]: HclValue | undefined };

/**
 * A domain for Terraform's provider `dmacvicar/libvirt`, 0.9 or newer, whose attributes are those of the domain XML.
 * Where no image is given, a volume is made in the pool `default`.
 * @throws InputError for a name, a path or a number of disks that libvirt refuses
 * @see https://registry.terraform.io/providers/dmacvicar/libvirt/latest/docs/resources/domain
 */
export function formatTerraformLibvirt(rec: Recommendation, request: FormatRequest): Formatted {
  checkQemuRequest(request, rec);
  checkPaths(request);
  const warnings: string[] = [];
  if (rec.hyperv.length > 0) warnings.push('the Hyper-V enlightenments are left out: add them under features.hyper_v');
  const name = hclName(request.name);
  const domain: HclBlock = {
    block: 'resource',
    labels: ['libvirt_domain', name],
    body: attributes({
      name: request.name,
      type: rec.virt,
      metadata: { xml: metadata(rec) },
      ...memory(rec),
      vcpu: rec.cpu.count,
      io_threads: rec.disk.iothread ? 1 : undefined,
      os: operatingSystem(rec),
      features: features(rec),
      cpu: cpu(rec),
      clock: clock(rec),
      pm: isPc(rec) ? { suspend_to_mem: { enabled: 'no' }, suspend_to_disk: { enabled: 'no' } } : undefined,
      devices: devices(rec, request),
    }),
  };
  const volume: HclBlock = {
    block: 'resource',
    labels: ['libvirt_volume', name],
    body: attributes({
      name: `${request.name}.qcow2`,
      pool: 'default',
      capacity: rec.storageBytes,
      target: { format: { type: 'qcow2' } },
    }),
  };
  const blocks = [provider, ...(request.disks.length === 0 ? [volume] : []), domain];
  return { text: writeHcl(blocks), warnings };
}

const provider: HclBlock = {
  block: 'terraform',
  body: [
    {
      block: 'required_providers',
      body: attributes({ libvirt: { source: 'dmacvicar/libvirt', version: '>= 0.9.0' } }),
    },
  ],
};

const isPc = ({ arch }: Recommendation): boolean => arch === 'x86_64' || arch === 'i686';

/** Ids of entries are URIs, in which nothing has to be escaped but what XML itself reads. */
function metadata({ os: { id } }: Recommendation): string {
  const safe = id.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
  const namespace = 'http://libosinfo.org/xmlns/libvirt/domain/1.0';
  return `<libosinfo:libosinfo xmlns:libosinfo="${namespace}"><libosinfo:os id="${safe}"/></libosinfo:libosinfo>`;
}

function memory({ memoryBytes, memory: { maximumBytes }, balloon }: Recommendation): Attributes {
  const now = Math.ceil(memoryBytes / 1024);
  const most = maximumBytes === undefined || !balloon ? now : Math.max(now, Math.ceil(maximumBytes / 1024));
  if (most === now) return { memory: now, memory_unit: 'KiB' };
  return { memory: most, memory_unit: 'KiB', current_memory: now, current_memory_unit: 'KiB' };
}

function operatingSystem(rec: Recommendation): Attributes {
  const { type, secureBoot, enrolledKeys } = rec.firmware;
  const yesNo = (on: boolean): string => (on ? 'yes' : 'no');
  const wanted = [
    { name: 'enrolled-keys', enabled: yesNo(enrolledKeys) },
    { name: 'secure-boot', enabled: yesNo(secureBoot) },
  ];
  return {
    type: 'hvm',
    type_arch: rec.arch,
    type_machine: machineName(rec),
    ...(type === 'uefi' ? { firmware: 'efi', firmware_info: { features: wanted } } : {}),
  };
}

function features(rec: Recommendation): Attributes | undefined {
  if (!isPc(rec)) return rec.firmware.type === 'uefi' ? { acpi: true } : undefined;
  return {
    acpi: true,
    apic: {},
    pae: rec.arch === 'i686' ? true : undefined,
    vm_port: { state: 'off' },
    smm: rec.firmware.smm ? { state: 'on' } : undefined,
  };
}

function cpu(rec: Recommendation): Attributes | undefined {
  const { mode, model, topology } = rec.cpu;
  const said = mode !== 'default' && (mode !== 'maximum' || hasMaximumCpu(rec));
  const known = isPc(rec) || rec.arch === 'aarch64';
  if (!said && !known) return undefined;
  return {
    mode: said ? mode : undefined,
    ...(mode === 'custom' && model !== undefined ? { model: qemuModel(model), model_fallback: 'forbid' } : {}),
    topology: known ? { sockets: topology.sockets, cores: topology.cores, threads: topology.threads } : undefined,
  };
}

function clock({ clock: { offset, timers } }: Recommendation): Attributes {
  const all = timers.map(({ name, present, tickPolicy }) => ({
    name,
    tick_policy: tickPolicy,
    present: present === undefined ? undefined : present ? 'yes' : 'no',
  }));
  return { offset, timer: all.length > 0 ? all : undefined };
}

function devices(rec: Recommendation, request: FormatRequest): Attributes {
  const { graphics, video, sound, tpm, watchdog, panic } = rec;
  const { nics = 1 } = request;
  return {
    disks: disks(rec, request),
    controllers: controllers(rec, request),
    interfaces: Array.from({ length: nics }, (_, index) => ({
      source: { network: { network: 'default' } },
      model: { type: rec.nic.model },
      driver: rec.nic.queues === undefined ? undefined : { name: 'vhost', queues: rec.nic.queues },
      boot: index === 0 ? bootOrder(rec, request, 'network') : undefined,
    })),
    consoles: rec.serialConsole ? [{ target: { type: rec.arch === 's390x' ? 'sclp' : 'serial', port: 0 } }] : undefined,
    channels: rec.channels.map((name) => ({
      source: name.startsWith('com.redhat.spice.') ? { spice_vmc: true } : { unix: {} },
      target: { virt_io: { name } },
    })),
    inputs: rec.inputs.map(({ type, bus }) => ({ type, bus })),
    graphics: graphics.type === 'none' ? undefined : [{ [graphics.type]: { auto_port: true, listen: '127.0.0.1' } }],
    videos: [{ model: { type: video.model } }],
    sounds: sound && [{ model: sound.model }],
    tpms: tpm && [{ model: tpm.model, backend: { emulator: { version: tpm.version } } }],
    rngs: rec.rng ? [{ model: 'virtio', backend: { random: '/dev/urandom' } }] : undefined,
    mem_balloon: {
      model: rec.balloon ? 'virtio' : 'none',
      free_page_reporting: rec.balloon && rec.freePageReporting ? 'on' : undefined,
    },
    watchdogs: watchdog && [{ model: watchdog.model, action: watchdog.action }],
    panics: panic && [{ model: panic.model }],
    vsock: rec.vsock ? { model: 'virtio', cid: { auto: 'yes' } } : undefined,
  };
}

function bootOrder(
  rec: Recommendation,
  { cdrom, nics = 1 }: FormatRequest,
  what: 'disk' | 'cdrom' | 'network',
): Attributes | undefined {
  const there = { disk: true, cdrom: cdrom !== undefined, network: nics > 0 };
  const index = rec.boot.filter((one) => there[one]).indexOf(what);
  return index < 0 ? undefined : { order: index + 1 };
}

function disks(rec: Recommendation, request: FormatRequest): Attributes[] {
  const { bus, cache, io, discard, detectZeroes, iothread, queues } = rec.disk;
  const virtio = bus === 'virtio';
  const driver = (type: string): Attributes => ({
    name: 'qemu',
    type,
    cache: cache === 'default' ? undefined : cache,
    io,
    discard: discard ? 'unmap' : undefined,
    detect_zeros: discard && detectZeroes ? 'unmap' : undefined,
    io_thread: virtio && iothread ? 1 : undefined,
    queues: virtio ? queues : undefined,
  });
  const made = { volume: { pool: 'default', volume: `${request.name}.qcow2` } };
  const images = request.disks.map(({ path, format, readonly }) => ({
    source: { file: { file: path } },
    format,
    readonly,
  }));
  const given = images.length > 0 ? images : [{ source: made, format: 'qcow2', readonly: undefined }];
  const all = given.map(
    ({ source, format, readonly }, index): Attributes => ({
      device: 'disk',
      driver: driver(format),
      source,
      target: { dev: targetName(bus, index), bus },
      boot: index === 0 ? bootOrder(rec, request, 'disk') : undefined,
      read_only: readonly ? true : undefined,
    }),
  );
  if (request.cdrom === undefined) return all;
  const shared = targetName(rec.cdrom.bus, 0).slice(0, 2) === targetName(bus, 0).slice(0, 2);
  const drive: Attributes = {
    device: 'cdrom',
    driver: { name: 'qemu', type: 'raw' },
    source: { file: { file: request.cdrom } },
    target: { dev: targetName(rec.cdrom.bus, shared ? given.length : 0), bus: rec.cdrom.bus },
    boot: bootOrder(rec, request, 'cdrom'),
    read_only: true,
  };
  return [...all, drive];
}

function controllers(rec: Recommendation, { cdrom }: FormatRequest): Attributes[] {
  const usb: Attributes = { type: 'usb', index: 0, model: rec.usb?.model ?? 'none' };
  const companions = [0, 2, 4].map(
    (port, index): Attributes => ({
      type: 'usb',
      index: 0,
      model: `ich9-uhci${index + 1}`,
      usb: { master: { start_port: port } },
    }),
  );
  const all = rec.usb?.model === 'ich9-ehci1' ? [usb, ...companions] : [usb];
  if (rec.disk.bus !== 'scsi' && (cdrom === undefined || rec.cdrom.bus !== 'scsi')) return all;
  const model = rec.disk.controller ?? 'virtio-scsi';
  const served = rec.disk.bus === 'scsi' && model === 'virtio-scsi';
  const driver = {
    io_thread: served && rec.disk.iothread ? 1 : undefined,
    queues: served ? rec.disk.queues : undefined,
  };
  const said = driver.io_thread !== undefined || driver.queues !== undefined;
  return [...all, { type: 'scsi', index: 0, model, driver: said ? driver : undefined }];
}

export const terraformLibvirtFormat: Format = {
  name: 'terraform-libvirt',
  summary: 'Terraform, provider dmacvicar/libvirt 0.9 or newer',
  platform: 'kvm',
  makesDisks: true,
  families: qemuMachines,
  verified: 'documentation',
  verifiedBy: "the provider's reference and what it writes of a running domain",
  says: [
    'os.id',
    'arch',
    'machine.family',
    'machine.version',
    'firmware.type',
    'firmware.secureBoot',
    'cpu.mode',
    'cpu.count',
    'cpu.topology',
    'memoryBytes',
    'memory.maximumBytes',
    'storageBytes',
    'disk.bus',
    'disk.discard',
    'disk.detectZeroes',
    'disk.cache',
    'disk.io',
    'disk.iothread',
    'disk.queues',
    'cdrom.bus',
    'nic.model',
    'nic.queues',
    'video.model',
    'graphics.type',
    'sound',
    'inputs',
    'usb',
    'rng',
    'balloon',
    'freePageReporting',
    'vsock',
    'tpm',
    'watchdog',
    'panic',
    'serialConsole',
    'channels',
    'clock.offset',
    'clock.timers',
    'boot',
  ],
  partly: {
    'cpu.baseline': 'nothing checks that the host has it',
    hyperv: 'they are left out, and told',
  },
  format: formatTerraformLibvirt,
};
