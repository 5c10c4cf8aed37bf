// SPDX-License-Identifier: Apache-2.0
import { decided, eraFact, given, no, onX86, osFact, saidBy, yes } from '../conditions.js';
import type { Choices } from '../context.js';
import { type Condition, rule } from '../engine.js';

const osSays =
  (offset: string): Condition =>
  (context) => {
    const fact = osFact(context, 'clock');
    if (!fact) return no(`its entry does not say that the clock is ${offset}`);
    const said = saidBy(context.osKnows, fact, `takes the hardware clock for ${fact.attributes.offset}`);
    return fact.attributes.offset === offset ? yes(said) : no(said);
  };

const silent: Condition = (context) => (osFact(context, 'clock') ? no('its entry says otherwise') : yes());

export const clockOffsetRule = rule({
  decision: 'clock.offset',
  show: (offset) => offset,
  override: {
    asked: ({ overrides }) => overrides.clock,
    wants: (offset) => [(context) => (osFact(context, 'clock') ? osSays(offset)(context) : yes())],
  },
  alternatives: [
    {
      rule: 'clock.said-local',
      value: 'localtime',
      when: [osSays('localtime')],
      reason: 'the OS reads the hardware clock as local time',
    },
    {
      rule: 'clock.family-local',
      value: 'localtime',
      when: [
        silent,
        given(
          (context) => context.era.traits.localTime === true,
          (context) => `${context.era.name} takes the hardware clock for UTC`,
          (context) => eraFact(context, 'takes the hardware clock for local time'),
        ),
      ],
      reason: 'systems of its family read the hardware clock as local time',
    },
    {
      rule: 'clock.utc',
      value: 'utc',
      when: [],
      reason: 'it knows no summer time and is the same on every host',
    },
  ],
});

type Timers = Choices['clock.timers'];

const pcTimers: Timers = [
  { name: 'rtc', tickPolicy: 'catchup' },
  { name: 'pit', tickPolicy: 'delay' },
  { name: 'hpet', present: false },
];

export const timersRule = rule({
  decision: 'clock.timers',
  show: (timers) =>
    timers.map((timer) => `${timer.name} ${timer.tickPolicy ?? (timer.present === false ? 'off' : 'on')}`).join(', ') ||
    'none',
  alternatives: [
    {
      rule: 'timers.hyperv',
      value: [...pcTimers, { name: 'hypervclock', present: true }],
      when: [onX86, decided('hyperv', (list) => list.length > 0, 'the machine does not look like Hyper-V')],
      reason: 'Windows then reads the time without leaving the guest; missed ticks are made up, HPET costs too much',
    },
    {
      rule: 'timers.pc',
      value: pcTimers,
      when: [onX86],
      reason: 'missed ticks are made up or late rather than lost; HPET costs too much when emulated',
      weakness: 'Windows would leave the guest each time it asks for the time',
    },
    { rule: 'timers.none', value: [], when: [], reason: 'this architecture keeps time by its own counter' },
  ],
});
