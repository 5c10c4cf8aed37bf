// SPDX-License-Identifier: Apache-2.0
import { both, byFamily, deviceId, onX86 } from '../conditions.js';
import type { Choices, Context } from '../context.js';
import { type ModelKey, models } from '../devices.js';
import { type Alternative, rule } from '../engine.js';

type Nic = Choices['nic'];

const nic =
  (key: ModelKey) =>
  (context: Context): Nic => ({ model: models[key].name, device: deviceId(context, key) });

/** Best first: by speed, then by how little of a host's processor they take. */
const ranked: readonly (readonly [ModelKey, string])[] = [
  ['virtioNet', 'paravirtual, the fastest, and a driver that binds to it where it stands'],
  ['e1000e', 'the fastest emulated card that the OS has a driver for'],
  ['igb', 'a fast emulated card that the OS has a driver for'],
  ['e1000', 'a gigabit card that the OS has a driver for'],
  ['e1000Server', 'a gigabit card that the OS has a driver for'],
  ['rtl8139', 'a 100 Mbit/s card that the OS has a driver for'],
  ['pcnet', 'a card of the nineties that the OS has a driver for'],
  ['ne2k', 'the oldest card, which the OS has a driver for'],
];

const listed = ranked.map(
  ([key, reason]): Alternative<Nic> => ({
    rule: `nic.${models[key].name}`,
    value: nic(key),
    when: both(key),
    reason,
    weakness: 'emulated: slower, and it takes more of the host',
  }),
);

const customary = ranked.map(
  ([key]): Alternative<Nic> => ({
    rule: `nic.${models[key].name}-family`,
    value: nic(key),
    when: byFamily(key),
    reason: 'its entry names no network card of this platform; this is the best that its family and time drive',
    weakness: 'only the custom of its family speaks for it',
  }),
);

export const nicRule = rule({
  decision: 'nic',
  show: ({ model }) => model,
  alternatives: [
    ...listed,
    ...customary,
    {
      rule: 'nic.pc',
      value: nic('e1000'),
      when: [onX86],
      reason: 'nothing is known of its network drivers; this is the card that most systems drive',
    },
    {
      rule: 'nic.other',
      value: nic('virtioNet'),
      when: [],
      reason: 'nothing is known of its network drivers; on this machine virtio is the usual card',
    },
  ],
});
