// SPDX-License-Identifier: Apache-2.0
import { decided, forIntent, given, knownFact, no, onKvm, onQemu, yes } from '../conditions.js';
import type { Context } from '../context.js';
import { type Condition, rule } from '../engine.js';
import { showBytes, sizeOf } from '../sizes.js';

const MiB = 1024 ** 2;
const GiB = 1024 ** 3;

/** What the vendor recommends, or twice what the machine starts with. */
function roof(context: Context): number {
  const most = context.era.traits.memoryLimitBytes ?? sizeOf(context, 'maximum', 'ramBytes')?.value;
  const wanted = sizeOf(context, 'recommended', 'ramBytes')?.value ?? 2 * context.chosen('memoryBytes');
  return Math.min(wanted, most ?? Number.POSITIVE_INFINITY);
}

const mayGrow: Condition = (context) =>
  roof(context) > context.chosen('memoryBytes')
    ? yes(knownFact(`it is at ease with ${showBytes(roof(context))}`))
    : no('it has all that is recommended from the start');

const above =
  (value: number | undefined): Condition =>
  (context) =>
    (value ?? 0) >= context.chosen('memoryBytes')
      ? yes()
      : no(`the machine starts with ${showBytes(context.chosen('memoryBytes'))}`);

export const maximumMemoryRule = rule<'memory.maximumBytes'>({
  decision: 'memory.maximumBytes',
  show: (bytes) => (bytes === undefined ? 'none' : showBytes(bytes)),
  override: {
    asked: ({ overrides }) => overrides.maximumMemoryBytes,
    needs: (bytes) => [above(bytes)],
    waysOut: 'say a maximum above the memory',
  },
  alternatives: [
    {
      rule: 'memory-maximum.density',
      label: 'up to the recommended',
      value: roof,
      when: [
        forIntent('density'),
        onQemu,
        decided('balloon', (on) => on, 'without a balloon it cannot shrink again'),
        mayGrow,
      ],
      reason: 'it starts small, and the host lets its balloon go where it needs more',
    },
    { rule: 'memory-maximum.none', value: undefined, when: [], reason: 'memory stays as it is while the machine runs' },
  ],
});

const pages = { '2M': 2 * MiB, '1G': GiB } as const;

/** The host's processor has such pages; one that does not tell is believed to have those of 2 MiB. */
const hostHas =
  (size: '2M' | '1G'): Condition =>
  ({ host }) => {
    const told = host?.pageBytes;
    if (told === undefined) return size === '2M' ? yes() : no('no host says that it has pages of 1 GiB');
    return told.includes(pages[size])
      ? yes(knownFact(`${host!.name} has pages of ${showBytes(pages[size])}`))
      : no(`${host!.name} has no pages of ${showBytes(pages[size])}`);
  };

const whole =
  (size: '2M' | '1G'): Condition =>
  (context) =>
    context.chosen('memoryBytes') % pages[size] === 0
      ? yes()
      : no(`the memory is no multiple of ${showBytes(pages[size])}`);

const wide = given(
  ({ arch }) => arch === 'x86_64' || arch === 'aarch64',
  (context) => `on ${context.arch} nothing is known of them`,
);

const undeclined: Condition = ({ overrides }) => (overrides.hugepages === false ? no('they were declined') : yes());

export const hugepagesRule = rule<'memory.hugepages'>({
  decision: 'memory.hugepages',
  show: (size) => size ?? 'none',
  override: {
    asked: ({ overrides: { hugepages } }) => (hugepages === false ? undefined : hugepages),
    needs: (size) => (size === undefined ? [] : [onQemu, whole(size), hostHas(size)]),
    waysOut: 'take the other size, or memory that is a multiple of it',
  },
  alternatives: [
    {
      rule: 'hugepages.1g',
      value: '1G',
      when: [
        undeclined,
        forIntent('performance'),
        onQemu,
        onKvm,
        wide,
        given(
          (context) => context.chosen('memoryBytes') >= 16 * GiB,
          'with less than 16 GiB pages of 2 MiB do as well',
        ),
        whole('1G'),
        hostHas('1G'),
      ],
      reason: 'of so much memory even pages of 2 MiB are many to look up',
    },
    {
      rule: 'hugepages.2m',
      value: '2M',
      when: [undeclined, forIntent('performance'), onQemu, onKvm, wide, whole('2M'), hostHas('2M')],
      reason: 'the processor looks up fewer pages, in the guest’s tables and in the host’s',
      weakness: 'the host has to set the pages aside before the machine starts',
    },
    {
      rule: 'hugepages.none',
      value: undefined,
      when: [],
      reason: 'memory need not be set aside; the host makes huge pages by itself where it can',
    },
  ],
});
