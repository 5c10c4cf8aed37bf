// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../errors.js';
import type { Recommendation } from '../recommend/types.js';
import { checkRequest } from './request.js';
import type { FormatRequest } from './types.js';
import { type Words, warnOfBaseline, wordOf } from './words.js';

const whose = 'VMware';

/** VMware has one family of machines. */
export const vmwareMachines: ReadonlySet<string> = new Set(['vmx']);

/** Where a disk or drive is plugged in. */
export interface Slot {
  readonly bus: 'scsi' | 'sata' | 'ide' | 'nvme';
  readonly controller: number;
  readonly unit: number;
}

const buses: Words = { scsi: 'scsi', sata: 'sata', ide: 'ide', nvme: 'nvme' };
/** How many a controller carries; a SCSI controller keeps number 7 for itself. */
const units: Readonly<Record<Slot['bus'], number>> = { scsi: 15, sata: 30, ide: 4, nvme: 15 };
const scsiModels: Words = { vmpvscsi: 'pvscsi', lsisas1068: 'lsisas1068', lsilogic: 'lsilogic', buslogic: 'buslogic' };

export const cards: Words = {
  vmxnet3: 'vmxnet3',
  e1000e: 'e1000e',
  // VMware's e1000 is the server card of 82545EM.
  e1000: 'e1000',
  'e1000-82545em': 'e1000',
  pcnet: 'vlance',
};

/** The SCSI controller in VMware's words. @throws InputError for one that it does not have */
export const scsiModel = ({ disk }: Recommendation): string =>
  wordOf(scsiModels, disk.controller ?? 'lsilogic', 'SCSI controller', whose);

/**
 * Where disks and the drive go: each on the recommended bus, the drive after the disks where they share one.
 * @throws InputError for another hypervisor's machine, a bus that VMware does not have, too many disks
 */
export function placeDrives(
  rec: Recommendation,
  request: FormatRequest,
): { readonly disks: readonly Slot[]; readonly cdrom: Slot | undefined } {
  checkRequest(request, rec, { names: vmwareMachines, of: "VMware's", platform: 'esxi' });
  const bus = wordOf(buses, rec.disk.bus, 'disk bus', whose) as Slot['bus'];
  const drive = wordOf(buses, rec.cdrom.bus, 'CD-ROM bus', whose) as Slot['bus'];
  const shared = request.cdrom !== undefined && drive === bus ? 1 : 0;
  const count = Math.max(request.disks.length, 1);
  if (count > units[bus] - shared) {
    throw new InputError(
      'format-disks',
      `${count} disks were given, but ${bus} carries ${units[bus] - shared} here; give fewer`,
    );
  }
  const cdrom = request.cdrom === undefined ? undefined : slot(drive, shared === 1 ? count : drive === 'ide' ? 2 : 0);
  return { disks: Array.from({ length: count }, (_, index) => slot(bus, index)), cdrom };
}

function slot(bus: Slot['bus'], index: number): Slot {
  if (bus === 'ide') return { bus, controller: Math.floor(index / 2), unit: index % 2 };
  if (bus === 'scsi') return { bus, controller: 0, unit: index < 7 ? index : index + 1 };
  return { bus, controller: 0, unit: index };
}

/** What VMware decides by itself and cannot be told to do otherwise; a sentence for each that was asked to be otherwise. */
export function warnOfChoices(rec: Recommendation, warnings: string[]): void {
  const { cpu, tpm, clock } = rec;
  if (cpu.mode === 'custom' && cpu.model !== undefined) {
    warnings.push(`${whose} gives the guest the host's processor; ${cpu.model} cannot be asked for`);
  }
  if (cpu.topology.threads > 1) warnings.push(`${whose} has no threads: each is a core of its own`);
  warnOfBaseline(rec, whose, 'the host', warnings);
  if (tpm && tpm.version !== '2.0') warnings.push(`${whose} has TPM 2.0 only`);
  if (clock.offset === 'localtime' && rec.platform.id.includes('/esxi/')) {
    warnings.push("ESXi keeps UTC: the guest's clock is right only when VMware Tools set it");
  }
}
