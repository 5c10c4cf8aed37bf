// SPDX-License-Identifier: Apache-2.0
import { both, byFamily, deviceId, given, notLegacyPc, onX86, osDrives, platformHas, yes } from '../conditions.js';
import { type Choices, type Context, virtioIsModern } from '../context.js';
import { deploymentNames } from '../deployment.js';
import { type ModelKey, models } from '../devices.js';
import { type Alternative, type Condition, rule } from '../engine.js';
import { linkOf } from '../knowledge.js';
import { isKnown, modelNamed } from './asked.js';

type Nic = Choices['nic'];

const nic =
  (key: ModelKey) =>
  (context: Context): Nic => ({ model: models[key].name, device: deviceId(context, key) });

/** Best first, by speed and by how little of a host's processor they take: model, what speaks for it, what against. */
const ranked: readonly (readonly [ModelKey, string, string])[] = [
  [
    'virtioNet',
    'paravirtual, the fastest, and a driver that binds to it where it stands',
    'paravirtual, and yet behind a better one',
  ],
  ['xenVif', 'Xen’s paravirtual card, and the OS has a driver for it', 'Xen’s alone'],
  ['vmxnet3', "VMware's own card, and the OS has a driver for it", 'emulated outside VMware, and seldom used there'],
  ['hvNet', "Hyper-V's own card, and the OS has a driver for it", 'Hyper-V’s alone'],
  ['ena', "the card of Amazon's machines, and the OS has a driver for it", 'Amazon’s alone'],
  ['gvnic', "the card of Google's newer machines, and the OS has a driver for it", 'Google’s alone'],
  [
    'e1000e',
    'the fastest emulated card that the OS has a driver for: PCI Express, an interrupt of its own for each direction',
    'emulated: the host does for each packet what a chip did, and the guest stops for it several times',
  ],
  [
    'igb',
    'a fast emulated card that the OS has a driver for',
    'emulated like e1000e, but newer in hypervisors and less tried',
  ],
  [
    'e1000',
    'a gigabit card that the OS has a driver for',
    'a card of 2002: one interrupt for everything, and made for the older PCI',
  ],
  [
    'e1000Server',
    'a gigabit card that the OS has a driver for',
    'a card of 2002: one interrupt for everything, and made for the older PCI',
  ],
  ['rtl8139', 'a 100 Mbit/s card that the OS has a driver for', 'a card of 1998 that copies each packet once more'],
  ['pcnet', 'a card of the nineties that the OS has a driver for', 'a 10 and 100 Mbit/s card of the nineties'],
  ['dec21140', 'a card of the nineties that the OS has a driver for', 'a 100 Mbit/s card of the nineties'],
  ['ne2k', 'the oldest card, which the OS has a driver for', 'a 10 Mbit/s card, moved byte by byte'],
];

/** Cards of one hypervisor each: elsewhere nobody misses them. */
const foreign: ReadonlySet<ModelKey> = new Set(['xenVif', 'vmxnet3', 'hvNet', 'ena', 'gvnic', 'dec21140']);

const keys = ranked.map(([key]) => key);

const paravirtual = (key: ModelKey): readonly Condition[] =>
  key === 'virtioNet' || key === 'xenVif' || key === 'vmxnet3'
    ? [notLegacyPc('a paravirtual card is nothing that every system drives')]
    : [];

/** Names of rules have no underscores. */
const ruleWord = (key: ModelKey): string => models[key].name.replaceAll('_', '-');

const listed = ranked.map(
  ([key, reason, weakness]): Alternative<Nic> => ({
    rule: `nic.${ruleWord(key)}`,
    value: nic(key),
    when: [...paravirtual(key), ...both(key)],
    reason,
    weakness,
    ...(foreign.has(key) ? { quiet: true } : {}),
  }),
);

const customary = ranked.map(
  ([key, , weakness]): Alternative<Nic> => ({
    rule: `nic.${ruleWord(key)}-family`,
    value: nic(key),
    when: [...paravirtual(key), ...byFamily(key)],
    reason: 'its entry names no network card of this platform; this is the best that its family and time drive',
    weakness,
    ...(foreign.has(key) ? { quiet: true } : {}),
  }),
);

// Virtual sockets are of the class too, and carry no network.
const sockets = 'http://pcisig.com/pci/1af4/1053';

/** The best network card that the platform's entry names, or the first where it names none that is ranked. */
function platformCard(context: Context): Nic | undefined {
  const { platform, platformKnows } = context;
  for (const [key] of ranked) {
    const link = linkOf(platformKnows, models[key], virtioIsModern(context));
    if (link) return { model: models[key].name, device: link.target };
  }
  const other = platform.allDeviceLinks.find(({ device, target }) => device.class === 'net' && target !== sockets);
  return other && { model: other.device.name ?? other.target, device: other.target };
}

const hasUsualCard: Condition = (context) => {
  const offered = platformHas('e1000')(context);
  return !offered.holds && platformCard(context) === undefined ? yes() : offered;
};

export const nicRule = rule({
  decision: 'nic',
  show: ({ model }) => model,
  override: {
    asked: (context) => {
      const { nicModel } = context.overrides;
      if (nicModel === undefined) return undefined;
      const key = modelNamed(keys, nicModel);
      return key === undefined ? { model: nicModel, device: nicModel } : nic(key)(context);
    },
    needs: ({ model }) => {
      const key = modelNamed(keys, model);
      return [isKnown(keys, model), ...(key === undefined ? [] : [platformHas(key)])];
    },
    wants: ({ model }) => {
      const key = modelNamed(keys, model);
      return key === undefined ? [] : [osDrives(key)];
    },
    waysOut: 'take a card that the platform has',
  },
  wanted: ({ device }, context) => deploymentNames(context, device),
  alternatives: [
    ...listed,
    ...customary,
    {
      rule: 'nic.pc',
      value: nic('e1000'),
      when: [onX86, hasUsualCard],
      reason: 'nothing is known of its network drivers; this is the card that most systems drive',
    },
    {
      rule: 'nic.platform',
      label: "the platform's card",
      value: (context) => platformCard(context)!,
      when: [given((context) => platformCard(context) !== undefined, 'the platform names no network card')],
      reason: 'nothing is known of its network drivers; this is the card that the platform has',
    },
    {
      rule: 'nic.other',
      value: nic('virtioNet'),
      when: [],
      reason: 'nothing is known of its network drivers; on this machine virtio is the usual card',
    },
  ],
});
