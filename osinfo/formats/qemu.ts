// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../errors.js';
import type { Recommendation } from '../recommend/types.js';
import { qemuDevices } from './qemu-devices.js';
import { checkQemuRequest, needsMoreThanAnyHost, qemuMachines } from './request.js';
import type { Format, FormatRequest, Formatted } from './types.js';

export interface QemuRequest extends FormatRequest {
  /** UEFI firmware. Default: where Debian's package `ovmf` has it, with or without Secure Boot as recommended. */
  readonly firmwareCode?: string;
  /** The machine's own copy of the firmware's variables. Without it they start anew each time. */
  readonly firmwareVars?: string;
  /** `stdio`, `none`, `pty`, `file:PATH` or `unix:PATH` (QEMU listens there). Default `stdio`. */
  readonly serial?: string;
  /** Nothing is written to the disks: what the guest changes is gone with it. */
  readonly snapshot?: boolean;
  /** `user`: out through the host, nothing comes in. `isolated`: an address and nothing else. `none`: no card. Default `user`. */
  readonly network?: 'user' | 'isolated' | 'none';
  /** `vnc` (the first free of 127.0.0.1:5900 and up), `none`, or QEMU's `gtk` or `sdl`. Default `vnc`. */
  readonly display?: 'vnc' | 'none' | 'gtk' | 'sdl';
  /** Default: as recommended. */
  readonly accel?: 'kvm' | 'tcg';
  /** Control: `stdio` or the path of a socket to listen at. */
  readonly qmp?: string;
  /** Do not start the processors: wait for `cont`. */
  readonly stopped?: boolean;
  /** Socket of a running `swtpm`. Without it the machine has no TPM, and a warning says so. */
  readonly tpmSocket?: string;
  /** Socket at which QEMU listens for the guest agent's client. Without it the agent talks to nobody. */
  readonly agentSocket?: string;
}

export interface QemuFormatted {
  /** The program and its arguments, one word each; no shell is needed. */
  readonly argv: readonly string[];
  readonly warnings: readonly string[];
}

/** Where Debian, Ubuntu and their kin keep OVMF. */
export const ovmf = {
  plain: { code: '/usr/share/OVMF/OVMF_CODE_4M.fd', vars: '/usr/share/OVMF/OVMF_VARS_4M.fd' },
  // With Microsoft's keys enrolled and Secure Boot enforced.
  secure: { code: '/usr/share/OVMF/OVMF_CODE_4M.ms.fd', vars: '/usr/share/OVMF/OVMF_VARS_4M.ms.fd' },
} as const;

const programs: Readonly<Record<string, string>> = {
  i686: 'qemu-system-i386',
  armv7l: 'qemu-system-arm',
  ppc64le: 'qemu-system-ppc64',
};

/**
 * A QEMU command line (7.2 or newer) that starts the recommended machine: nothing by default, each device said, every
 * virtio device in a place where it shows the ids that the recommendation counts on.
 * @throws InputError for a name, a path or a number of disks that QEMU would not take
 * @see https://www.qemu.org/docs/master/system/invocation.html
 */
export function formatQemu(rec: Recommendation, request: QemuRequest): QemuFormatted {
  checkQemuRequest(request, rec);
  const accel = request.accel ?? (rec.virt === 'kvm' ? 'kvm' : 'tcg');
  const warnings = [...rec.warnings];
  if (accel === 'kvm' && needsMoreThanAnyHost(rec)) {
    warnings.push(`the OS needs ${rec.cpu.baseline}; QEMU does not check that the host has it`);
  }
  const memoryMiB = Math.ceil(rec.memoryBytes / 1024 ** 2);
  const argv = [
    programs[rec.arch] ?? `qemu-system-${rec.arch}`,
    ...['-name', escapeComma(request.name)],
    ...['-no-user-config', '-nodefaults'],
    ...['-machine', machine(rec)],
    ...['-accel', accel === 'kvm' ? 'kvm' : 'tcg,thread=multi'],
    ...['-cpu', cpu(rec, accel)],
    ...['-smp', `${rec.cpu.count},sockets=1,cores=${rec.cpu.count},threads=1`],
    ...['-m', `${memoryMiB}M`],
    ...['-rtc', `base=${rec.clock.offset}${isPc(rec) ? ',driftfix=slew' : ''}`],
    ...(accel === 'kvm' && isPc(rec) ? ['-global', 'kvm-pit.lost_tick_policy=delay'] : []),
    ...firmware(rec, request),
    ...['-boot', 'strict=on'],
    ...qemuDevices(rec, request, warnings),
    ...serial(rec, request),
    ...display(request),
    ...control(request),
  ];
  return { argv, warnings };
}

/** The same as text for a shell, an option a line. */
export function formatQemuText(rec: Recommendation, request: FormatRequest): Formatted {
  const { argv, warnings } = formatQemu(rec, request);
  const lines: string[] = [];
  for (const word of argv) {
    const quoted = /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
    if (lines.length === 0 || word.startsWith('-')) lines.push(quoted);
    else lines[lines.length - 1] += ` ${quoted}`;
  }
  return { text: `${lines.join(' \\\n  ')}\n`, warnings };
}

const isPc = ({ arch }: Recommendation): boolean => arch === 'x86_64' || arch === 'i686';

/** QEMU splits options at commas; a doubled one stands for itself. */
export const escapeComma = (value: string): string => value.replaceAll(',', ',,');

/** A path as the value of a QEMU option: a relative one must not look like a protocol (`nbd:`). */
export const pathValue = (path: string): string => escapeComma(path.startsWith('/') ? path : `./${path}`);

/** By family, not version: the command is for whatever QEMU is at hand. */
function machine({ machine: { family }, firmware, clock, arch }: Recommendation): string {
  const words = [family];
  if (arch === 'x86_64' || arch === 'i686') {
    words.push('vmport=off');
    if (clock.timers.some(({ name, present }) => name === 'hpet' && present === false)) words.push('hpet=off');
    if (family === 'q35') words.push(`smm=${firmware.smm ? 'on' : 'off'}`);
  }
  return words.join(',');
}

function cpu(rec: Recommendation, accel: 'kvm' | 'tcg'): string {
  if (accel === 'tcg') {
    // Emulated `rep stosb` has been seen to stand still in a guest's page clearing.
    if (isPc(rec)) return 'max,-erms';
    return 'max';
  }
  if (rec.cpu.mode === 'default') return 'host';
  const words = ['host', ...(isPc(rec) ? ['migratable=on'] : []), ...rec.hyperv.map(enlightenment)];
  if (rec.clock.timers.some(({ name, present }) => name === 'hypervclock' && present)) words.push('hv-time=on');
  if (rec.panic?.model === 'hyperv') words.push('hv-crash=on');
  return words.join(',');
}

function enlightenment(name: string): string {
  if (name === 'spinlocks') return 'hv-spinlocks=0x1fff';
  if (name === 'stimer') return 'hv-stimer=on,hv-stimer-direct=on';
  return `hv-${name.replaceAll('_', '-')}=on`;
}

function firmware(rec: Recommendation, { firmwareCode, firmwareVars, snapshot }: QemuRequest): string[] {
  if (rec.firmware.type !== 'uefi') return [];
  const usual = rec.firmware.secureBoot ? ovmf.secure : ovmf.plain;
  if (!isPc(rec) && firmwareCode === undefined)
    throw new InputError('format-firmware', `where UEFI firmware for ${rec.arch} lies is not known; give its path`);
  const code = `if=pflash,unit=0,format=raw,readonly=on,file=${pathValue(firmwareCode ?? usual.code)}`;
  // The packaged variables are a template: with a snapshot on top they can be started from, and are not written to.
  const throwAway = firmwareVars === undefined || snapshot ? ',snapshot=on' : '';
  const vars = `if=pflash,unit=1,format=raw${throwAway},file=${pathValue(firmwareVars ?? usual.vars)}`;
  const secure = rec.firmware.smm ? ['-global', 'driver=cfi.pflash01,property=secure,value=on'] : [];
  return ['-drive', code, '-drive', vars, ...secure];
}

function serial(rec: Recommendation, { serial: where = 'stdio' }: QemuRequest): string[] {
  if (!rec.serialConsole || where === 'none') return [];
  return ['-chardev', `${backend(where)},id=serial0`, '-serial', 'chardev:serial0'];
}

function backend(where: string): string {
  // Control-C goes to the guest, which is what one wants on its console.
  if (where === 'stdio') return 'stdio,signal=off';
  if (where === 'pty') return 'pty';
  const [kind, path] = [where.slice(0, where.indexOf(':')), where.slice(where.indexOf(':') + 1)];
  if (kind === 'file' && path !== '') return `file,path=${pathValue(path)}`;
  if (kind === 'unix' && path !== '') return `socket,server=on,wait=off,path=${pathValue(path)}`;
  throw new InputError(
    'format-serial',
    `${where} is no place for a serial console: stdio, pty, none, file:PATH or unix:PATH`,
  );
}

function display({ display: kind = 'vnc' }: QemuRequest): string[] {
  return kind === 'vnc' ? ['-display', 'none', '-vnc', '127.0.0.1:0,to=99'] : ['-display', kind];
}

function control({ qmp, stopped }: QemuRequest): string[] {
  const words = stopped ? ['-S'] : [];
  if (qmp === undefined) return words;
  return [...words, '-qmp', qmp === 'stdio' ? 'stdio' : `unix:${pathValue(qmp)},server=on,wait=off`];
}

export const qemuFormat: Format = {
  name: 'qemu',
  summary: 'a command line of QEMU 7.2 or newer',
  platform: 'kvm',
  families: qemuMachines,
  verified: 'real tool',
  verifiedBy: 'started in QEMU 7.2',
  says: [
    'arch',
    'machine.family',
    'firmware.type',
    'firmware.secureBoot',
    'cpu.mode',
    'cpu.count',
    'cpu.topology',
    'memoryBytes',
    'disk.bus',
    'disk.discard',
    'disk.detectZeroes',
    'cdrom.bus',
    'nic.model',
    'video.model',
    'graphics.type',
    'sound',
    'inputs',
    'usb',
    'rng',
    'balloon',
    'tpm',
    'watchdog',
    'panic',
    'generationId',
    'serialConsole',
    'channels',
    'clock.offset',
    'clock.timers',
    'hyperv',
    'boot',
  ],
  partly: {
    'machine.version': 'the newest of the family is taken, whatever it is',
    'cpu.baseline': 'nothing checks that the host has it',
    storageBytes: 'it belongs to the image, which has to be there',
  },
  format: formatQemuText,
};
