// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../../osinfo/errors.js';
import type { Db, Os, Platform } from '../../osinfo/model/types.js';
import { deploymentFor } from '../../osinfo/recommend/deployment.js';
import { idsOf, type ModelKey, models } from '../../osinfo/recommend/devices.js';
import { recommend } from '../../osinfo/recommend/index.js';
import type { Decision, Overrides, Recommendation, RecommendInput } from '../../osinfo/recommend/types.js';
import { maybe, quoted } from './said.js';
import type { LostFact, MachineDescription } from './types.js';
import { familyOf, type Wish, wishesOf } from './wishes.js';

/** What a description is made a recommendation of, and for whom. */
export interface ConversionQuestion {
  readonly machine: MachineDescription;
  readonly os: Os;
  readonly arch?: string;
  readonly platform: Platform;
  readonly db: Db;
  /** Machines that the target has words for: the first that can be had is taken where the usual one cannot. */
  readonly families: ReadonlySet<string>;
  /** Throws InputError for a machine that the target has no words for. */
  readonly accepts: (recommendation: Recommendation) => void;
}

/**
 * The machine of a description on a platform: everything that it says and that can be had there is kept, what cannot be
 * had is recommended and told. `why` names the line of each thing that is kept.
 * @throws InputError where not even memory, processors and firmware can be had there
 */
export function toRecommendation(question: ConversionQuestion): {
  readonly recommendation: Recommendation;
  /** Decisions that are the source's. */
  readonly said: readonly string[];
  readonly lost: readonly LostFact[];
} {
  const { machine, accepts } = question;
  const lost: LostFact[] = [];
  const kept: Wish[] = fixedOf(machine);
  let overrides: Overrides = Object.assign({}, ...kept.map((wish) => wish.overrides));
  const input = inputOf(question);
  let current: Recommendation;
  [current, overrides] = begin(question, input, overrides);
  for (const wish of wishesOf(machine)) {
    const wider = { ...overrides, ...wish.overrides };
    try {
      const next = recommend({ ...input, overrides: wider });
      accepts(withController(next, question));
      [current, overrides] = [next, wider];
      kept.push(wish);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      // What is declined and cannot be declined there is there by itself.
      lost.push({ line: wish.line, text: `${wish.what} ${wish.value}: ${reasonOf(error)}${instead(current, wish)}` });
    }
  }
  const recommendation = withController(current, question);
  if (recommendation.firmware.type === 'none')
    lost.push({
      line: machine.firmware.line,
      text: `firmware ${machine.firmware.value}: it has none, and its host starts a kernel`,
    });
  if (kept.some(({ decisions }) => decisions.includes('machine'))) lost.push(...pinned(machine));
  lost.push(...otherController(recommendation, machine));
  return {
    said: kept.flatMap(({ decisions }) => decisions),
    recommendation: { ...recommendation, why: asTheSourceSays(recommendation.why, kept, machine) },
    lost,
  };
}

/** What disks are on where the target has no word for what is recommended: best known to systems first. */
const BUSES = ['virtio', 'scsi', 'sata', 'nvme'] as const;

/**
 * The usual machine of the platform, or the first other that starts from the firmware (the first generation of Hyper-V's
 * has a BIOS, and the second has none), or one without firmware, whose kernel the host starts.
 * @throws InputError with the source's place, saying why the usual one cannot be had
 */
function begin(
  question: ConversionQuestion,
  input: Omit<RecommendInput, 'overrides'>,
  overrides: Overrides,
): [Recommendation, Overrides] {
  const { machine, families, accepts } = question;
  const { firmware: _, ...withoutFirmware } = overrides;
  const machines = [overrides, ...[...families].map((family) => ({ ...overrides, machine: family }))];
  const bare = [withoutFirmware, ...BUSES.map((diskBus) => ({ ...withoutFirmware, diskBus }))];
  const candidates: readonly Overrides[] = [
    ...machines,
    ...BUSES.map((diskBus) => ({ ...overrides, diskBus })),
    ...bare,
  ];
  let first: InputError | undefined;
  for (const candidate of candidates) {
    try {
      const made = recommend({ ...input, overrides: candidate });
      accepts(withController(made, question));
      if (candidate.firmware !== undefined || made.firmware.type === 'none') return [made, candidate];
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      first ??= error;
    }
  }
  const at = { file: machine.file, line: machine.firmware.line };
  throw new InputError('convert-machine', first!.message, at, { cause: first });
}

/** What no target may change: what is installed starts from no other firmware, whatever its entry says. */
function fixedOf({ memoryBytes, cpus, firmware }: MachineDescription): Wish[] {
  const wish = (what: string, decision: string, said: { value: number; line: number } | undefined, key: string) =>
    said === undefined
      ? []
      : [{ what, value: String(said.value), decisions: [decision], overrides: { [key]: said.value }, line: said.line }];
  return [
    ...wish('memory', 'memoryBytes', memoryBytes, 'memoryBytes'),
    ...wish('processors', 'cpu.count', cpus, 'cpus'),
    {
      what: 'firmware',
      value: firmware.value,
      decisions: ['firmware.type'],
      overrides: { firmware: firmware.value },
      line: firmware.line,
    },
  ];
}

function inputOf({ machine, os, arch, platform, db }: ConversionQuestion): Omit<RecommendInput, 'overrides'> {
  const deployment = deploymentFor(db, os, platform);
  return {
    os,
    platform,
    ...maybe('arch', arch ?? machine.arch?.value),
    // What is installed starts from the firmware that it was installed with, and has drivers for what it ran with.
    image: {
      firmware: [machine.firmware.value],
      secureBoot: machine.secureBoot?.value === true,
      drivers: driversOf(machine),
    },
    ...maybe('deployment', deployment),
  };
}

const BUS_MODELS: Readonly<Record<string, readonly ModelKey[]>> = {
  virtio: ['virtioBlock'],
  sata: ['ahci'],
  ide: ['ide'],
  nvme: ['nvme'],
  xen: ['xenVbd'],
};

const CONTROLLER_MODELS: Readonly<Record<string, ModelKey>> = {
  'virtio-scsi': 'virtioScsi',
  vmpvscsi: 'pvscsi',
  lsisas1068: 'lsiSas',
  lsilogic: 'lsiLogic',
};

function driversOf({ disks, nics }: MachineDescription): string[] {
  const keys = new Set<ModelKey>();
  for (const { bus, controller } of disks) {
    for (const key of BUS_MODELS[bus ?? ''] ?? []) keys.add(key);
    const own = CONTROLLER_MODELS[controller ?? ''];
    if (own !== undefined) keys.add(own);
  }
  const cards = (Object.keys(models) as ModelKey[]).filter((key) => models[key].class === 'net');
  for (const { model } of nics) {
    const card = cards.find((key) => models[key].name === model);
    if (card !== undefined) keys.add(card);
  }
  return [...keys].flatMap((key) => [...new Set([...idsOf(models[key], false), ...idsOf(models[key], true)])]);
}

/** The very controller of the source where the platform has it: Windows does not start from another. */
function withController(rec: Recommendation, { machine, platform }: ConversionQuestion): Recommendation {
  const wanted = machine.disks.find(({ bus }) => bus === 'scsi')?.controller;
  const key = CONTROLLER_MODELS[wanted ?? ''];
  if (rec.disk.bus !== 'scsi' || wanted === undefined || key === undefined || rec.disk.controller === wanted)
    return rec;
  const ids = [...idsOf(models[key], false), ...idsOf(models[key], true)];
  const device = platform.allDeviceLinks.find(({ target }) => ids.includes(target))?.target;
  return device === undefined ? rec : { ...rec, disk: { ...rec.disk, controller: wanted, device } };
}

function otherController({ disk }: Recommendation, machine: MachineDescription): LostFact[] {
  const first = machine.disks.find(({ bus }) => bus === 'scsi');
  if (disk.bus !== 'scsi' || first?.controller === undefined || first.controller === disk.controller) return [];
  return [
    {
      line: first.line,
      text: `SCSI controller ${quoted(first.controller)}: it has ${disk.controller ?? 'another'} instead, for which the guest needs a driver`,
    },
  ];
}

/** A version of a machine is one of its host's QEMU: the family is what is carried. */
function pinned({ machine }: MachineDescription): LostFact[] {
  if (machine === undefined || familyOf(machine.value) === machine.value) return [];
  const text = `the version of its machine, ${quoted(machine.value)}: it is the newest that its host has`;
  return [{ line: machine.line, text }];
}

/** The half of a contradiction that says what is not there. */
function reasonOf(error: InputError): string {
  const but = error.message.indexOf(', but ');
  const text = but < 0 ? error.message : error.message.slice(but + ', but '.length);
  const end = text.lastIndexOf('; ');
  return end < 0 ? text : text.slice(0, end);
}

function instead(rec: Recommendation, { decisions }: Wish): string {
  const decision = rec.why.find((one) => decisions.includes(one.decision));
  if (decision === undefined || decision.value === '') return '';
  const driver =
    decision.decision === 'disk' || decision.decision === 'nic' ? ', for which the guest needs a driver' : '';
  return `; it has ${decision.value} instead${driver}`;
}

function asTheSourceSays(
  why: readonly Decision[],
  kept: readonly Wish[],
  { file }: MachineDescription,
): readonly Decision[] {
  return why.map((one) => {
    const wish = kept.find(({ decisions }) => decisions.includes(one.decision));
    if (wish === undefined || !one.rule.endsWith('.override')) return one;
    const fact = { text: `the source says ${wish.what} ${wish.value}`, at: `${file}:${wish.line}` };
    return { ...one, reason: 'as the source says', facts: [fact, ...one.facts] };
  });
}
