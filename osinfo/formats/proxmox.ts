// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../errors.js';
import type { Recommendation } from '../recommend/types.js';
import { proxmoxGuest } from './guests/proxmox.js';
import { checkRequest, machineName } from './request.js';
import { shellWord } from './shell.js';
import type { Format, FormatRequest, Formatted } from './types.js';
import { dnsName, gibibytes, mebibytes, type Words, warnOfBaseline, wordOf, wordOrWarning } from './words.js';

const whose = 'Proxmox VE';

const machines: ReadonlySet<string> = new Set(['q35', 'pc', 'virt']);

const buses: Words = { virtio: 'virtio', scsi: 'scsi', sata: 'sata', ide: 'ide' };
/** How many disks a bus takes. */
const room: Readonly<Record<string, number>> = { virtio: 16, scsi: 31, sata: 6, ide: 4 };
const scsiControllers: Words = {
  'virtio-scsi': 'virtio-scsi-pci',
  lsilogic: 'lsi',
  vmpvscsi: 'pvscsi',
  megasas: 'megasas',
};
const cards: Words = {
  virtio: 'virtio',
  e1000: 'e1000',
  e1000e: 'e1000e',
  'e1000-82545em': 'e1000-82545em',
  rtl8139: 'rtl8139',
  pcnet: 'pcnet',
  ne2k_pci: 'ne2k_pci',
  vmxnet3: 'vmxnet3',
};
const videos: Words = { virtio: 'virtio', vga: 'std', qxl: 'qxl', cirrus: 'cirrus', vmvga: 'vmware', none: 'none' };
const sounds: Words = { ich9: 'ich9-intel-hda', ich6: 'intel-hda', ac97: 'AC97' };
const watchdogs: Words = { i6300esb: 'i6300esb', ib700: 'ib700' };

/** Options of `qm create` in their order; a value is a word for the shell already. */
type Options = [name: string, value: string][];

/**
 * A `qm create` command for a node of Proxmox VE; storage and bridge are those of a fresh installation, as variables.
 * @throws InputError for a machine, bus or card that Proxmox does not have, for a path that its options cannot hold
 * @see https://pve.proxmox.com/pve-docs/qm.1.html
 */
export function formatProxmox(rec: Recommendation, request: FormatRequest): Formatted {
  checkRequest(request, rec, { names: machines, of: "Proxmox's", platform: 'pve' });
  const warnings: string[] = [];
  warnOfBaseline(rec, whose, 'the node', warnings);
  const name = dnsName(request.name, warnings, { lower: false });
  const said = `${rec.os.name ?? rec.os.shortId ?? rec.os.id} (${rec.os.id})`;
  const options: Options = [
    ['name', shellWord(name)],
    ['description', shellWord(said)],
    ['ostype', proxmoxGuest(rec)],
    ...(rec.arch === 'aarch64' ? ([['arch', 'aarch64']] as Options) : []),
    ['machine', machineName(rec)],
    ...firmware(rec),
    ...processor(rec, warnings),
    ...memory(rec),
    ...storage(rec, request, warnings),
    ...network(rec, request),
    ...screen(rec, warnings),
    ...others(rec, warnings),
    ['boot', bootOrder(rec, request)],
  ];
  const lines = options.map(([option, value]) => `  --${option} ${value}`);
  const text = [
    'VMID=$(pvesh get /cluster/nextid)',
    'STORAGE=local-lvm',
    'BRIDGE=vmbr0',
    ['qm create "$VMID"', ...lines].join(' \\\n'),
    '',
  ].join('\n');
  return { text, warnings };
}

function firmware({ firmware: { type, enrolledKeys }, tpm, arch }: Recommendation): Options {
  const options: Options = [];
  if (type === 'uefi') {
    const keys = arch === 'aarch64' ? '' : `,efitype=4m,pre-enrolled-keys=${enrolledKeys ? 1 : 0}`;
    options.push(['bios', 'ovmf'], ['efidisk0', `"$STORAGE:1${keys}"`]);
  } else {
    options.push(['bios', 'seabios']);
  }
  if (tpm) options.push(['tpmstate0', `"$STORAGE:1,version=v${tpm.version}"`]);
  return options;
}

function processor({ cpu, virt }: Recommendation, warnings: string[]): Options {
  const { sockets, cores, threads } = cpu.topology;
  if (threads > 1) warnings.push(`${whose} has no threads: each is a core of its own`);
  const model = virt === 'qemu' ? 'max' : cpu.mode === 'custom' && cpu.model !== undefined ? cpu.model : 'host';
  return [
    ...(virt === 'qemu' ? ([['kvm', '0']] as Options) : []),
    ...(cpu.mode === 'default' && virt === 'kvm' ? [] : ([['cpu', shellWord(model)]] as Options)),
    ['sockets', String(sockets)],
    ['cores', String(cores * threads)],
  ];
}

function memory({ memoryBytes, memory: more, balloon }: Recommendation): Options {
  const huge = more.hugepages && { '2M': '2', '1G': '1024' }[more.hugepages];
  return [
    ['memory', String(mebibytes(memoryBytes, more.hugepages === '1G' ? 1024 : 2))],
    // Left out, the device is there and no memory is taken away.
    ...(balloon ? [] : ([['balloon', '0']] as Options)),
    ...(huge === undefined
      ? []
      : ([
          ['hugepages', huge],
          ['numa', '1'],
        ] as Options)),
  ];
}

function storage(rec: Recommendation, { disks, cdrom }: FormatRequest, warnings: string[]): Options {
  const { disk } = rec;
  const bus = wordOf(buses, disk.bus, 'disk bus', whose);
  const drives = cdrom !== undefined && rec.cdrom.bus === disk.bus ? 1 : 0;
  const most = room[bus]! - drives;
  if (disks.length > most) {
    throw new InputError(
      'format-disks',
      `${disks.length} disks were given, but ${bus} carries ${most} here; give fewer`,
    );
  }
  const tuning = diskOptions(rec, warnings);
  const options: Options = [];
  if (disk.bus === 'scsi' || (cdrom !== undefined && rec.cdrom.bus === 'scsi')) {
    const controller = wordOf(scsiControllers, disk.controller ?? 'virtio-scsi', 'SCSI controller', whose);
    // A thread of its own needs a controller of its own.
    const single = controller === 'virtio-scsi-pci' && disk.iothread;
    options.push(['scsihw', single ? 'virtio-scsi-single' : controller]);
  }
  if (disks.length === 0) options.push([`${bus}0`, `"$STORAGE:${gibibytes(rec.storageBytes)}${tuning}"`]);
  disks.forEach(({ path, readonly }, index) => {
    const ro = readonly ? readOnly(path, bus, warnings) : '';
    options.push([`${bus}${index}`, `"$STORAGE:0${tuning}${ro}",import-from=${shellWord(volume(path))}`]);
  });
  if (cdrom !== undefined) {
    // Where a classic PC would look for it.
    const index = rec.cdrom.bus === disk.bus ? Math.max(disks.length, 1) : rec.cdrom.bus === 'ide' ? 2 : 0;
    options.push([
      `${wordOf(buses, rec.cdrom.bus, 'CD-ROM bus', whose)}${index}`,
      `${shellWord(volume(cdrom))},media=cdrom`,
    ]);
  }
  return options;
}

function readOnly(path: string, bus: string, warnings: string[]): string {
  if (bus === 'virtio' || bus === 'scsi') return ',ro=1';
  warnings.push(`${path} is to be read-only, which ${whose} has only for virtio and scsi`);
  return '';
}

/** Proxmox splits values at commas and has no way to quote one. */
function volume(path: string): string {
  if (/[,"]/.test(path)) {
    throw new InputError(
      'format-path',
      `${path} has a comma or a quote in it, which ${whose} takes for the end; rename it`,
    );
  }
  if (path.startsWith('/') || /^[a-zA-Z][a-zA-Z0-9._-]*:[^/]/.test(path)) return path;
  throw new InputError(
    'format-path',
    `${path} is neither absolute nor a volume of ${whose} (local:iso/x.iso); begin with /`,
  );
}

function diskOptions({ disk }: Recommendation, warnings: string[]): string {
  const paravirtual = disk.bus === 'virtio' || disk.controller === 'virtio-scsi';
  const words: string[] = [];
  if (disk.discard) words.push('discard=on', `detect_zeroes=${disk.detectZeroes ? 1 : 0}`);
  if (disk.cache !== 'default') words.push(`cache=${disk.cache}`);
  if (disk.io !== undefined) words.push(`aio=${disk.io}`);
  if (disk.iothread && paravirtual) words.push('iothread=1');
  if (disk.iothread && !paravirtual) warnings.push(`${whose} has a thread of its own for virtio disks only`);
  if (disk.queues !== undefined) {
    if (disk.bus === 'scsi') words.push(`queues=${disk.queues}`);
    else warnings.push(`${whose} has queues of a disk for scsi only`);
  }
  return words.map((word) => `,${word}`).join('');
}

function network({ nic }: Recommendation, { nics = 1 }: FormatRequest): Options {
  const model = wordOf(cards, nic.model, 'network card', whose);
  const queues = nic.queues !== undefined && nic.model === 'virtio' ? `,queues=${nic.queues}` : '';
  return Array.from({ length: nics }, (_, index) => [`net${index}`, `"${model},bridge=$BRIDGE${queues}"`]);
}

function screen(rec: Recommendation, warnings: string[]): Options {
  const spice = rec.graphics.type === 'spice';
  if (spice && rec.video.model !== 'qxl' && rec.video.model !== 'virtio') {
    warnings.push(`${whose} has SPICE with qxl and virtio only`);
  }
  const none = rec.graphics.type === 'none' || rec.video.model === 'none';
  const vga = none
    ? rec.serialConsole
      ? 'serial0'
      : 'none'
    : wordOrWarning(videos, rec.video.model, 'video', whose, warnings);
  const sound = rec.sound && wordOrWarning(sounds, rec.sound.model, 'sound card', whose, warnings);
  const tablet = rec.inputs.some(({ type }) => type === 'tablet');
  return [
    ...(vga === undefined ? [] : ([['vga', vga]] as Options)),
    ...(sound === undefined ? [] : ([['audio0', `device=${sound},driver=${spice ? 'spice' : 'none'}`]] as Options)),
    ['tablet', tablet ? '1' : '0'],
  ];
}

function others(rec: Recommendation, warnings: string[]): Options {
  const { clock, watchdog, tpm } = rec;
  if (tpm && tpm.model !== 'tpm-tis') warnings.push(`the TPM of ${whose} is always tpm-tis, not ${tpm.model}`);
  const dog = watchdog && wordOrWarning(watchdogs, watchdog.model, 'watchdog', whose, warnings);
  const windows = proxmoxGuest(rec).startsWith('w');
  if (rec.hyperv.length > 0 && !windows) warnings.push(`${whose} has Hyper-V enlightenments for Windows only`);
  const drift = clock.timers.some(({ name, tickPolicy }) => name === 'rtc' && tickPolicy === 'catchup');
  return [
    ...(rec.rng ? ([['rng0', 'source=/dev/urandom']] as Options) : []),
    ...(dog === undefined ? [] : ([['watchdog', `model=${dog},action=${watchdog!.action}`]] as Options)),
    ...(rec.serialConsole ? ([['serial0', 'socket']] as Options) : []),
    ['agent', `enabled=${rec.channels.includes('org.qemu.guest_agent.0') ? 1 : 0}`],
    ['localtime', clock.offset === 'localtime' ? '1' : '0'],
    ...(drift ? ([['tdf', '1']] as Options) : []),
    ...(rec.generationId ? ([['vmgenid', '1']] as Options) : []),
  ];
}

function bootOrder(rec: Recommendation, { cdrom, disks, nics = 1 }: FormatRequest): string {
  const index = rec.cdrom.bus === rec.disk.bus ? Math.max(disks.length, 1) : rec.cdrom.bus === 'ide' ? 2 : 0;
  const names = { disk: `${rec.disk.bus}0`, cdrom: `${rec.cdrom.bus}${index}`, network: 'net0' };
  const there = { disk: true, cdrom: cdrom !== undefined, network: nics > 0 };
  return `'order=${rec.boot
    .filter((what) => there[what])
    .map((what) => names[what])
    .join(';')}'`;
}

export const proxmoxFormat: Format = {
  name: 'proxmox',
  summary: 'a qm create command of Proxmox VE',
  platform: 'pve',
  makesDisks: true,
  families: machines,
  verified: 'documentation',
  verifiedBy: 'https://pve.proxmox.com/pve-docs/qm.1.html',
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
    'disk.detectZeroes',
    'disk.cache',
    'disk.io',
    'cdrom.bus',
    'nic.model',
    'nic.queues',
    'rng',
    'balloon',
    'freePageReporting',
    'generationId',
    'serialConsole',
    'channels',
    'clock.offset',
    'boot',
  ],
  mostly: {
    'cpu.baseline': 'a warning from x86-64-v2 on',
    'cpu.topology': 'sockets and cores',
    'disk.iothread': 'for virtio and virtio-scsi',
    'disk.queues': 'for scsi',
    'video.model': 'virtio, std, qxl, cirrus, vmware, none, serial0',
    'graphics.type': 'its own console over VNC; SPICE comes with qxl and virtio',
    sound: 'ich9, ich6, ac97',
    inputs: 'whether there is a tablet',
    usb: 'the controller comes with what is plugged in',
    tpm: 'the version; the model is tpm-tis',
    watchdog: 'i6300esb, ib700',
    hyperv: 'chosen by ostype, for Windows',
    'clock.timers': 'that missed ticks of the real-time clock are made up for; the others come with ostype',
  },
  partly: {},
  format: formatProxmox,
};
