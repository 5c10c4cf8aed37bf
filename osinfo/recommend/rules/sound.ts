// SPDX-License-Identifier: Apache-2.0
import { both, byFamily, decided, given, isDesktop, knownFact, osDrives, platformHas } from '../conditions.js';
import type { ModelKey } from '../devices.js';
import { models } from '../devices.js';
import { type Alternative, rule } from '../engine.js';
import { isKnown, modelNamed, notDeclined } from './asked.js';

const declined = notDeclined(({ sound }) => sound);

const forDesktop = given(isDesktop, 'a server needs none', (context) =>
  knownFact(context.intent ? 'the machine is for a desktop' : `${context.osKnows.name} is a desktop system`),
);

type Sound = { readonly model: string } | undefined;

const ranked = ['ich9Sound', 'ich6Sound', 'ac97', 'es1370'] as const satisfies readonly ModelKey[];
// Intel's HDA of the ICH9 is part of the PCI Express machine's chipset; the classic PC's systems know the ICH6.
const place = decided('machine', ({ pcie }) => pcie, 'the classic PC is older than this chipset');

const older: Readonly<Record<(typeof ranked)[number], string>> = {
  ich9Sound: 'Intel’s High Definition Audio, of a chipset that the classic PC does not have',
  ich6Sound: 'the same sound as ich9, but of an older chipset than the machine’s',
  ac97: 'a codec of 1997, for systems that are older than High Definition Audio',
  es1370: 'a card of 1997, for systems that have nothing newer',
};

const alternative =
  (kind: 'listed' | 'family') =>
  (key: (typeof ranked)[number]): Alternative<Sound> => ({
    rule: `sound.${models[key].name}${kind === 'family' ? '-family' : ''}`,
    value: { model: models[key].name },
    when: [
      declined,
      forDesktop,
      ...(key === 'ich9Sound' ? [place] : []),
      ...(kind === 'family' ? byFamily(key) : both(key)),
    ],
    reason:
      kind === 'family'
        ? 'its entry names no sound card; systems of its family and time drive this one'
        : 'the best sound card that both sides have',
    weakness: kind === 'listed' ? older[key] : 'only the custom of its family speaks for it',
  });

export const soundRule = rule<'sound'>({
  decision: 'sound',
  show: (sound) => sound?.model ?? 'none',
  override: {
    asked: ({ overrides: { sound } }) => (typeof sound === 'string' ? { model: sound } : undefined),
    needs: (sound) => {
      const key = modelNamed(ranked, sound?.model ?? '');
      return [isKnown(ranked, sound?.model ?? ''), ...(key === undefined ? [] : [platformHas(key)])];
    },
    wants: (sound) => {
      const key = modelNamed(ranked, sound?.model ?? '');
      return key === undefined ? [] : [osDrives(key)];
    },
    waysOut: 'take a card that the platform has',
  },
  alternatives: [
    ...ranked.map(alternative('listed')),
    ...ranked.map(alternative('family')),
    {
      rule: 'sound.none',
      value: undefined,
      when: [],
      reason: (context) =>
        context.overrides.sound === false
          ? 'it was declined'
          : isDesktop(context)
            ? 'no sound card is known that both sides have'
            : 'nobody listens to a server',
    },
  ],
});
