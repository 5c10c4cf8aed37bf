// SPDX-License-Identifier: Apache-2.0
import {
  forIntent,
  given,
  hostDomain,
  isQemuMachine,
  knownFact,
  no,
  notForIntent,
  onKvm,
  onX86,
  osFact,
  saidBy,
  yes,
} from '../conditions.js';
import type { Choices, Context } from '../context.js';
import { type Condition, rule } from '../engine.js';
import { x86Levels } from '../host/cpu-levels.js';
import { isProxmox, modelFor, portableLevel } from './cpu-names.js';

const said: Condition = (context) => {
  const fact = osFact(context, 'cpu');
  const baseline = fact?.attributes.baseline;
  if (!fact || baseline === undefined) return no(`${context.osKnows.name} names no processor that it needs`);
  return yes(saidBy(context.osKnows, fact, `needs ${baseline}`));
};

export const baselineOf = (context: Context): string | undefined => osFact(context, 'cpu')?.attributes.baseline;

export const cpuBaselineRule = rule<'cpu.baseline'>({
  decision: 'cpu.baseline',
  show: (baseline) => baseline ?? 'any',
  alternatives: [
    {
      rule: 'cpu.baseline-said',
      label: 'a baseline',
      value: baselineOf,
      when: [said],
      reason: 'on a lesser processor its kernel or its first program stops',
    },
    { rule: 'cpu.baseline-any', value: undefined, when: [], reason: 'no requirement is known' },
  ],
});

type Mode = Choices['cpu.mode'];

const hasPassthrough = given(
  (context) => context.x86 || context.arch === 'aarch64' || context.arch === 'armv7l',
  (context) => `on ${context.arch} the hypervisor's own choice is the usual one`,
);

const described = given(isQemuMachine, 'this hypervisor gives its host’s processor and takes no other word');

const emulated = given(
  (context) => context.virt === 'qemu',
  'the processor is not emulated',
  () => knownFact('the machine is emulated'),
);

/** The host has the mode; one that does not tell, or no host at all, is believed to. */
const hostMode =
  (mode: Mode): Condition =>
  (context) => {
    const modes = hostDomain(context)?.cpu?.modes;
    if (!modes || !context.host) return yes();
    return modes[mode] ? yes(knownFact(`${context.host.name} has ${mode}`)) : no(`${context.host.name} has no ${mode}`);
  };

/** The host says that it has the mode. */
const hostTellsMode =
  (mode: Mode): Condition =>
  (context) =>
    hostDomain(context)?.cpu?.modes[mode]
      ? yes(knownFact(`${context.host!.name} has ${mode}`))
      : no('nothing asks for it');

const namedModel =
  (level: (context: Context) => string): Condition =>
  (context) => {
    const model = modelFor(context, level(context));
    return model === undefined
      ? no(`no named processor of ${level(context)} is known that every such host can be`)
      : yes(knownFact(`${model} is ${level(context)} or more`));
  };

const moves: ReadonlySet<string> = new Set(['http://openstack.org/', 'http://kubevirt.io/']);

const onCloud = given(
  ({ platform }) => [...moves].some((start) => platform.id.startsWith(start)),
  'the platform does not move machines by itself',
);

const needed = (context: Context): string => {
  const baseline = context.chosen('cpu.baseline');
  return x86Levels.find((level) => level === baseline) ?? 'x86-64-v1';
};

const isOld = given(
  ({ os, era }) => era.traits.oneCpu === true || (os.family === 'linux' && era.since < 2007),
  (context) => `${context.era.name} knows processors of this century`,
);

export const cpuModeRule = rule<'cpu.mode'>({
  decision: 'cpu.mode',
  show: (mode) => mode,
  override: {
    asked: ({ overrides: { cpuMode, cpuModel } }) => (cpuModel === undefined ? cpuMode : 'custom'),
    needs: (mode) => [hostMode(mode), ...(mode === 'host-passthrough' ? [onKvm] : [])],
    wants: () => [described],
    waysOut: 'take another mode, or a host that has it',
  },
  alternatives: [
    {
      rule: 'cpu.legacy-safe',
      value: 'custom',
      when: [forIntent('legacy-safe'), onX86, described, isOld],
      reason: 'systems of its time stop on processors that report more than they have room for',
      quiet: true,
    },
    {
      rule: 'cpu.density',
      value: 'custom',
      when: [forIntent('density'), onX86, onKvm, described, hostMode('custom'), namedModel(portableLevel)],
      reason:
        'many small machines are moved between hosts: a processor that all of them can be, and no lesser than the OS needs',
      weakness: 'a named processor withholds what newer ones have',
    },
    {
      rule: 'cpu.density-host-model',
      value: 'host-model',
      when: [forIntent('density'), onX86, onKvm, described, hostMode('host-model')],
      reason:
        'the machine can move to every host with as much as this one, and no named processor is known to do for all',
      quiet: true,
    },
    {
      rule: 'cpu.proxmox',
      value: 'custom',
      when: [
        given(isProxmox, 'other platforms have no processors named by their level'),
        notForIntent('performance wants all that the host has', 'performance'),
        onX86,
        onKvm,
        namedModel(portableLevel),
      ],
      reason: 'Proxmox has processors named by their level, with which a machine can move to every node',
      quiet: true,
    },
    {
      rule: 'cpu.cloud',
      value: 'host-model',
      when: [onCloud, notForIntent('performance wants all that the host has', 'performance'), onX86, onKvm, described],
      reason: 'the platform moves machines between hosts while they run, which needs a processor that is written down',
      quiet: true,
    },
    {
      rule: 'cpu.passthrough',
      value: 'host-passthrough',
      when: [onKvm, hasPassthrough, described, hostMode('host-passthrough')],
      reason: 'all that the host has; a named model would withhold what newer systems require',
      weakness: 'the machine can then move only to hosts with the very same processor',
    },
    {
      rule: 'cpu.host-model',
      value: 'host-model',
      when: [onKvm, described, hostTellsMode('host-model')],
      reason: 'the nearest to the host’s own processor that this host can give',
      quiet: true,
    },
    {
      rule: 'cpu.maximum',
      value: 'maximum',
      when: [emulated, described, hostMode('maximum')],
      reason: 'all that the emulator has, since its plain model lacks what newer systems require',
    },
    {
      rule: 'cpu.named',
      value: 'custom',
      when: [onX86, described, hostTellsMode('custom'), namedModel(needed)],
      reason: 'this host has no other way to give what the OS needs',
      quiet: true,
    },
    { rule: 'cpu.default', value: 'default', when: [], reason: "the hypervisor's own choice for this machine" },
  ],
});

const isCustom: Condition = (context) => (context.chosen('cpu.mode') === 'custom' ? yes() : no('the mode says it all'));

const ruledBy =
  (...intents: readonly ('density' | 'legacy-safe')[]): Condition =>
  (context) =>
    intents.some((intent) => intent === context.intent) ? yes() : no('not for this use');

export const cpuModelRule = rule<'cpu.model'>({
  decision: 'cpu.model',
  show: (model) => model ?? 'none',
  override: {
    asked: ({ overrides }) => overrides.cpuModel,
    needs: (model) => [
      (context) => {
        const models = hostDomain(context)?.cpu?.models ?? [];
        const told = models.find(({ name }) => name === model);
        if (models.length === 0 || (told && told.usable !== false)) return yes();
        return no(`${context.host!.name} ${told ? 'cannot be' : 'does not know'} ${model}`);
      },
    ],
    waysOut: 'take a model that it can be (virsh domcapabilities lists them)',
  },
  alternatives: [
    {
      rule: 'cpu-model.legacy',
      label: 'pentium3',
      value: 'pentium3',
      when: [isCustom, ruledBy('legacy-safe'), isOld],
      reason: 'a processor of the time of which every such system has heard',
      quiet: true,
    },
    {
      rule: 'cpu-model.portable',
      label: 'a named processor',
      value: (context) => modelFor(context, portableLevel(context)),
      when: [isCustom, namedModel(portableLevel)],
      reason: 'the least that reaches the level, so that most hosts can be it',
      quiet: true,
    },
    {
      rule: 'cpu-model.needed',
      label: 'a named processor',
      value: (context) => modelFor(context, needed(context)),
      when: [isCustom, namedModel(needed)],
      reason: 'the least that the OS runs on',
      quiet: true,
    },
    { rule: 'cpu-model.none', value: undefined, when: [], reason: 'the mode names the processor' },
  ],
});
