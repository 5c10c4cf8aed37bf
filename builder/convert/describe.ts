// SPDX-License-Identifier: Apache-2.0
import { formats } from '../../osinfo/formats/index.js';
import { libvirtDomain } from '../../osinfo/formats/libvirt.js';
import { type NeutralField, neutralFields, unsaid } from '../../osinfo/formats/neutral-fields.js';
import type { FormatDisk } from '../../osinfo/formats/types.js';
import type { Recommendation } from '../../osinfo/recommend/types.js';
import { writeXml, type XmlNode } from '../../osinfo/xml/write.js';
import { commandFile } from '../run/command-file.js';
import type { ConvertTarget } from './targets.js';

/** What a description is written of. */
export interface DescribedMachine {
  readonly name: string;
  readonly recommendation: Recommendation;
  /** An OVF takes what the guest sees and the length of the file too. */
  readonly disks: readonly (FormatDisk & { readonly capacityBytes?: number; readonly fileBytes?: number })[];
  readonly cdrom?: string;
  readonly nics: number;
  /** Addresses of the cards, in order; undefined for one that has none. */
  readonly macs: readonly (string | undefined)[];
}

/** Whether a target says the addresses of network cards. */
export const saysMacs = ({ name }: ConvertTarget): boolean => name === 'libvirt';

/** Decisions whose field is called otherwise. */
const FIELDS: Readonly<Record<string, NeutralField>> = {
  machine: 'machine.family',
  disk: 'disk.bus',
  cdrom: 'cdrom.bus',
  nic: 'nic.model',
  video: 'video.model',
  graphics: 'graphics.type',
};

/**
 * The text of a format of the recommender, with its warnings. Of what it has no word for only that is told which the
 * source said: the rest was nobody's wish.
 * @param said decisions that are the source's
 * @throws InputError for a machine, a name or a path that the format refuses
 */
export function describeMachine(
  { name, script }: ConvertTarget,
  { recommendation, macs, ...request }: DescribedMachine,
  said: readonly string[] = [],
): { readonly text: string; readonly warnings: readonly string[] } {
  const { cdrom, ...others } = request;
  const asked = cdrom === undefined ? others : { ...others, cdrom };
  const format = formats.find((one) => one.name === name)!;
  const { text, warnings: own } = format.format(recommendation, asked);
  const fields = new Set<string>(said.map((one) => FIELDS[one] ?? one));
  const silent = (Object.keys(neutralFields) as NeutralField[]).filter((field) => !fields.has(field));
  const warnings = [...own, ...unsaid({ ...format, says: [...format.says, ...silent] }, recommendation)];
  if (name === 'libvirt') {
    const { domain } = libvirtDomain(recommendation, asked);
    return { text: writeXml(withMacs(domain, macs), { declaration: false }), warnings };
  }
  return { text: script ? commandFile(text) : text, warnings };
}

/** A domain whose n-th network card has the n-th address, by which the guest knows it again. */
function withMacs(domain: XmlNode, macs: readonly (string | undefined)[]): XmlNode {
  let index = 0;
  const withMac = (node: XmlNode | string): XmlNode | string => {
    if (typeof node === 'string' || node.name !== 'interface') return node;
    const address = macs[index];
    index += 1;
    if (address === undefined) return node;
    return { ...node, children: [{ name: 'mac', attrs: { address } }, ...(node.children ?? [])] };
  };
  const children = (domain.children ?? []).map((node) =>
    typeof node === 'string' || node.name !== 'devices'
      ? node
      : { ...node, children: (node.children ?? []).map(withMac) },
  );
  return { ...domain, children };
}
