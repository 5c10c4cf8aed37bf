// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../errors.js';
import type { Recommendation } from '../recommend/types.js';
import { mebibytes, type Words, warnOfBaseline, wordOf, wordOrWarning } from './words.js';

const whose = 'VirtualBox';

/** Chipsets, which VirtualBox calls so. */
export const virtualboxMachines: ReadonlySet<string> = new Set(['piix3', 'ich9', 'armv8virtual']);

/** VirtualBox's cards; those of the e1000 line by their chips. */
const cards: Words = {
  virtio: 'virtio',
  e1000: '82540EM',
  'e1000-82545em': '82545EM',
  pcnet: 'Am79C973',
};
const videos: Words = { vmvga: 'vmsvga', vbox: 'vboxvga', ramfb: 'qemuramfb', none: 'none' };
const sounds: Words = { ich6: 'hda', ich9: 'hda', ac97: 'ac97', sb16: 'sb16' };
const bootWords: Words = { disk: 'disk', cdrom: 'dvd', network: 'net' };

/** A controller of disks or drives. */
export interface VirtualboxController {
  readonly name: string;
  readonly add: string;
  readonly chip: string;
  /** How many it carries. */
  readonly ports: number;
}

const controllers: Readonly<Record<string, VirtualboxController>> = {
  sata: { name: 'SATA', add: 'sata', chip: 'IntelAhci', ports: 30 },
  ide: { name: 'IDE', add: 'ide', chip: 'PIIX4', ports: 4 },
  nvme: { name: 'NVMe', add: 'pcie', chip: 'NVMe', ports: 255 },
  'virtio-scsi': { name: 'VirtIO', add: 'virtio', chip: 'VirtIO', ports: 255 },
  lsilogic: { name: 'SCSI', add: 'scsi', chip: 'LSILogic', ports: 15 },
  lsisas1068: { name: 'SAS', add: 'sas', chip: 'LSILogicSAS', ports: 255 },
  buslogic: { name: 'SCSI', add: 'scsi', chip: 'BusLogic', ports: 15 },
};

/** The controller for the disks or, with its bus, for the drive. @throws InputError for one that VirtualBox does not have */
export function virtualboxController(bus: string, model?: string): VirtualboxController {
  const key = bus === 'scsi' ? (model ?? 'virtio-scsi') : bus;
  const known = controllers[key];
  if (known) return known;
  throw new InputError(
    'format-word',
    `${whose} has no controller ${key}; it has ${Object.keys(controllers).join(', ')}: choose one of them, or another format`,
  );
}

/** Options of `VBoxManage modifyvm`, a word or two each. @throws InputError for a card that VirtualBox does not have */
export function modifyWords(rec: Recommendation, nics: number, warnings: string[]): (readonly string[])[] {
  const { cpu, firmware, clock, tpm } = rec;
  warnOfChoices(rec, warnings);
  const arm = rec.arch === 'aarch64';
  const video = wordOrWarning(videos, rec.video.model, 'video', whose, warnings);
  const boot = rec.boot.map((what) => wordOf(bootWords, what, 'boot device', whose));
  return [
    ['--memory', String(mebibytes(rec.memoryBytes))],
    ['--cpus', String(cpu.count)],
    ['--chipset', rec.machine.family],
    ['--firmware', firmware.type !== 'uefi' ? 'bios' : rec.arch === 'i686' ? 'efi32' : 'efi64'],
    // More than one processor, and UEFI, need it.
    ...(arm ? [] : [['--ioapic', 'on']]),
    ['--rtc-use-utc', clock.offset === 'utc' ? 'on' : 'off'],
    ...(video === undefined ? [] : [['--graphicscontroller', video]]),
    ...(rec.video.model === 'none' ? [] : [['--vram', rec.video.model === 'vmvga' ? '16' : '64']]),
    [
      '--mouse',
      rec.inputs.some(({ type, bus }) => type === 'tablet' && bus === 'usb') ? 'usbtablet' : arm ? 'usb' : 'ps2',
    ],
    ...(arm ? [['--keyboard', 'usb']] : []),
    ...usb(rec),
    ...sound(rec, warnings),
    ...networks(rec, nics),
    ...(tpm ? [['--tpm-type', tpm.version]] : []),
    ...(rec.serialConsole
      ? [
          ['--uart1', '0x3F8', '4'],
          ['--uart-mode1', 'disconnected'],
        ]
      : []),
    ['--paravirt-provider', rec.os.family === 'winnt' ? 'hyperv' : rec.os.family === 'linux' ? 'kvm' : 'default'],
    ...[0, 1, 2, 3].map((index) => [`--boot${index + 1}`, boot[index] ?? 'none']),
  ];
}

function warnOfChoices(rec: Recommendation, warnings: string[]): void {
  const { cpu, tpm, machine } = rec;
  if (cpu.mode === 'custom' && cpu.model !== undefined) {
    warnings.push(`${whose} gives the guest the host's processor; ${cpu.model} cannot be asked for`);
  }
  if (cpu.topology.sockets > 1 || cpu.topology.threads > 1) warnings.push(`${whose} has cores of one socket only`);
  warnOfBaseline(rec, whose, 'the host', warnings);
  if (machine.family === 'armv8virtual' && tpm)
    warnings.push(`${whose} has a TPM for PCs; try it before you rely on it`);
}

function usb({ usb: controller, inputs }: Recommendation): string[][] {
  const tablet = inputs.some(({ bus }) => bus === 'usb');
  if (!controller && !tablet) return [];
  if (controller && /xhci/.test(controller.model)) return [['--usb-xhci', 'on']];
  return [['--usb-ohci', 'on'], ...(controller ? [['--usb-ehci', 'on']] : [])];
}

function sound({ sound: card }: Recommendation, warnings: string[]): string[][] {
  const model = card && wordOrWarning(sounds, card.model, 'sound card', whose, warnings);
  if (model === undefined) return [['--audio-enabled', 'off']];
  return [
    ['--audio-driver', 'default'],
    ['--audio-enabled', 'on'],
    ['--audio-controller', model],
    ['--audio-out', 'on'],
  ];
}

function networks({ nic }: Recommendation, nics: number): string[][] {
  const model = wordOf(cards, nic.model, 'network card', whose);
  return Array.from({ length: nics }, (_, index) => [
    [`--nic${index + 1}`, 'nat'],
    [`--nic-type${index + 1}`, model],
  ]).flat();
}

/** What comes after `VBoxManage modifynvram NAME`, a command each; without UEFI nothing. */
export function nvramWords({ firmware }: Recommendation): (readonly string[])[] {
  if (firmware.type !== 'uefi') return [];
  if (!firmware.secureBoot) return [['inituefivarstore']];
  // The firmware is shipped without anybody's keys.
  return [['inituefivarstore'], ['enrollmssignatures'], ['enrollorclpk'], ['secureboot', '--enable']];
}
