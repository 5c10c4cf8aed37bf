// SPDX-License-Identifier: Apache-2.0
import type { Fact } from '../model/types.js';
import { type Choices, type Context, chosenOffer, virtioIsModern } from './context.js';
import { type DeviceModel, idsOf, type ModelKey, models, shortDeviceId } from './devices.js';
import type { Condition, Verdict } from './engine.js';
import { domainFor, domainHas } from './host/questions.js';
import type { HostDomain } from './host/types.js';
import { factsFor, type Knowledge, linkOf } from './knowledge.js';
import type { MachineOffer } from './machines.js';
import type { DecisionFact, Intent } from './types.js';

// The words that rules are written in: each makes a condition, which answers with the facts it stands on.

export const yes = (...facts: readonly DecisionFact[]): Verdict => ({ holds: true, facts });
export const no = (against: string | DecisionFact): Verdict => ({
  holds: false,
  against: typeof against === 'string' ? { text: against } : against,
});

/** Something said in an entity: a link, a firmware, a fact, resources. */
type Said = Pick<Fact, 'from' | 'origin'>;

/** A fact with the place that says it, and from whom the entity has it. */
export function saidBy(owner: Knowledge, said: Said, text: string): DecisionFact {
  const from = said.from === owner.id ? {} : { from: said.from };
  return { text: `${owner.name} ${text}`, at: `${said.origin.file}:${said.origin.line}`, ...from };
}

/** A fact that is known here, or given by the caller, and not from the database. */
export const knownFact = (text: string): DecisionFact => ({ text });

export const eraFact = (context: Context, text: string): DecisionFact =>
  knownFact(`family default: ${context.era.name} ${text}`);

/** PCs as QEMU builds them. Of other hypervisors' machines the platform's own list says everything. */
export const isQemuPc = ({ family }: Choices['machine']): boolean => family === 'q35' || family === 'pc';

const hasPci = ({ bus }: MachineOffer): boolean => bus === undefined || bus === 'pci' || bus === 'pcie';

/** What such a machine is built with, and no device list needs to name. */
const builtInto = (pcie: boolean): readonly ModelKey[] => (pcie ? ['ahci', 'ps2Mouse'] : ['ide', 'ps2Mouse']);

// Entities never change, and an administrator's question goes through the same devices as the one before it.
const remembered = new WeakMap<Knowledge, Map<string, Verdict>>();

function remember(owner: Knowledge, question: string, answer: () => Verdict): Verdict {
  const known = remembered.get(owner) ?? new Map<string, Verdict>();
  remembered.set(owner, known);
  const before = known.get(question);
  if (before) return before;
  const verdict = answer();
  known.set(question, verdict);
  return verdict;
}

/** The platform has the device, by its own list or because the chosen machine is built with it. */
export function platformHas(key: ModelKey): Condition {
  return (context) => {
    const { arch, host, platformKnows } = context;
    const question = `${key} in ${context.chosen('machine').family} of ${arch}`;
    const said = remember(platformKnows, question, () => platformOffers(context, key));
    const told = host && said.holds ? domainHas(hostDomain(context), key) : undefined;
    if (told === undefined) return said;
    if (!told) return no(`${host!.name} has no ${models[key].name}`);
    return yes(...(said.holds ? said.facts : []), knownFact(`${host!.name} has it`));
  };
}

function platformOffers(context: Context, key: ModelKey): Verdict {
  const machine = context.chosen('machine');
  const model: DeviceModel = models[key];
  if (context.x86 && isQemuPc(machine) && builtInto(machine.pcie).includes(key))
    return yes(knownFact(`the ${machine.family} machine has ${model.name} built in`));
  const link = linkOf(context.platformKnows, model, virtioIsModern(context));
  if (!link) return no(`${context.platformKnows.name} does not offer ${model.name}`);
  // The list is that of all its machines. Virtio stands in it by its PCI ids, whatever carries it.
  const needsPci = link.target.includes('/pci/') && !link.target.includes('/1af4/');
  if (needsPci && !hasPci(chosenOffer(context))) return no(`the ${machine.family} machine has no PCI devices`);
  return yes(saidBy(context.platformKnows, link, `offers ${nameOf(link.device.name, model, link.target)}`));
}

/** What the host gives to such a machine; undefined where no host was given, or it does not tell. */
export function hostDomain(context: Context): HostDomain | undefined {
  const family = context.has('machine') ? context.chosen('machine').family : undefined;
  return domainFor(context.host, context.arch, context.virt, family);
}

const nameOf = (said: string | undefined, model: DeviceModel, id: string): string =>
  `${said ?? model.name} (${shortDeviceId(id)})`;

/**
 * The OS's entry, or the image, names a driver that binds to the device where it stands.
 * @param modernVirtio where it is to stand; what the chosen machine has when it is left out
 */
export function osLists(key: ModelKey, modernVirtio?: boolean): Condition {
  return (context) => {
    const modern = modernVirtio ?? virtioIsModern(context);
    const answer = (): Verdict => lists(context, key, modern);
    return context.image ? answer() : remember(context.osKnows, `lists ${key} ${modern}`, answer);
  };
}

function lists(context: Context, key: ModelKey, modern: boolean): Verdict {
  const model: DeviceModel = models[key];
  const link = linkOf(context.osKnows, model, modern);
  if (link) return yes(saidBy(context.osKnows, link, `drives ${nameOf(link.device.name, model, link.target)}`));
  const ids = idsOf(model, modern);
  const brought = context.image?.drivers?.find((id) => ids.includes(id));
  if (brought) return yes(knownFact(`the image has a driver for ${nameOf(undefined, model, brought)}`));
  return no(`${context.osKnows.name} lists no driver for ${nameOf(undefined, model, ids[0]!)}`);
}

/**
 * Systems of the OS's family and time have the driver, and its entry is silent. An entry that names the device by the
 * ids it shows in other machines is not silent: it means that the driver does not bind here.
 */
export function familyDrives(key: ModelKey): Condition {
  return (context) => {
    const modern = virtioIsModern(context);
    return remember(context.osKnows, `by custom ${key} ${modern}`, () => customary(context, key, modern));
  };
}

function customary(context: Context, key: ModelKey, modern: boolean): Verdict {
  const { era, osKnows } = context;
  const model: DeviceModel = models[key];
  const refused = model.ids.concat(model.pcieIds ?? []).map((id) => osKnows.refused.get(id));
  const refusal = refused.find((link) => link !== undefined);
  if (refusal) return no(saidBy(osKnows, refusal, `does not drive ${model.name}`));
  const elsewhere = model.pcieIds && linkOf(osKnows, model, !modern);
  if (elsewhere)
    return no(saidBy(osKnows, elsewhere, `drives ${model.name} only as ${shortDeviceId(elsewhere.target)}`));
  const binds = !model.pcieIds || !modern || era.traits.modernVirtio === true;
  if (era.drivers.has(key) && binds) return yes(eraFact(context, `drives ${model.name}`));
  return no(`${osKnows.name} lists no driver for ${model.name}, and ${era.name} is not known for one`);
}

/** Both sides have the device by what the database says. */
export const both = (key: ModelKey): readonly Condition[] => [osLists(key), platformHas(key)];

/** The platform has the device, and the OS drives it by the custom of its family. */
export const byFamily = (key: ModelKey): readonly Condition[] => [familyDrives(key), platformHas(key)];

/** The id by which the platform, else the OS, names the device in the chosen machine. */
export function deviceId(context: Context, key: ModelKey): string {
  const model: DeviceModel = models[key];
  const modern = virtioIsModern(context);
  const link = linkOf(context.platformKnows, model, modern) ?? linkOf(context.osKnows, model, modern);
  return link?.target ?? idsOf(model, modern)[0]!;
}

/** An earlier decision came out so. */
export function decided<K extends keyof Choices>(
  decision: K,
  test: (value: Choices[K]) => boolean,
  because: string,
): Condition {
  return (context) => (test(context.chosen(decision)) ? yes() : no(because));
}

/** Something of the question, or of the system's family, that no entry says. */
export function given(
  test: (context: Context) => boolean,
  because: string | ((context: Context) => string),
  fact?: (context: Context) => DecisionFact,
): Condition {
  return (context) => {
    if (!test(context)) return no(typeof because === 'string' ? because : because(context));
    return fact ? yes(fact(context)) : yes();
  };
}

export const onX86: Condition = given(
  (context) => context.x86,
  (context) => `not on ${context.arch}`,
);
export const onKvm: Condition = given(
  (context) => context.virt === 'kvm',
  'it needs KVM, and this machine is emulated',
);

/** The OS's own fact of a name, nearest entity first: `secure-boot`, `tpm`, `cpu`. */
export const osFact = (context: Context, name: string): Fact | undefined =>
  factsFor(context.osKnows, name, context.arch)[0];

/** The platform's `feature` fact of a name: `tpm`, `secure-boot`, `hyperv`. */
export function featureOf(context: Context, name: string): Fact | undefined {
  const features = factsFor(context.platformKnows, 'feature', context.arch);
  return features.find((fact) => fact.attributes.name === name);
}

export function platformFeature(name: string, words: string): Condition {
  return (context) => {
    const fact = featureOf(context, name);
    if (!fact) return no(`${context.platformKnows.name} does not offer ${words} on ${context.arch}`);
    return yes(saidBy(context.platformKnows, fact, `offers ${words}`));
  };
}

/** The OS drives it, by its entry, its image or the custom of its family. */
export const osDrives =
  (key: ModelKey): Condition =>
  (context) => {
    const listed = osLists(key)(context);
    if (listed.holds) return listed;
    const custom = familyDrives(key)(context);
    return custom.holds ? custom : listed;
  };

/** Not where a PC is to have nothing but what every system drives. */
export const notLegacyPc = (because: string): Condition =>
  given(({ intent, x86 }) => intent !== 'legacy-safe' || !x86, because);

/** The machine is for one of these uses, as the caller said. */
export const forIntent =
  (...intents: readonly Intent[]): Condition =>
  ({ intent }) =>
    intent !== undefined && intents.includes(intent)
      ? yes(knownFact(`the machine is for ${intent}`))
      : no(`only with --intent ${intents.join(' or ')}`);

/** The machine is for none of these uses. */
export const notForIntent =
  (because: string, ...intents: readonly Intent[]): Condition =>
  ({ intent }) =>
    intent !== undefined && intents.includes(intent) ? no(because) : yes();

const qemuFamilies: ReadonlySet<string> = new Set(['q35', 'pc', 'virt', 'pseries', 's390-ccw-virtio']);

/** One of QEMU's machines, whoever manages it: it takes what is said of threads, queues and processors. */
export const isQemuMachine = (context: Context): boolean => qemuFamilies.has(context.chosen('machine').family);

export const onQemu: Condition = given(isQemuMachine, 'the hypervisor does not leave that to the description');

/** The version of QEMU, where the platform is QEMU itself; other platforms hide it. */
export function qemuVersion({ platform }: Context): number | undefined {
  if (!platform.id.startsWith('http://qemu.org/qemu/')) return undefined;
  const [major, minor] = (platform.version ?? '').split('.').map(Number);
  return major === undefined || Number.isNaN(major) ? undefined : major * 100 + (minor ?? 0);
}

/** QEMU of the platform is at least of this version, or the platform is another, which keeps up to date. */
export const sinceQemu = (major: number, minor: number): Condition =>
  given(
    (context) => (qemuVersion(context) ?? Number.POSITIVE_INFINITY) >= major * 100 + minor,
    `QEMU before ${major}.${minor} does not have it`,
  );

/** What is never anything but a desktop, or was asked to be one. */
export function isDesktop({ intent, era, os }: Context): boolean {
  if (intent !== undefined) return intent === 'desktop';
  return era.traits.desktop === true || isClientWindows(os);
}

/** The entries of Windows tell server from client by the name alone. */
export const isClientWindows = (os: Context['os']): boolean =>
  os.family === 'winnt' && !/\bserver\b/i.test(os.name ?? 'server');

/** Words of a space-separated attribute. */
export const words = (text: string | undefined): readonly string[] => (text ?? '').split(' ').filter(Boolean);
