// SPDX-License-Identifier: Apache-2.0
import { MOST_NICS } from '../../osinfo/formats/request.js';
import type { Recommendation } from '../../osinfo/recommend/types.js';
import { quoted } from './said.js';
import type { LostFact, MachineDescription } from './types.js';

/** Whether disks can be read-only there: QEMU refuses it on the two old buses. */
export const mayBeReadonly = ({ bus }: Recommendation['disk']): boolean => bus !== 'ide' && bus !== 'sata';

/** What a description of a machine carries of one, beyond a recommendation. */
export interface CarriedDevices {
  /** Whether it says the addresses of network cards. */
  readonly macs: boolean;
}

/**
 * What of the devices no description carries: recommendations know one bus and one model for all disks and cards, one
 * drive, and networks by no name.
 */
export function lostDevices(
  { disks, cdroms, nics }: MachineDescription,
  { disk, nic }: Recommendation,
  { macs }: CarriedDevices,
): LostFact[] {
  const lost: LostFact[] = [];
  const add = (line: number, text: string): void => void lost.push({ line, text });
  const first = disks.find(({ bus }) => bus !== undefined)?.bus;
  for (const { file, bus, line, ...one } of disks) {
    const name = quoted(file ?? 'a blank disk');
    if (bus !== undefined && bus !== first && bus !== disk.bus)
      add(line, `that the disk ${name} is on ${bus}: all disks are on ${disk.bus}`);
    if (one.readonly && !mayBeReadonly(disk))
      add(line, `that the disk ${name} is only read: a disk on ${disk.bus} cannot be`);
  }
  const drive = cdroms.find(({ file }) => file !== undefined);
  for (const one of cdroms)
    if (one !== drive)
      add(
        one.line,
        one.file === undefined ? 'an empty CD-ROM drive' : `the CD-ROM ${quoted(one.file)}: there is one drive`,
      );
  const model = nics.find((one) => one.model !== undefined)?.model;
  for (const [index, one] of nics.entries()) {
    const which = `network card ${index + 1}`;
    if (index >= MOST_NICS) {
      add(one.line, `${which}: ${MOST_NICS} can be had`);
      continue;
    }
    if (one.model !== undefined && one.model !== model && one.model !== nic.model)
      add(one.line, `that ${which} is ${quoted(one.model)}: all cards are ${nic.model}`);
    if (one.network !== undefined) add(one.line, `where ${which} is plugged in: ${quoted(one.network)}`);
    if (one.mac !== undefined && !macs)
      add(one.line, `the address ${one.mac} of ${which}: it gets a new one, by which the guest may name it anew`);
  }
  return lost;
}

/** Lines for people, each once, in the order of the document: `file:line: not carried over: …`. */
export function tellLosses(facts: readonly LostFact[], { file }: MachineDescription): string[] {
  const lines = facts
    .toSorted((a, b) => a.line - b.line)
    .map(({ line, text, note }) => `${file}:${line}: ${note ? '' : 'not carried over: '}${text.replace(/\s+/g, ' ')}`);
  return [...new Set(lines)];
}
