// SPDX-License-Identifier: Apache-2.0
import { libvirtDomain } from '../../osinfo/formats/libvirt.js';
import { node, text } from '../../osinfo/formats/libvirt-nodes.js';
import { targetName } from '../../osinfo/formats/request.js';
import type { Recommendation } from '../../osinfo/recommend/types.js';
import type { XmlNode } from '../../osinfo/xml/write.js';
import type { ChosenBoot } from './choose-boot.js';
import {
  cpuNode,
  type DomainDrive,
  type DomainFacts,
  driveNode,
  graphicsNodes,
  kernelNodes,
  lifecycle,
  memoryNodes,
  nicNode,
  vcpuNode,
} from './domain.js';
import { assignTargets, targetPrefix } from './targets.js';

/**
 * The recommended machine with what the descriptor and the options say in its place: drives, cards, screens, memory,
 * processors, features.
 * @param ownBus whether the bus is the descriptor's own word: its names of drives, which are old readers', follow it
 * @throws InputError for drives that get the same name, or do not fit
 */
export function recommendedDomain(
  { guest }: ChosenBoot,
  facts: DomainFacts,
  recommendation: Recommendation,
  ownBus: boolean,
): { readonly domain: XmlNode; readonly warnings: readonly string[] } {
  const disks = facts.drives.filter(({ device }) => device === 'disk');
  const cdrom = facts.drives.find(({ device }) => device === 'cdrom');
  const { domain, warnings } = libvirtDomain(recommendation, {
    name: facts.name,
    uuid: facts.uuid,
    disks: disks.map(({ path, format }) => ({ path, format })),
    ...(cdrom ? { cdrom: cdrom.path } : {}),
    nics: Math.min(facts.nics.length, 1),
  });
  const children = childNodes(domain).flatMap((one): XmlNode[] => {
    switch (one.name) {
      case 'memory':
        return memoryNodes(facts);
      case 'currentMemory':
        return [];
      case 'vcpu':
        return [vcpuNode(facts.vcpus)];
      case 'os':
        return [facts.kernel ? node('os', {}, [...typesOf(one), ...kernelNodes(facts.kernel)]) : one];
      case 'features':
        return [withFeatures(one, facts.features)];
      case 'cpu':
        return [facts.cpu ? cpuNode(facts.cpu, named(one, 'topology')) : one];
      case 'clock':
        return [one, ...lifecycle];
      case 'devices':
        return [devices(one, facts, recommendation, { ownBus, emulator: guest.emulator })];
      default:
        return [one];
    }
  });
  return { domain: { ...domain, children }, warnings };
}

const childNodes = ({ children = [] }: XmlNode): XmlNode[] => children.filter((one) => typeof one !== 'string');
const named = (parent: XmlNode, name: string): XmlNode[] => childNodes(parent).filter((one) => one.name === name);
const typesOf = (os: XmlNode): XmlNode[] => named(os, 'type');

/** Features that are asked for are there, and those that are not wanted are not. */
function withFeatures(features: XmlNode, states: ReadonlyMap<string, boolean>): XmlNode {
  const kept = childNodes(features).filter(({ name }) => states.get(name) !== false);
  const added = [...states].flatMap(([name, on]) => (on && !kept.some((one) => one.name === name) ? [node(name)] : []));
  return { ...features, children: [...kept, ...added] };
}

function devices(
  given: XmlNode,
  facts: DomainFacts,
  recommendation: Recommendation,
  { ownBus, emulator }: { readonly ownBus: boolean; readonly emulator: string | undefined },
): XmlNode {
  const all = childNodes(given);
  const others = all.filter(({ name }) => !['disk', 'interface', 'graphics'].includes(name));
  const pattern = named(given, 'disk');
  const buses = facts.drives.map(({ device }) => recommendation[device].bus);
  const targets = driveTargets(facts.drives, buses, ownBus);
  const order = facts.kernel === undefined;
  let diskIndex = 0;
  let cdroms = 0;
  const drives = facts.drives.map((drive, index) => {
    const isCdrom = drive.device === 'cdrom';
    const like = isCdrom
      ? cdroms++ === 0
        ? pattern.find(({ attrs }) => attributes(attrs)['device'] === 'cdrom')
        : undefined
      : pattern[diskIndex++];
    const driver = like && attributes(named(like, 'driver')[0]?.attrs);
    const { name: _, type: __, ...words } = driver ?? {};
    const one = driveNode(drive, { dev: targets[index]!, bus: buses[index]! }, words);
    const first = order && like ? named(like, 'boot') : [];
    return { ...one, children: [...childNodes(one), ...first] };
  });
  const firstNic = named(given, 'interface')[0];
  const nicBoot = order && firstNic ? named(firstNic, 'boot') : [];
  const nics = facts.nics.map((nic, index) => {
    const one = nicNode(nic, recommendation.nic.model);
    return index === 0 ? { ...one, children: [...childNodes(one), ...nicBoot] } : one;
  });
  return node('devices', {}, [
    ...(emulator === undefined ? [] : [text('emulator', emulator)]),
    ...drives,
    ...nics,
    ...others,
    ...graphicsNodes(facts.graphics),
  ]);
}

function attributes(attrs: XmlNode['attrs']): Readonly<Record<string, string>> {
  return Object.fromEntries(Array.isArray(attrs) ? attrs : Object.entries(attrs ?? {}));
}

/** Names as they are given; where the descriptor has a bus of its own, the name that the drive has on it. */
function driveTargets(drives: readonly DomainDrive[], buses: readonly string[], ownBus: boolean): string[] {
  if (drives.some((_, index) => buses[index] === 'nvme')) return drives.map((_, index) => targetName('nvme', index));
  const prefixes = buses.map(targetPrefix);
  const given = drives.map(({ target }, index) => {
    const letters = ownBus ? /^(?:hd|sd|vd|xvd)([a-z]{1,2})$/.exec(target ?? '')?.[1] : undefined;
    return letters === undefined ? target : `${prefixes[index]}${letters}`;
  });
  return assignTargets(given, prefixes);
}
