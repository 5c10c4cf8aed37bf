// SPDX-License-Identifier: Apache-2.0
import { decided, no, osFact, saidBy, yes } from '../conditions.js';
import type { Choices, Context } from '../context.js';
import { type Condition, rule } from '../engine.js';

function agentOf(context: Context): Choices['guestAgent'] {
  const { package: name, service } = osFact(context, 'guest-agent')?.attributes ?? {};
  return { ...(name === undefined ? {} : { package: name }), ...(service === undefined ? {} : { service }) };
}

const said: Condition = (context) => {
  const fact = osFact(context, 'guest-agent');
  if (!fact) return no(`the entry of ${context.osKnows.name} names no package`);
  return yes(saidBy(context.osKnows, fact, `has it in the package ${fact.attributes.package}`));
};

export const guestAgentRule = rule<'guestAgent'>({
  decision: 'guestAgent',
  show: (agent) => agent?.package ?? agent?.service ?? 'none',
  alternatives: [
    {
      rule: 'guest-agent.package',
      label: 'a package',
      value: agentOf,
      when: [decided('channels', (channels) => channels.length > 0, 'there is no channel for it'), said],
      reason: 'what is to be installed in the guest for the channel to be of use',
    },
    {
      rule: 'guest-agent.none',
      value: undefined,
      when: [],
      reason: 'there is no port for it, or its package is not known',
    },
  ],
});
