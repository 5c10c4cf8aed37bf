// SPDX-License-Identifier: Apache-2.0
import type { DeviceLink, Os, Resources } from '../../model/types.js';
import type { DecisionFact } from '../types.js';

/**
 * What virt-install asks the database of an OS, answered as it would hear it: devices by the ids that it looks for, the
 * wrong ones too, and numbers by its own order of looking.
 */

const pci = (...products: readonly string[]): readonly string[] =>
  products.map((product) => `http://pcisig.com/pci/1af4/${product}`);

/** What is asked for, and the ids of which one is enough: the old one of each virtio device and the new one. */
const wantedIds = {
  'virtio-blk': pci('1001', '1042'),
  'virtio-scsi': pci('1004', '1048'),
  'virtio-net': pci('1000', '1041'),
  'virtio-rng': pci('1005', '1044'),
  'virtio-balloon': pci('1002', '1045'),
  'virtio-serial': pci('1003', '1043'),
  'virtio-gpu': pci('1050'),
  'virtio-input': pci('1052'),
  'virtio 1.0': pci('1041'),
  // A serial card's id: osinfo-db says it of QEMU's xHCI since 2018, and virt-install looks for what the database says.
  'USB 3': ['http://pcisig.com/pci/1b36/0004'],
  q35: ['http://qemu.org/chipset/x86/q35'],
} as const;

export type Wanted = keyof typeof wantedIds;

/** An OS as virt-install sees it. */
export interface AskedOs {
  readonly os: Os;
  /** The name by which virt-install knows it: its first short id. */
  readonly name: string | undefined;
  readonly windows: boolean;
  /** Names of its network cards. */
  readonly cards: ReadonlySet<string>;
  /** Whether it is RHEL 6.0, derives from it, clones it or upgrades it, by however many steps. */
  readonly likeRhel6: boolean;
  /** The link that answers, in the order of the ids. */
  link(wanted: Wanted): DeviceLink | undefined;
}

const asked = new WeakMap<Os, AskedOs>();

export function askedOf(os: Os): AskedOs {
  const before = asked.get(os);
  if (before !== undefined) return before;
  const links = new Map(os.allDeviceLinks.map((link) => [link.target, link]));
  const cards = os.allDeviceLinks.flatMap(({ device }) =>
    device.class?.startsWith('net') && device.name !== undefined ? [device.name] : [],
  );
  const found = new Map<Wanted, DeviceLink | undefined>();
  for (const [wanted, ids] of Object.entries(wantedIds) as [Wanted, readonly string[]][]) {
    found.set(wanted, ids.flatMap((id) => links.get(id) ?? [])[0]);
  }
  const answer: AskedOs = {
    os,
    name: os.shortId,
    windows: ['win9x', 'winnt', 'win16'].includes(os.family ?? ''),
    cards: new Set(cards),
    likeRhel6: isLikeRhel6(os),
    link: (wanted) => found.get(wanted),
  };
  asked.set(os, answer);
  return answer;
}

function isLikeRhel6(os: Os): boolean {
  const seen = new Set<string>();
  const toSee: Os[] = [os];
  for (let one = toSee.pop(); one !== undefined; one = toSee.pop()) {
    if (seen.has(one.id)) continue;
    seen.add(one.id);
    // The original asks whether the name is part of `rhel6.0`, not whether it is that.
    if (one.shortId !== undefined && 'rhel6.0'.includes(one.shortId)) return true;
    for (const relation of ['derives-from', 'clones', 'upgrades'] as const) toSee.push(...one.relatedOses(relation));
  }
  return false;
}

/** Whether one of the ids is among drivers that are put into the OS before its first start. */
export function driversHave(drivers: ReadonlySet<string>, wanted: Wanted): boolean {
  return wantedIds[wanted].some((id) => drivers.has(id));
}

/** Devices of the drivers that the database can put into this OS before its first start. */
export function preInstallableDevices(os: Os, arch: string): ReadonlySet<string> {
  const fitting = os.drivers.filter((driver) => driver.preInstallable && driver.arch === arch);
  return new Set(fitting.flatMap(({ devices }) => devices));
}

/**
 * Whether the OS starts from UEFI only: the entry has it, and has switched BIOS off for this very architecture.
 * Windows 11 counts as such whatever its entry says.
 */
export function needsUefi({ os, name }: AskedOs, arch: string): boolean {
  const ofType = (type: string) => os.completeFirmware.find((one) => one.arch === arch && one.type === type);
  return name === 'win11' || ((ofType('efi')?.supported ?? false) && ofType('bios')?.supported === false);
}

export type Size = 'ramBytes' | 'nCpus' | 'storageBytes';

/** A number of the database and how it was come by. */
export interface AskedSize {
  readonly value: number;
  readonly doubled: boolean;
  readonly fact: DecisionFact;
}

/** What is recommended, else twice the minimum; `all` counts where the architecture itself says nothing. */
export function recommendedSize(os: Os, arch: string, size: Size): AskedSize | undefined {
  const recommended = sizeIn(os.resources.recommended, arch, size);
  if (recommended !== undefined) return { ...recommended, doubled: false };
  const minimum = sizeIn(os.resources.minimum, arch, size);
  return minimum && { ...minimum, value: minimum.value * 2, doubled: true };
}

function sizeIn(
  list: readonly Resources[],
  arch: string,
  size: Size,
): { readonly value: number; readonly fact: DecisionFact } | undefined {
  for (const wanted of [arch, 'all']) {
    // Of several elements for one architecture the last counts, even where it does not say the number.
    const one = list.filter((resources) => resources.arch === wanted).at(-1);
    const value = one?.[size];
    if (value === undefined) continue;
    if (value <= 0) return undefined;
    const at = `${one!.origin.file}:${one!.origin.line}`;
    return { value, fact: { text: `the entry says ${value} of ${size} for ${wanted}`, at } };
  }
  return undefined;
}
