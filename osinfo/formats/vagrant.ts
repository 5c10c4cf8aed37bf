// SPDX-License-Identifier: Apache-2.0
import type { Recommendation } from '../recommend/types.js';
import { ovmf } from './qemu.js';
import { isPc } from './qemu-words.js';
import { checkRequest, machineName, qemuMachines, qemuModel } from './request.js';
import { rubyString as quoted } from './ruby.js';
import type { Format, FormatRequest, Formatted } from './types.js';
import { mebibytes, warnOfBaseline, warnOfDisks, wordOf } from './words.js';

const whose = 'vagrant-libvirt';

/** QEMU's and libvirt's own words go through; these are what its disks may be plugged into. */
const buses = { virtio: 'virtio', scsi: 'scsi', sata: 'sata', ide: 'ide', usb: 'usb' };

/**
 * A Vagrantfile for the provider libvirt (0.11 or newer). The box is named after the machine: `vagrant box add` it under
 * that name, or put another there.
 * @throws InputError for a machine that is none of QEMU's, a bus that the provider does not have
 * @see https://vagrant-libvirt.github.io/vagrant-libvirt/configuration.html
 */
export function formatVagrant(rec: Recommendation, request: FormatRequest): Formatted {
  checkRequest(request, rec, { names: qemuMachines, of: "QEMU's", platform: 'kvm' });
  const warnings: string[] = [];
  warnOfDisks(request.disks, 0, 'Vagrant starts from boxes: make one of it', warnings);
  warnOfBaseline(rec, 'libvirt', 'the host', warnings);
  const settings = [
    ...machine(rec, request),
    ...firmware(rec, warnings),
    ...processor(rec),
    ...drives(rec, request, warnings),
    ...screen(rec),
    ...devices(rec),
    ...clock(rec),
  ];
  return { text: vagrantfile('libvirt', request, settings), warnings };
}

/** The frame of a Vagrantfile: one machine, one provider. */
export function vagrantfile(provider: string, { name, nics = 1 }: FormatRequest, settings: readonly string[]): string {
  // The first card is Vagrant's own.
  const more = Array.from(
    { length: Math.max(nics - 1, 0) },
    () => "    machine.vm.network 'private_network', type: 'dhcp'",
  );
  return [
    "Vagrant.configure('2') do |config|",
    `  config.vm.define ${quoted(name.replace(/[[\]{}]/g, '_'))} do |machine|`,
    `    machine.vm.box = ${quoted(name)}`,
    ...more,
    `    machine.vm.provider :${provider} do |provider|`,
    ...settings.map((setting) => `      ${setting}`),
    '    end',
    '  end',
    'end',
    '',
  ].join('\n');
}

function machine(rec: Recommendation, { name }: FormatRequest): string[] {
  return [
    `provider.title = ${quoted(name)}`,
    `provider.description = ${quoted(`${rec.os.name ?? rec.os.id} (${rec.os.id})`)}`,
    `provider.driver = ${quoted(rec.virt)}`,
    `provider.machine_type = ${quoted(machineName(rec))}`,
    `provider.machine_arch = ${quoted(rec.arch)}`,
    `provider.memory = ${mebibytes(rec.memoryBytes)}`,
    ...(rec.memory.hugepages ? ['provider.memorybacking :hugepages'] : []),
  ];
}

function firmware(rec: Recommendation, warnings: string[]): string[] {
  const features = [...(isPc(rec) ? ['acpi', 'apic'] : []), ...(rec.arch === 'i686' ? ['pae'] : [])];
  const said = features.length === 0 ? [] : [`provider.features = [${features.map(quoted).join(', ')}]`];
  if (rec.firmware.type !== 'uefi') return said;
  if (!isPc(rec)) {
    warnings.push(
      `where UEFI firmware for ${rec.arch} lies is not known: give its path in loader, and a copy of its variables in nvram`,
    );
    return said;
  }
  const { code, vars } = ovmf.plain;
  if (rec.firmware.secureBoot) {
    warnings.push(`${whose} cannot switch on what Secure Boot needs (SMM): the firmware is the one without it`);
  }
  warnings.push(`copy ${vars} for this machine and name the copy in nvram: the packaged one is not to be written to`);
  return [...said, `provider.loader = ${quoted(code)}`, `provider.nvram = ${quoted(vars)}`];
}

function processor({ cpu }: Recommendation): string[] {
  const { sockets, cores, threads } = cpu.topology;
  const mode = cpu.mode === 'default' ? [] : [`provider.cpu_mode = ${quoted(cpu.mode)}`];
  return [
    `provider.cpus = ${cpu.count}`,
    ...mode,
    ...(cpu.mode === 'custom' && cpu.model !== undefined
      ? [`provider.cpu_model = ${quoted(qemuModel(cpu.model))}`]
      : []),
    ...(mode.length === 0
      ? []
      : [`provider.cputopology sockets: '${sockets}', cores: '${cores}', threads: '${threads}'`]),
  ];
}

function drives({ disk, cdrom, storageBytes }: Recommendation, request: FormatRequest, warnings: string[]): string[] {
  const bus = wordOf(buses, disk.bus, 'disk bus', whose);
  const tuning = [
    ...(disk.discard ? ["discard: 'unmap'"] : []),
    ...(disk.discard && disk.detectZeroes ? ["detect_zeroes: 'unmap'"] : []),
    ...(disk.cache === 'default' ? [] : [`cache: ${quoted(disk.cache)}`]),
    ...(disk.io === undefined ? [] : [`io: ${quoted(disk.io)}`]),
  ];
  if (request.cdrom !== undefined && !request.cdrom.startsWith('/')) {
    warnings.push(`${request.cdrom} is not absolute, and libvirt has no folder of yours`);
  }
  return [
    `provider.disk_bus = ${quoted(bus)}`,
    ...(disk.bus === 'scsi' ? [`provider.disk_controller_model = ${quoted(disk.controller ?? 'virtio-scsi')}`] : []),
    ...(tuning.length === 0 ? [] : [`provider.disk_driver ${tuning.join(', ')}`]),
    `provider.machine_virtual_size = ${Math.ceil(storageBytes / 1024 ** 3)}`,
    ...(request.cdrom === undefined
      ? []
      : [
          `provider.storage :file, device: :cdrom, path: ${quoted(request.cdrom)}, bus: ${quoted(cdrom.bus)}, type: 'raw'`,
        ]),
  ];
}

function screen({ graphics, video, sound }: Recommendation): string[] {
  return [
    `provider.graphics_type = ${quoted(graphics.type)}`,
    ...(graphics.type === 'none' || video.model === 'none' ? [] : [`provider.video_type = ${quoted(video.model)}`]),
    ...(sound ? [`provider.sound_type = ${quoted(sound.model)}`] : []),
  ];
}

function devices(rec: Recommendation): string[] {
  const { nic, inputs, usb, tpm, watchdog, channels } = rec;
  return [
    `provider.nic_model_type = ${quoted(nic.model)}`,
    ...inputs
      .filter(({ bus }) => bus !== 'ps2')
      .map(({ type, bus }) => `provider.input type: ${quoted(type)}, bus: ${quoted(bus)}`),
    ...(usb ? [`provider.usb_controller model: ${quoted(usb.model)}`] : []),
    ...(rec.rng ? ["provider.random model: 'random'"] : []),
    ...(tpm
      ? [
          `provider.tpm_model = ${quoted(tpm.model)}`,
          "provider.tpm_type = 'emulator'",
          `provider.tpm_version = ${quoted(tpm.version)}`,
        ]
      : []),
    ...(watchdog ? [`provider.watchdog model: ${quoted(watchdog.model)}, action: ${quoted(watchdog.action)}`] : []),
    ...(rec.serialConsole ? ["provider.serial type: 'pty'"] : []),
    ...channels.map((name) => `provider.channel type: 'unix', target_name: ${quoted(name)}, target_type: 'virtio'`),
    ...(channels.includes('org.qemu.guest_agent.0') ? ['provider.qemu_use_agent = true'] : []),
  ];
}

function clock({ clock: { offset, timers }, hyperv, boot }: Recommendation): string[] {
  const devicesByName = { disk: 'hd', cdrom: 'cdrom', network: 'network' };
  return [
    `provider.clock_offset = ${quoted(offset)}`,
    ...timers.map(({ name, present, tickPolicy }) => {
      const more = [
        ...(present === undefined ? [] : [`present: ${quoted(present ? 'yes' : 'no')}`]),
        ...(tickPolicy === undefined ? [] : [`tickpolicy: ${quoted(tickPolicy)}`]),
      ];
      return `provider.clock_timer ${[`name: ${quoted(name)}`, ...more].join(', ')}`;
    }),
    ...hyperv.map(
      (name) =>
        `provider.hyperv_feature name: ${quoted(name)}, state: 'on'${name === 'spinlocks' ? ", retries: '8191'" : ''}`,
    ),
    ...boot.map((what) => `provider.boot ${quoted(devicesByName[what])}`),
  ];
}

export const vagrantFormat: Format = {
  name: 'vagrant',
  summary: 'a Vagrantfile for the provider libvirt',
  platform: 'kvm',
  makesDisks: true,
  families: qemuMachines,
  verified: 'real tool',
  verifiedBy: 'vagrant validate of Vagrant 2.3 with vagrant-libvirt 0.11',
  says: [
    'os.id',
    'arch',
    'machine.family',
    'machine.version',
    'firmware.type',
    'cpu.mode',
    'cpu.count',
    'cpu.topology',
    'memoryBytes',
    'storageBytes',
    'disk.bus',
    'disk.discard',
    'disk.detectZeroes',
    'disk.cache',
    'disk.io',
    'cdrom.bus',
    'nic.model',
    'video.model',
    'graphics.type',
    'sound',
    'inputs',
    'usb',
    'rng',
    'tpm',
    'watchdog',
    'serialConsole',
    'channels',
    'clock.offset',
    'clock.timers',
    'hyperv',
    'boot',
  ],
  mostly: {
    'cpu.baseline': 'a warning from x86-64-v2 on',
    'firmware.secureBoot': 'off; on is a warning',
    'memory.hugepages': "of the host's usual size",
    balloon: 'always there',
  },
  partly: { panic: 'there is panic_model in newer releases of the provider' },
  format: formatVagrant,
};
