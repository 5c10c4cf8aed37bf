// SPDX-License-Identifier: Apache-2.0

import type { Fact } from '../../model/types.js';
import { decided, featureOf, given, hostDomain, words as listed, no, osFact, saidBy, yes } from '../conditions.js';
import type { Context } from '../context.js';
import { type Condition, rule } from '../engine.js';
import type { DecisionFact } from '../types.js';

const words = new Map([
  ['works', 'starts under Secure Boot'],
  ['required', 'requires Secure Boot'],
  ['refuses', 'does not start under Secure Boot'],
]);

/** The OS's word on Secure Boot as a sentence. */
export function saidSecureBoot(context: Context, fact: Fact): DecisionFact {
  const { state = '' } = fact.attributes;
  return saidBy(context.osKnows, fact, words.get(state) ?? `and Secure Boot: ${state}`);
}

/** The OS's boot chain is signed with keys that firmware enrols. */
const osIsSigned: Condition = (context) => {
  const fact = osFact(context, 'secure-boot');
  if (!fact) return no(`nothing says that ${context.osKnows.name} starts under Secure Boot`);
  const { state } = fact.attributes;
  const said = saidSecureBoot(context, fact);
  return state === 'works' || state === 'required' ? yes(said) : no(said);
};

/** The platform's firmware for the chosen machine can enforce it. */
const firmwareEnforces: Condition = (context) => {
  const { family } = context.chosen('machine');
  const fact = featureOf(context, 'secure-boot');
  if (!fact) return no(`${context.platformKnows.name} does not offer Secure Boot on ${context.arch}`);
  const { machines } = fact.attributes;
  if (machines !== undefined && !listed(machines).includes(family))
    return no(saidBy(context.platformKnows, fact, `has Secure Boot only for ${machines}`));
  if (hostDomain(context)?.secureBoot === false) return no(`${context.host!.name} has no firmware with Secure Boot`);
  return yes(saidBy(context.platformKnows, fact, `has Secure Boot for ${family}`));
};

const onUefi = decided('firmware.type', (type) => type === 'uefi', 'it needs UEFI');

const imageIsSigned: Condition = given(
  (context) => context.image === undefined || context.image.secureBoot === true,
  'the boot loader of the image is not signed',
);

export const secureBootRule = rule({
  decision: 'firmware.secureBoot',
  show: (on) => (on ? 'on' : 'off'),
  override: {
    asked: (context) => context.overrides.secureBoot,
    needs: (on) => (on ? [onUefi, firmwareEnforces] : []),
    waysOut: 'take UEFI and a machine that has Secure Boot, or leave it off',
  },
  alternatives: [
    {
      rule: 'secure-boot.signed',
      value: true,
      when: [onUefi, osIsSigned, firmwareEnforces, imageIsSigned],
      reason: 'its boot chain is signed, so that only what the vendor signed is started',
    },
    {
      rule: 'secure-boot.off',
      value: false,
      when: [],
      reason: 'said explicitly, because hosts otherwise pick firmware that enforces it',
    },
  ],
});
