// SPDX-License-Identifier: Apache-2.0
import { both, byFamily, deviceId, given, onX86, platformHas, yes } from '../conditions.js';
import { type Choices, type Context, virtioIsModern } from '../context.js';
import { type ModelKey, models } from '../devices.js';
import { type Alternative, type Condition, rule } from '../engine.js';
import { linkOf } from '../knowledge.js';

type Nic = Choices['nic'];

const nic =
  (key: ModelKey) =>
  (context: Context): Nic => ({ model: models[key].name, device: deviceId(context, key) });

/** Best first: by speed, then by how little of a host's processor they take. */
const ranked: readonly (readonly [ModelKey, string])[] = [
  ['virtioNet', 'paravirtual, the fastest, and a driver that binds to it where it stands'],
  ['vmxnet3', "VMware's own card, and the OS has a driver for it"],
  ['hvNet', "Hyper-V's own card, and the OS has a driver for it"],
  ['ena', "the card of Amazon's machines, and the OS has a driver for it"],
  ['gvnic', "the card of Google's newer machines, and the OS has a driver for it"],
  ['e1000e', 'the fastest emulated card that the OS has a driver for'],
  ['igb', 'a fast emulated card that the OS has a driver for'],
  ['e1000', 'a gigabit card that the OS has a driver for'],
  ['e1000Server', 'a gigabit card that the OS has a driver for'],
  ['rtl8139', 'a 100 Mbit/s card that the OS has a driver for'],
  ['pcnet', 'a card of the nineties that the OS has a driver for'],
  ['dec21140', 'a card of the nineties that the OS has a driver for'],
  ['ne2k', 'the oldest card, which the OS has a driver for'],
];

/** Names of rules have no underscores. */
const ruleWord = (key: ModelKey): string => models[key].name.replaceAll('_', '-');

const listed = ranked.map(
  ([key, reason]): Alternative<Nic> => ({
    rule: `nic.${ruleWord(key)}`,
    value: nic(key),
    when: both(key),
    reason,
    weakness: 'emulated: slower, and it takes more of the host',
  }),
);

const customary = ranked.map(
  ([key]): Alternative<Nic> => ({
    rule: `nic.${ruleWord(key)}-family`,
    value: nic(key),
    when: byFamily(key),
    reason: 'its entry names no network card of this platform; this is the best that its family and time drive',
    weakness: 'only the custom of its family speaks for it',
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
