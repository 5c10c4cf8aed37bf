// SPDX-License-Identifier: Apache-2.0
import type { Recommendation } from '../recommend/types.js';
import { hardwareVersion, vmxGuest } from './guests/vmware.js';
import type { Format, FormatRequest, Formatted } from './types.js';
import { cards, placeDrives, type Slot, scsiModel, vmwareMachines, warnOfChoices } from './vmware-facts.js';
import { mebibytes, type Words, warnOfDisks, warnOfKind, wordOf, wordOrWarning } from './words.js';

const whose = 'VMware';

type Setting = readonly [key: string, value: string | number | boolean];

const bootWords: Words = { disk: 'hdd', cdrom: 'cdrom', network: 'ethernet0' };
const sounds: Words = { ich6: 'hdaudio', ich9: 'hdaudio', es1370: 'es1371' };

/**
 * A virtual machine's configuration file for VMware Workstation, Fusion, Player and ESXi.
 * @throws InputError for a machine, bus or card that VMware does not have
 * @see https://knowledge.broadcom.com/external/article/315655 (hardware versions)
 */
export function formatVmx(rec: Recommendation, request: FormatRequest): Formatted {
  const slots = placeDrives(rec, request);
  const warnings: string[] = [];
  warnOfChoices(rec, warnings);
  warnOfKind(request.disks, ['vmdk'], 'vmdk', warnings);
  warnOfDisks(request.disks, request.disks.length, '', warnings);
  const paths = request.disks.map(({ path }) => path);
  if (paths.length === 0) {
    paths.push(`${request.name}.vmdk`);
    const size = mebibytes(rec.storageBytes);
    warnings.push(
      `there is no disk yet: make ${paths[0]} of ${size} MiB with vmware-vdiskmanager -c, or vmkfstools -c on ESXi`,
    );
  }
  const settings: Setting[] = [
    ['.encoding', 'UTF-8'],
    ['config.version', 8],
    ['virtualHW.version', hardwareVersion(rec)],
    ['displayName', request.name],
    ['annotation', `${rec.os.name ?? rec.os.id} (${rec.os.id})`],
    ['guestOS', vmxGuest(rec)],
    ...firmware(rec, warnings),
    ['numvcpus', rec.cpu.count],
    ['cpuid.coresPerSocket', rec.cpu.topology.cores * rec.cpu.topology.threads],
    // VMware refuses what is not a multiple of four.
    ['memSize', mebibytes(rec.memoryBytes, 4)],
    ...bridges,
    ...controllers(rec, [...slots.disks, ...(slots.cdrom ? [slots.cdrom] : [])]),
    ...slots.disks.flatMap((slot, index) => drive(slot, paths[index]!)),
    ...(slots.cdrom ? drive(slots.cdrom, request.cdrom!, 'cdrom-image') : []),
    ...network(rec, request),
    ['vmci0.present', true],
    ['svga.autodetect', true],
    ...usb(rec),
    ...sound(rec, warnings),
    ...(rec.serialConsole ? serial : []),
    // Otherwise the guest's clock starts with the host's local time.
    ...(rec.clock.offset === 'utc' ? ([['rtc.diffFromUTC', 0]] as Setting[]) : []),
    ['hpet0.present', !rec.clock.timers.some(({ name, present }) => name === 'hpet' && present === false)],
    ['bios.bootOrder', rec.boot.map((what) => wordOf(bootWords, what, 'boot device', whose)).join(',')],
  ];
  return { text: settings.map(([key, value]) => `${key} = "${quoted(value)}"\n`).join(''), warnings };
}

/** Values stand in quotes; a bar begins the number of a character. */
function quoted(value: string | number | boolean): string {
  if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE';
  return String(value).replace(
    /["|\p{Cc}]/gu,
    (character) => `|${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}

function firmware({ firmware: { type, secureBoot }, tpm, platform }: Recommendation, warnings: string[]): Setting[] {
  // BIOS is what there is where nothing is said, and older readers know no word for it.
  if (type !== 'uefi') return [];
  const settings: Setting[] = [
    ['firmware', 'efi'],
    ['uefi.secureBoot.enabled', secureBoot],
  ];
  if (!tpm) return settings;
  if (platform.id.includes('/esxi/')) {
    warnings.push('a TPM of ESXi needs a key provider: add it in vCenter, a VMX file cannot');
    return settings;
  }
  // Workstation adds a TPM, and encrypts no more than it has to for it.
  return [...settings, ['managedVM.autoAddVTPM', 'software']];
}

/** What PCI Express devices stand behind. */
const bridges: readonly Setting[] = [
  ['pciBridge0.present', true],
  ...[4, 5, 6, 7].flatMap((number): Setting[] => [
    [`pciBridge${number}.present`, true],
    [`pciBridge${number}.virtualDev`, 'pcieRootPort'],
    [`pciBridge${number}.functions`, 8],
  ]),
];

function controllers(rec: Recommendation, slots: readonly Slot[]): Setting[] {
  const settings: Setting[] = [];
  const has = (bus: Slot['bus']): boolean => slots.some((slot) => slot.bus === bus);
  if (has('scsi')) settings.push(['scsi0.present', true], ['scsi0.virtualDev', scsiModel(rec)]);
  if (has('sata')) settings.push(['sata0.present', true]);
  if (has('nvme')) settings.push(['nvme0.present', true]);
  return settings;
}

function drive({ bus, controller, unit }: Slot, path: string, kind?: string): Setting[] {
  const key = `${bus}${controller}:${unit}`;
  return [
    [`${key}.present`, true],
    ...(kind === undefined ? [] : ([[`${key}.deviceType`, kind]] as Setting[])),
    [`${key}.fileName`, path],
  ];
}

function network({ nic }: Recommendation, { nics = 1 }: FormatRequest): Setting[] {
  const model = wordOf(cards, nic.model, 'network card', whose);
  return Array.from({ length: nics }, (_, index): Setting[] => [
    [`ethernet${index}.present`, true],
    [`ethernet${index}.connectionType`, 'nat'],
    [`ethernet${index}.virtualDev`, model],
    [`ethernet${index}.addressType`, 'generated'],
    [`ethernet${index}.startConnected`, true],
  ]).flat();
}

function usb({ usb: controller }: Recommendation): Setting[] {
  if (!controller) return [];
  const xhci = /xhci/.test(controller.model);
  return [['usb.present', true], ['ehci.present', true], ...(xhci ? ([['usb_xhci.present', true]] as Setting[]) : [])];
}

function sound({ sound: card }: Recommendation, warnings: string[]): Setting[] {
  const model = card && wordOrWarning(sounds, card.model, 'sound card', whose, warnings);
  return model === undefined
    ? []
    : [
        ['sound.present', true],
        ['sound.virtualDev', model],
        ['sound.autodetect', true],
      ];
}

/** A port that leads nowhere until somebody gives it a file or a pipe. */
const serial: readonly Setting[] = [
  ['serial0.present', true],
  ['serial0.fileType', 'file'],
  ['serial0.fileName', 'serial0.log'],
  ['serial0.tryNoRxLoss', false],
];

export const vmxFormat: Format = {
  name: 'vmx',
  summary: 'a VMX file of VMware Workstation, Fusion and ESXi',
  platform: 'vmware-workstation',
  makesDisks: true,
  families: vmwareMachines,
  verified: 'real tool',
  verifiedBy: "libvirt 9.0's reader of VMX files; values that it does not read, by documentation",
  says: [
    'os.id',
    'arch',
    'machine.family',
    'machine.version',
    'firmware.type',
    'firmware.secureBoot',
    'cpu.count',
    'memoryBytes',
    'disk.bus',
    'cdrom.bus',
    'nic.model',
    'video.model',
    'serialConsole',
    'boot',
  ],
  mostly: {
    'cpu.mode': "always the host's processor",
    'cpu.baseline': 'a warning from x86-64-v2 on',
    'cpu.topology': 'sockets and cores',
    'graphics.type': "VMware's own console",
    sound: 'hdaudio, es1371',
    inputs: 'mouse and keyboard; Tools keep the pointers together',
    usb: 'EHCI and xHCI',
    tpm: 'on Workstation; ESXi has it from vCenter',
    vsock: "VMware's own, VMCI",
    'clock.offset': "UTC, or the host's local time",
    'clock.timers': "HPET; the others are VMware's own",
    hyperv: 'VMware shows its own',
  },
  partly: { storageBytes: 'it belongs to the VMDK, which has to be there' },
  format: formatVmx,
};
