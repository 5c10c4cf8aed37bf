// SPDX-License-Identifier: Apache-2.0
import { eraFact, forIntent, given, knownFact, no, saidBy, yes } from '../conditions.js';
import { type Context, chosenOffer } from '../context.js';
import { type Alternative, type Condition, rule } from '../engine.js';
import { type SizeKey, type SizeKind, showBytes, sizeOf } from '../sizes.js';

const GiB = 1024 ** 3;

/** How one quantity is worked out when its entry says too little. */
interface Quantity {
  readonly key: SizeKey;
  readonly name: string;
  /** A minimum is doubled up to this, and beyond it taken as it is. */
  readonly roomy: number;
  readonly customary: (context: Context) => number;
  readonly required: (context: Context) => number | undefined;
  readonly show: (value: number) => string;
}

const memory: Quantity = {
  key: 'ramBytes',
  name: 'memory',
  roomy: 4 * GiB,
  customary: (context) => context.era.memoryBytes,
  required: (context) => context.requires.memoryBytes,
  show: showBytes,
};

const storage: Quantity = {
  key: 'storageBytes',
  name: 'storage',
  roomy: 40 * GiB,
  customary: (context) => context.era.storageBytes,
  required: (context) => context.requires.storageBytes,
  show: showBytes,
};

const cpus: Quantity = {
  key: 'nCpus',
  name: 'cpu',
  // One CPU makes a guest stutter whenever it works in the background; a second costs nothing while idle.
  roomy: 2,
  customary: (context) => (context.era.traits.oneCpu ? 1 : 2),
  required: (context) => context.requires.cpus,
  show: (value) => String(value),
};

const said =
  (quantity: Quantity, kind: SizeKind): Condition =>
  (context) => {
    const size = sizeOf(context, kind, quantity.key);
    return size ? yes(size.fact) : no(`its entry has no ${kind} ${quantity.name} for ${context.arch}`);
  };

const saidValue = (quantity: Quantity, kind: SizeKind, context: Context): number | undefined =>
  sizeOf(context, kind, quantity.key)?.value;

/** Twice the minimum, within reason; a system that cannot use two CPUs gets one. */
function roomier(quantity: Quantity, context: Context): number {
  const minimum = saidValue(quantity, 'minimum', context) ?? 0;
  const doubled = Math.max(minimum, Math.min(2 * minimum, quantity.roomy));
  return quantity.key === 'nCpus' ? Math.max(minimum, quantity.customary(context)) : doubled;
}

/** What would be taken if the caller's use asked for nothing. */
const unasked = (quantity: Quantity, context: Context): number =>
  saidValue(quantity, 'recommended', context) ??
  (saidValue(quantity, 'minimum', context) === undefined ? quantity.customary(context) : roomier(quantity, context));

function alternatives(quantity: Quantity, special: readonly Alternative<number>[] = []): Alternative<number>[] {
  const { name } = quantity;
  return [
    {
      rule: `${name}.required`,
      label: 'what is asked for at least',
      value: (context) => quantity.required(context)!,
      when: [
        given(
          (context) => (quantity.required(context) ?? 0) > unasked(quantity, context),
          'nothing more is asked for',
          (context) => knownFact(`at least ${quantity.show(quantity.required(context)!)} was asked for`),
        ),
      ],
      reason: 'more than the OS itself would have been given',
      quiet: true,
    },
    ...special,
    {
      rule: `${name}.recommended`,
      label: 'the recommended',
      value: (context) => saidValue(quantity, 'recommended', context)!,
      when: [said(quantity, 'recommended')],
      reason: 'what its vendor recommends',
    },
    {
      rule: `${name}.roomier-than-minimum`,
      label: 'twice the minimum',
      value: (context) => roomier(quantity, context),
      weakness: 'worked out from the minimum alone, where its vendor recommends something',
      when: [said(quantity, 'minimum')],
      reason: (context) =>
        roomier(quantity, context) === saidValue(quantity, 'minimum', context)
          ? 'only a minimum is known, and it is ample'
          : 'only a minimum is known; with twice as much it is at ease',
    },
    {
      rule: `${name}.family`,
      value: quantity.customary,
      when: [
        given(
          () => true,
          '',
          (context) => eraFact(context, `is at ease with ${quantity.show(quantity.customary(context))}`),
        ),
      ],
      reason: 'its entry says nothing; this is what systems of its family and time are at ease with',
    },
  ];
}

/** What an installation from the network needs, where it is more than the installed system does. */
const installs = (context: Context): number => context.resources.networkInstall.ramBytes?.value ?? 0;

const networkInstall: Alternative<number> = {
  rule: 'memory.network-install',
  value: installs,
  when: [
    given(({ media }) => media?.networkInstall === true, 'the medium brings all that is installed'),
    (context) => {
      const answer = context.resources.networkInstall.ramBytes;
      if (!answer || answer.value <= unasked(memory, context)) return no('the installer needs no more than the system');
      return yes(
        saidBy(
          context.osKnows,
          answer,
          `needs ${showBytes(answer.value)} of memory for an installation from the network`,
        ),
      );
    },
  ],
  reason: 'the installer keeps in memory what it has fetched; less may do when the system is installed',
  quiet: true,
};

/** The least that the vendor allows, for machines of which there are to be many. */
const minimumOf = (quantity: Quantity): Alternative<number> => ({
  rule: `${quantity.name}.minimum`,
  value: (context) => saidValue(quantity, 'minimum', context)!,
  when: [forIntent('density'), said(quantity, 'minimum')],
  reason: 'the least that its vendor allows, so that many such machines have room on a host',
  quiet: true,
});

const deskBytes = 4 * GiB;

const desktop: Alternative<number> = {
  rule: 'memory.desktop',
  value: deskBytes,
  when: [
    forIntent('desktop'),
    given(
      (context) => context.os.family === 'linux' && context.era.traits.modernVirtio === true && context.arch !== 'i686',
      'only the desktops of present systems are so large',
    ),
    given((context) => unasked(memory, context) < deskBytes, 'it has as much already'),
  ],
  reason: 'a desktop and a browser of today have room in it',
  quiet: true,
};

export const memoryRule = rule({
  decision: 'memoryBytes',
  show: showBytes,
  override: { asked: (context) => context.overrides.memoryBytes },
  alternatives: alternatives(memory, [networkInstall, minimumOf(memory), desktop]),
});

export const storageRule = rule({
  decision: 'storageBytes',
  show: showBytes,
  override: { asked: (context) => context.overrides.storageBytes },
  alternatives: alternatives(storage),
});

/** The platform's machine starts with no more CPUs than this. */
const machineCarries =
  (count: number): Condition =>
  (context) => {
    const { maxCpus, family } = chosenOffer(context);
    return maxCpus === undefined || count <= maxCpus
      ? yes()
      : no(`the ${family} machine of ${context.platformKnows.name} has at most ${maxCpus} CPUs`);
  };

export const cpuCountRule = rule({
  decision: 'cpu.count',
  show: (count) => String(count),
  override: {
    asked: (context) => context.overrides.cpus,
    needs: (count) => [machineCarries(count)],
    waysOut: 'take fewer, or another machine or platform',
  },
  alternatives: alternatives(cpus, [minimumOf(cpus)]),
});
