// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../errors.js';
import type { Recommendation } from '../recommend/types.js';
import { qemuDevices } from './qemu-devices.js';
import { escapeComma, isPc, pathValue, type QemuRequest } from './qemu-words.js';
import {
  checkQemuRequest,
  hasMaximumCpu,
  machineName,
  needsMoreThanAnyHost,
  qemuMachines,
  qemuModel,
} from './request.js';
import { shellLines } from './shell.js';
import type { Format, FormatRequest, Formatted } from './types.js';

export type { QemuRequest } from './qemu-words.js';

export interface QemuFormatted {
  /** The program and its arguments, one word each; no shell is needed. */
  readonly argv: readonly string[];
  readonly warnings: readonly string[];
}

interface UefiImage {
  readonly code: string;
  readonly vars: string;
}

/** Where Debian, Ubuntu and their kin keep OVMF. */
export const ovmf = {
  plain: { code: '/usr/share/OVMF/OVMF_CODE_4M.fd', vars: '/usr/share/OVMF/OVMF_VARS_4M.fd' },
  // With Microsoft's keys enrolled and Secure Boot enforced.
  secure: { code: '/usr/share/OVMF/OVMF_CODE_4M.ms.fd', vars: '/usr/share/OVMF/OVMF_VARS_4M.ms.fd' },
} as const;

const ovmf32 = {
  code: '/usr/share/OVMF/OVMF32_CODE_4M.secboot.fd',
  vars: '/usr/share/OVMF/OVMF32_VARS_4M.fd',
} as const;

const aavmf = '/usr/share/AAVMF';

/** UEFI firmware by architecture: packages ovmf, ovmf-ia32, qemu-efi-aarch64, -arm, -riscv64 and -loongarch64. */
const packagedFirmware: Readonly<Record<string, { readonly plain: UefiImage; readonly secure?: UefiImage }>> = {
  x86_64: ovmf,
  // There is one kind for 32-bit processors, and it wants System Management Mode.
  i686: { plain: ovmf32, secure: ovmf32 },
  aarch64: {
    plain: { code: `${aavmf}/AAVMF_CODE.fd`, vars: `${aavmf}/AAVMF_VARS.fd` },
    secure: { code: `${aavmf}/AAVMF_CODE.ms.fd`, vars: `${aavmf}/AAVMF_VARS.ms.fd` },
  },
  armv7l: { plain: { code: `${aavmf}/AAVMF32_CODE.fd`, vars: `${aavmf}/AAVMF32_VARS.fd` } },
  riscv64: {
    plain: {
      code: '/usr/share/qemu-efi-riscv64/RISCV_VIRT_CODE.fd',
      vars: '/usr/share/qemu-efi-riscv64/RISCV_VIRT_VARS.fd',
    },
  },
  loongarch64: {
    plain: {
      code: '/usr/share/qemu-efi-loongarch64/QEMU_EFI.fd',
      vars: '/usr/share/qemu-efi-loongarch64/QEMU_VARS.fd',
    },
  },
};

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
  const { sockets, cores, threads } = rec.cpu.topology;
  const argv = [
    programs[rec.arch] ?? `qemu-system-${rec.arch}`,
    ...['-name', escapeComma(request.name)],
    ...['-no-user-config', '-nodefaults'],
    ...['-machine', machine(rec, accel)],
    ...['-accel', accel === 'kvm' ? 'kvm' : 'tcg,thread=multi'],
    ...cpu(rec, accel),
    ...['-smp', `${rec.cpu.count},sockets=${sockets},cores=${cores},threads=${threads}`],
    ...memory(rec),
    ...['-rtc', `base=${rec.clock.offset}${isPc(rec) ? ',driftfix=slew' : ''}`],
    ...(accel === 'kvm' && isPc(rec) ? ['-global', 'kvm-pit.lost_tick_policy=delay'] : []),
    ...firmware(rec, request),
    ...['-boot', 'strict=on'],
    ...qemuDevices(rec, request, warnings),
    ...serial(rec, request),
    ...display(rec, request),
    ...control(request),
  ];
  return { argv, warnings };
}

/** The same as text for a shell, an option a line. */
export function formatQemuText(rec: Recommendation, request: FormatRequest): Formatted {
  const { argv, warnings } = formatQemu(rec, request);
  return { text: shellLines(argv), warnings };
}

function machine(rec: Recommendation, accel: 'kvm' | 'tcg'): string {
  const words = [machineName(rec)];
  if (isPc(rec)) {
    words.push('vmport=off');
    if (rec.clock.timers.some(({ name, present }) => name === 'hpet' && present === false)) words.push('hpet=off');
    if (rec.machine.family === 'q35') words.push(`smm=${needsSmm(rec) ? 'on' : 'off'}`);
  }
  // The old interrupt controller serves eight processors, and newer hosts have none to lend.
  if (rec.arch === 'aarch64') words.push(`gic-version=${accel === 'kvm' ? 'host' : 'max'}`);
  // What a POWER processor does against Spectre the emulator does not, and says so each time where it is not told.
  if (rec.machine.family === 'pseries' && accel === 'tcg')
    words.push('cap-cfpc=broken', 'cap-sbbc=broken', 'cap-ibs=broken', 'cap-ccf-assist=off');
  if (rec.memory.hugepages !== undefined) words.push('memory-backend=memory0');
  return words.join(',');
}

const needsSmm = ({ firmware, arch }: Recommendation): boolean =>
  firmware.smm || (arch === 'i686' && firmware.type === 'uefi');

const MiB = 1024 ** 2;
const pageMiB = { '2M': 2, '1G': 1024 } as const;

/** Memory, and how far it may be plugged in while the machine runs. */
function memory(rec: Recommendation): string[] {
  const { maximumBytes, hugepages } = rec.memory;
  const unit = hugepages === undefined ? 1 : pageMiB[hugepages];
  const inMiB = (bytes: number): number => Math.ceil(bytes / MiB / unit) * unit;
  const now = inMiB(rec.memoryBytes);
  const most = maximumBytes === undefined ? now : inMiB(maximumBytes);
  const words = ['-m', most > now ? `${now}M,slots=${memorySlots},maxmem=${most}M` : `${now}M`];
  if (hugepages === undefined) return words;
  return [...words, '-object', `memory-backend-memfd,id=memory0,size=${now}M,hugetlb=on,hugetlbsize=${hugepages}`];
}

/** Modules that can be plugged in, as many as libvirt's users have by custom. */
const memorySlots = 16;

/** What is done otherwise in the emulated processor that has everything. */
const emulatedCpu: Readonly<Record<string, readonly string[]>> = {
  // Emulated `rep stosb` has been seen to stand still in a guest's page clearing.
  x86_64: ['-erms'],
  i686: ['-erms'],
  // Pointer authentication by the architecture's own cipher makes a Linux 6.1 kernel start four times as slowly.
  aarch64: ['pauth-impdef=on'],
};

function cpu(rec: Recommendation, accel: 'kvm' | 'tcg'): string[] {
  const { mode, model } = rec.cpu;
  const more = accel === 'kvm' ? enlightenments(rec) : [];
  if (mode === 'custom' && model !== undefined) return ['-cpu', [qemuModel(model), ...more].join(',')];
  if (accel === 'tcg') {
    if (!hasMaximumCpu(rec)) return [];
    return ['-cpu', ['max', ...(emulatedCpu[rec.arch] ?? [])].join(',')];
  }
  return ['-cpu', ['host', ...(isPc(rec) && mode !== 'default' ? ['migratable=on'] : []), ...more].join(',')];
}

function enlightenments(rec: Recommendation): string[] {
  const words = rec.hyperv.map(enlightenment);
  if (rec.clock.timers.some(({ name, present }) => name === 'hypervclock' && present)) words.push('hv-time=on');
  if (rec.panic?.model === 'hyperv') words.push('hv-crash=on');
  return words;
}

function enlightenment(name: string): string {
  if (name === 'spinlocks') return 'hv-spinlocks=0x1fff';
  if (name === 'stimer') return 'hv-stimer=on,hv-stimer-direct=on';
  return `hv-${name.replaceAll('_', '-')}=on`;
}

function firmware(rec: Recommendation, { firmwareCode, firmwareVars, snapshot }: QemuRequest): string[] {
  if (rec.firmware.type !== 'uefi') return [];
  const usual = packagedFirmware[rec.arch]?.[rec.firmware.secureBoot ? 'secure' : 'plain'];
  const [code, variables] = [firmwareCode ?? usual?.code, firmwareVars ?? usual?.vars];
  if (code === undefined || variables === undefined)
    throw new InputError(
      'format-firmware',
      `where UEFI firmware for ${rec.arch}${rec.firmware.secureBoot ? ' with Secure Boot' : ''} lies is not known; give its path`,
    );
  // The packaged variables are a template: with a snapshot on top they can be started from, and are not written to.
  const throwAway = firmwareVars === undefined || snapshot ? ',snapshot=on' : '';
  const secure = needsSmm(rec) ? ['-global', 'driver=cfi.pflash01,property=secure,value=on'] : [];
  return [
    ...['-drive', `if=pflash,unit=0,format=raw,readonly=on,file=${pathValue(code)}`],
    ...['-drive', `if=pflash,unit=1,format=raw${throwAway},file=${pathValue(variables)}`],
    ...secure,
  ];
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

function display({ graphics: { type } }: Recommendation, { display: kind = type }: QemuRequest): string[] {
  if (kind === 'spice') return ['-display', 'none', '-spice', 'addr=127.0.0.1,port=5930,disable-ticketing=on'];
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
    'machine.version',
    'firmware.type',
    'firmware.secureBoot',
    'cpu.mode',
    'cpu.count',
    'cpu.topology',
    'memoryBytes',
    'memory.maximumBytes',
    'memory.hugepages',
    'disk.bus',
    'disk.discard',
    'disk.detectZeroes',
    'disk.cache',
    'disk.io',
    'disk.iothread',
    'disk.queues',
    'cdrom.bus',
    'nic.model',
    'video.model',
    'graphics.type',
    'sound',
    'inputs',
    'usb',
    'rng',
    'balloon',
    'freePageReporting',
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
    'cpu.baseline': 'nothing checks that the host has it',
    'nic.queues': 'the network that needs no rights has one; a tap device has more',
    vsock: 'it wants a number that no other machine of the host has',
    storageBytes: 'it belongs to the image, which has to be there',
  },
  format: formatQemuText,
};
