// SPDX-License-Identifier: Apache-2.0
import { hostDomain, osFact, saidBy } from '../conditions.js';
import type { Context } from '../context.js';
import { contradiction, sayFact } from '../contradiction.js';
import { compareLevels, levelOfModel } from '../host/cpu-levels.js';
import type { DecisionFact } from '../types.js';

/** What the guest's processor reaches, and who says so. */
interface Reach {
  readonly level: string;
  readonly fact: DecisionFact;
  readonly waysOut: string;
}

/**
 * A processor that cannot be what the OS needs. Without a host its processor is not known, and nothing is said.
 * @throws InputError naming the OS's need and the processor's reach; a model that was asked for is only warned of
 */
export function checkCpu(context: Context): void {
  const said = osFact(context, 'cpu');
  const baseline = said?.attributes.baseline;
  if (!said || baseline === undefined || !context.x86) return;
  const needs = saidBy(context.osKnows, said, `needs ${baseline}`);
  const { cpuModel } = context.overrides;
  if (cpuModel !== undefined) {
    const level = levelOfModel(cpuModel);
    if (level !== undefined && (compareLevels(level, baseline) ?? 0) < 0)
      context.warn(`${cpuModel} was asked for, which is ${level}, but ${sayFact(needs)}`);
    return;
  }
  const reach = reachOf(context);
  if (reach && (compareLevels(reach.level, baseline) ?? 0) < 0) contradiction('cpu', needs, reach.fact, reach.waysOut);
}

function reachOf(context: Context): Reach | undefined {
  const { virt, host } = context;
  const mode = context.chosen('cpu.mode');
  const model = context.chosen('cpu.model');
  const lesser = 'or an OS that is built for less';
  if (mode === 'custom' && model !== undefined) {
    const level = levelOfModel(model);
    return level === undefined
      ? undefined
      : { level, fact: { text: `${model} is ${level}` }, waysOut: `take a host with more, ${lesser}` };
  }
  if (virt === 'qemu') {
    const told = host && hostDomain(context)?.cpu?.hostModel?.level;
    const level = told ?? emulatedLevel(context);
    const who = told === undefined ? context.platformKnows.name : host!.name;
    return {
      level,
      fact: { text: `${who} emulates no more than ${level}` },
      waysOut: 'use KVM on a host that has it, or a newer platform',
    };
  }
  if (!host) return undefined;
  const told = hostDomain(context)?.cpu?.hostModel;
  const level = told?.level ?? host.cpu?.level;
  if (level === undefined) return undefined;
  const own = told?.model ?? host.cpu?.model;
  // A host that is itself a guest, or a libvirt that hides features, has less than the name of its processor says.
  const withheld = told?.features.filter(({ policy }) => policy === 'disable').length ?? 0;
  const without = withheld > 0 && own !== undefined && level !== levelOfModel(own);
  const name = without ? `${own} with ${withheld} features withheld` : own;
  const emulator = emulatedLevel(context);
  const canEmulate = (compareLevels(emulator, context.chosen('cpu.baseline') ?? '') ?? -1) >= 0;
  return {
    level,
    fact: { text: `the processor of ${host.name}${name === undefined ? '' : ` (${name})`} is only ${level}` },
    waysOut: `take a host with a newer processor, ${lesser}${canEmulate ? ', or emulate one, slowly, with --virt qemu' : ''}`,
  };
}

/** What the emulator's `max` model reaches: AVX2 and its kin came with QEMU 7.2 (RHEL 9.2), AVX-512 has not come. */
function emulatedLevel({ platform }: Context): string {
  const since = platform.id.startsWith('http://redhat.com/') ? 9.2 : 7.2;
  return Number.parseFloat(platform.version ?? '0') >= since ? 'x86-64-v3' : 'x86-64-v2';
}
