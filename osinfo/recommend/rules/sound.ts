// SPDX-License-Identifier: Apache-2.0
import { both, byFamily, decided, given, knownFact } from '../conditions.js';
import type { Context } from '../context.js';
import type { ModelKey } from '../devices.js';
import { models } from '../devices.js';
import { type Alternative, rule } from '../engine.js';

/** What the machine is for: as was said, or because the OS is never anything but a desktop. */
function isDesktop({ intent, era, os }: Context): boolean {
  if (intent !== undefined) return intent === 'desktop';
  // The entries of Windows tell server from client by the name alone.
  const client = os.family === 'winnt' && !/\bserver\b/i.test(os.name ?? 'server');
  return era.traits.desktop === true || client;
}

const forDesktop = given(isDesktop, 'a server needs none', (context) =>
  knownFact(context.intent ? 'the machine is for a desktop' : `${context.osKnows.name} is a desktop system`),
);

type Sound = { readonly model: string } | undefined;

const ranked: readonly ModelKey[] = ['ich9Sound', 'ich6Sound', 'ac97', 'es1370'];
// Intel's HDA of the ICH9 is part of the PCI Express machine's chipset; the classic PC's systems know the ICH6.
const place = decided('machine', ({ pcie }) => pcie, 'the classic PC is older than this chipset');

const alternative =
  (kind: 'listed' | 'family') =>
  (key: ModelKey): Alternative<Sound> => ({
    rule: `sound.${models[key].name}${kind === 'family' ? '-family' : ''}`,
    value: { model: models[key].name },
    when: [forDesktop, ...(key === 'ich9Sound' ? [place] : []), ...(kind === 'family' ? byFamily(key) : both(key))],
    reason:
      kind === 'family'
        ? 'its entry names no sound card; systems of its family and time drive this one'
        : 'the best sound card that both sides have',
  });

export const soundRule = rule<'sound'>({
  decision: 'sound',
  show: (sound) => sound?.model ?? 'none',
  alternatives: [
    ...ranked.map(alternative('listed')),
    ...ranked.map(alternative('family')),
    {
      rule: 'sound.none',
      value: undefined,
      when: [],
      reason: (context) =>
        isDesktop(context) ? 'no sound card is known that both sides have' : 'nobody listens to a server',
    },
  ],
});
