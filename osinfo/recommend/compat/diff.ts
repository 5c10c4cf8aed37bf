// SPDX-License-Identifier: Apache-2.0
import type { Os } from '../../model/types.js';
import { recommend } from '../index.js';
import type { Decision, DecisionFact, Recommendation, RecommendInput } from '../types.js';
import { compatRecommendation } from './index.js';
import { standingFact, standingReason } from './standing-facts.js';
import type { CompatInput, CompatVersion } from './types.js';

/** One decision in which our own answer is not virt-install's. */
export interface Difference {
  /** The decision's name, as in `why` of a recommendation. */
  readonly decision: string;
  readonly theirs: string;
  readonly ours: string;
  /** Our rule, its sentence, and the facts that it cites: never none. */
  readonly rule: string;
  readonly reason: string;
  readonly facts: readonly DecisionFact[];
  /** The rule of virt-install and what it goes by. */
  readonly theirRule: string;
  readonly theirReason: string;
}

/** Both answers for an OS, and where they part. */
export interface Comparison {
  readonly ours: Recommendation;
  readonly theirs: Recommendation;
  readonly differences: readonly Difference[];
}

/**
 * What our own recommendation does differently from virt-install, decision by decision, each with the fact that it
 * cites. Both look at the same database and, where one is given, the same host.
 * @throws InputError where either has no answer
 */
export function compareWithCompat(input: RecommendInput, version: CompatVersion): Comparison {
  const ours = recommend(input);
  const theirs = compatRecommendation({ os: input.os, version, arch: ours.arch, ...asked(input) }, input.platform);
  const differences = comparisons.flatMap((one): readonly Difference[] => {
    const [said, theirsSaid] = [one.value(ours), one.value(theirs)];
    return said === theirsSaid ? [] : [difference(one, said, theirsSaid, { ours, theirs, os: input.os })];
  });
  return { ours, theirs, differences };
}

/** What the caller chose, as virt-install is told it. */
function asked({ host, virt, overrides = {} }: RecommendInput): Partial<CompatInput> {
  const { memoryBytes, cpus, storageBytes, firmware } = overrides;
  return {
    ...(host === undefined ? {} : { host }),
    ...(virt === undefined ? {} : { virt }),
    ...(memoryBytes === undefined ? {} : { memoryBytes }),
    ...(cpus === undefined ? {} : { cpus }),
    ...(storageBytes === undefined ? {} : { storageBytes }),
    ...(firmware === undefined ? {} : { uefi: firmware === 'uefi' }),
  };
}

interface Compared {
  readonly decision: string;
  readonly value: (rec: Recommendation) => string;
  /** Decisions that tell why, the nearest first, where it is not the decision itself. */
  readonly told?: readonly string[];
}

const listed = (names: readonly string[]): string => names.join(', ') || 'none';
const onOff = (on: boolean): string => (on ? 'yes' : 'no');
const sizeIn = (bytes: number, unit: 'MiB' | 'GiB'): string =>
  `${Number((bytes / 1024 ** (unit === 'MiB' ? 2 : 3)).toFixed(2))} ${unit}`;

const comparisons: readonly Compared[] = [
  { decision: 'machine', value: ({ machine }) => machine.family },
  { decision: 'firmware.type', value: ({ firmware }) => firmware.type },
  { decision: 'firmware.secureBoot', value: ({ firmware }) => (firmware.secureBoot ? 'on' : 'off') },
  { decision: 'cpu.mode', value: ({ cpu }) => [cpu.mode, cpu.model].filter(Boolean).join(' ') },
  { decision: 'cpu.count', value: ({ cpu }) => String(cpu.count) },
  {
    decision: 'cpu.topology',
    value: ({ cpu: { topology: t } }) => (t.sockets * t.cores === 1 ? '1' : `${t.sockets} × ${t.cores} × ${t.threads}`),
  },
  { decision: 'memoryBytes', value: ({ memoryBytes }) => sizeIn(memoryBytes, 'MiB') },
  { decision: 'storageBytes', value: ({ storageBytes }) => sizeIn(storageBytes, 'GiB') },
  { decision: 'disk', value: ({ disk }) => disk.bus },
  { decision: 'disk.discard', value: ({ disk }) => onOff(disk.discard) },
  { decision: 'disk.detectZeroes', value: ({ disk }) => onOff(disk.detectZeroes), told: ['disk.discard'] },
  { decision: 'disk.iothread', value: ({ disk }) => onOff(disk.iothread) },
  { decision: 'disk.cache', value: ({ disk }) => [disk.cache, disk.io].filter(Boolean).join(' ') },
  { decision: 'cdrom', value: ({ cdrom }) => cdrom.bus },
  { decision: 'nic', value: ({ nic }) => nic.model },
  { decision: 'nic.queues', value: ({ nic }) => String(nic.queues ?? 1) },
  { decision: 'graphics', value: ({ graphics }) => graphics.type },
  { decision: 'video', value: ({ video }) => video.model },
  { decision: 'sound', value: ({ sound }) => sound?.model ?? 'none' },
  { decision: 'usb', value: ({ usb }) => usb?.model ?? 'none' },
  { decision: 'inputs', value: ({ inputs }) => listed(inputs.map(({ type, bus }) => `${type} (${bus})`)) },
  { decision: 'rng', value: ({ rng }) => onOff(rng) },
  { decision: 'balloon', value: ({ balloon }) => onOff(balloon) },
  { decision: 'freePageReporting', value: (rec) => onOff(rec.freePageReporting) },
  { decision: 'vsock', value: ({ vsock }) => onOff(vsock) },
  { decision: 'tpm', value: ({ tpm }) => tpm?.model ?? 'none' },
  { decision: 'watchdog', value: ({ watchdog }) => watchdog?.model ?? 'none' },
  { decision: 'panic', value: ({ panic }) => panic?.model ?? 'none' },
  { decision: 'generationId', value: ({ generationId }) => onOff(generationId ?? false) },
  { decision: 'serialConsole', value: ({ serialConsole }) => onOff(serialConsole) },
  { decision: 'channels', value: ({ channels }) => listed(channels) },
  { decision: 'clock.offset', value: ({ clock }) => clock.offset },
  { decision: 'clock.timers', value: ({ clock }) => listed(clock.timers.map(({ name }) => name)) },
  { decision: 'hyperv', value: ({ hyperv }) => listed(hyperv) },
];

/** The names of all decisions that are compared, in their order. */
export const comparedDecisions: readonly string[] = comparisons.map(({ decision }) => decision);

function difference(
  { decision, told = [] }: Compared,
  ours: string,
  theirs: string,
  both: { readonly ours: Recommendation; readonly theirs: Recommendation; readonly os: Os },
): Difference {
  const ourWhy = whyOf(both.ours, decision, told);
  const theirWhy = whyOf(both.theirs, decision, told);
  const rule = ourWhy?.rule ?? decision;
  const facts = [...(ourWhy?.facts ?? []), ...(theirWhy?.facts ?? [])];
  return {
    decision,
    theirs,
    ours,
    rule,
    reason: ourWhy?.reason ?? standingReason(decision),
    facts: facts.length > 0 ? unrepeated(facts) : [standingFact(rule, decision, both.os)],
    theirRule: theirWhy?.rule ?? 'virt-install.silent',
    theirReason: theirWhy?.reason ?? 'virt-install says nothing of it',
  };
}

function whyOf({ why }: Recommendation, decision: string, told: readonly string[]): Decision | undefined {
  for (const name of [decision, ...told]) {
    const found = why.find((one) => one.decision === name);
    if (found !== undefined) return found;
  }
  return undefined;
}

function unrepeated(facts: readonly DecisionFact[]): readonly DecisionFact[] {
  return [...new Map(facts.map((fact) => [fact.at ?? fact.text, fact])).values()];
}
