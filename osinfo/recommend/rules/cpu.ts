// SPDX-License-Identifier: Apache-2.0
import { given, knownFact, no, onKvm, osFact, saidBy, yes } from '../conditions.js';
import type { Context } from '../context.js';
import { contradiction } from '../contradiction.js';
import { type Condition, rule } from '../engine.js';

const hasPassthrough = given(
  (context) => context.x86 || context.arch === 'aarch64' || context.arch === 'armv7l',
  (context) => `on ${context.arch} the hypervisor's own choice is the usual one`,
);

const emulated = given(
  (context) => context.virt === 'qemu',
  'the processor is not emulated',
  () => knownFact('the machine is emulated'),
);

export const cpuModeRule = rule({
  decision: 'cpu.mode',
  show: (mode) => mode,
  alternatives: [
    {
      rule: 'cpu.passthrough',
      value: 'host-passthrough',
      when: [onKvm, hasPassthrough],
      reason: 'all that the host has; a named model would withhold what newer systems require',
    },
    {
      rule: 'cpu.maximum',
      value: 'maximum',
      when: [emulated],
      reason: 'all that the emulator has, since its plain model lacks what newer systems require',
    },
    { rule: 'cpu.default', value: 'default', when: [], reason: "the hypervisor's own choice for this architecture" },
  ],
});

/** x86-64 levels from the least to the greatest. */
const levels = ['x86-64-v1', 'x86-64-v2', 'x86-64-v3', 'x86-64-v4'];

/** What the emulator's `max` model reaches: AVX2 and its kin came with QEMU 7.2, AVX-512 has not come. */
function emulatedLevel(context: Context): string {
  const version = Number.parseFloat(context.platform.version ?? '0');
  return version >= 7.2 ? 'x86-64-v3' : 'x86-64-v2';
}

const said: Condition = (context) => {
  const fact = osFact(context, 'cpu');
  const baseline = fact?.attributes.baseline;
  if (!fact || baseline === undefined) return no(`${context.osKnows.name} names no processor that it needs`);
  return yes(saidBy(context.osKnows, fact, `needs ${baseline}`));
};

const baselineOf = (context: Context): string | undefined => osFact(context, 'cpu')?.attributes.baseline;

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

/**
 * An emulated processor that cannot be what the OS needs. A host's own processor is not known here.
 * @throws InputError naming the OS's need and the emulator's reach
 */
export function checkCpu(context: Context): void {
  const baseline = baselineOf(context);
  if (context.virt !== 'qemu' || baseline === undefined || !context.x86) return;
  const reach = emulatedLevel(context);
  if (levels.indexOf(baseline) <= levels.indexOf(reach)) return;
  const needs = said(context);
  contradiction(
    'cpu',
    needs.holds ? needs.facts[0]! : { text: `${context.osKnows.name} needs ${baseline}` },
    { text: `${context.platformKnows.name} emulates no more than ${reach}` },
    'use KVM on a host that has it, or a newer platform',
  );
}
