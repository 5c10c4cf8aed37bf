// SPDX-License-Identifier: Apache-2.0
import { forIntent, given, isClientWindows, knownFact, no, yes } from '../conditions.js';
import type { Choices, Context } from '../context.js';
import { type Condition, rule } from '../engine.js';

type Topology = Choices['cpu.topology'];

const cores = (context: Context): Topology => ({ sockets: 1, cores: context.chosen('cpu.count'), threads: 1 });
const sockets = (context: Context): Topology => ({ sockets: context.chosen('cpu.count'), cores: 1, threads: 1 });

/** What was asked for, with the parts that were left out: cores take what is left. */
function asked(context: Context): Topology | undefined {
  const given = context.overrides.topology;
  if (given === undefined) return undefined;
  const count = context.chosen('cpu.count');
  const { threads = 1 } = given;
  if (given.cores !== undefined) {
    const left = count / (given.cores * threads);
    return { sockets: given.sockets ?? Math.max(Math.floor(left), 1), cores: given.cores, threads };
  }
  const { sockets: some = 1 } = given;
  return { sockets: some, cores: Math.max(Math.floor(count / (some * threads)), 1), threads };
}

const product =
  ({ sockets: some, cores: each, threads }: Topology): Condition =>
  (context) => {
    const count = context.chosen('cpu.count');
    return some * each * threads === count
      ? yes()
      : no(`their product is ${some * each * threads}, and there are ${count} CPUs`);
  };

const several = given((context) => context.chosen('cpu.count') > 1, 'there is only one CPU');

/** Windows for clients uses one or two sockets, however many there are. */
const licence: Condition = (context) =>
  isClientWindows(context.os)
    ? yes(knownFact('a Windows client uses no more than two sockets, by its licence'))
    : no('only clients of Windows count sockets');

const fewSockets =
  ({ sockets: some }: Topology): Condition =>
  (context) =>
    some > 2 && isClientWindows(context.os)
      ? no(`${context.osKnows.name} is for clients, which by their licence use no more than two sockets`)
      : yes();

export const topologyRule = rule({
  decision: 'cpu.topology',
  show: ({ sockets: some, cores: each, threads }) =>
    `${some} ${some === 1 ? 'socket' : 'sockets'}, ${each} ${each === 1 ? 'core' : 'cores'}${threads === 1 ? '' : `, ${threads} threads`}`,
  override: {
    asked,
    needs: (topology) => [product(topology)],
    wants: (topology) => [fewSockets(topology)],
    waysOut: 'say numbers whose product is the number of CPUs',
  },
  alternatives: [
    {
      rule: 'topology.one',
      value: { sockets: 1, cores: 1, threads: 1 },
      when: [given((context) => context.chosen('cpu.count') === 1, 'there are several CPUs')],
      reason: 'there is one CPU',
      quiet: true,
    },
    {
      rule: 'topology.licence',
      value: cores,
      when: [several, licence],
      reason: 'as cores of one socket all CPUs are used; as sockets only the first two would be',
    },
    {
      rule: 'topology.sockets',
      value: sockets,
      when: [several, forIntent('windows-server')],
      reason:
        'the licence of a Windows server counts cores, wherever they sit, and a socket can be added while it runs',
      weakness: 'each CPU would seem to have a cache of its own, which they share',
    },
    {
      rule: 'topology.cores',
      value: cores,
      when: [],
      reason:
        'cores of one socket share a cache, as the host’s do; a thread would make the guest think that it is half a CPU',
    },
  ],
});
