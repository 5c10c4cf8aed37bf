// SPDX-License-Identifier: Apache-2.0
import { type ResourceAnswers, resourcesFor } from '../answers.js';
import type { Deployment, Os, Platform } from '../model/types.js';
import { type Era, eraOf } from './families.js';
import { machinesOfHost } from './host/questions.js';
import { type Knowledge, knowledgeOf } from './knowledge.js';
import { type MachineOffer, machineOffers } from './machines.js';
import type {
  HostFacts,
  ImageSupport,
  Intent,
  MediaSupport,
  Overrides,
  Recommendation,
  Requirements,
} from './types.js';

/** What each decision decides. The keys are the decisions' names: the paths of the fields. */
export interface Choices {
  machine: Pick<Recommendation['machine'], 'family' | 'pcie'>;
  'machine.version': string | undefined;
  'firmware.type': Recommendation['firmware']['type'];
  'firmware.secureBoot': boolean;
  'cpu.mode': Recommendation['cpu']['mode'];
  'cpu.model': string | undefined;
  'cpu.baseline': string | undefined;
  'cpu.count': number;
  'cpu.topology': Recommendation['cpu']['topology'];
  memoryBytes: number;
  'memory.maximumBytes': number | undefined;
  'memory.hugepages': '2M' | '1G' | undefined;
  storageBytes: number;
  disk: Pick<Recommendation['disk'], 'bus' | 'controller' | 'device'>;
  'disk.discard': boolean;
  'disk.cache': Recommendation['disk']['cache'];
  'disk.io': Recommendation['disk']['io'];
  'disk.iothread': boolean;
  'disk.queues': number | undefined;
  cdrom: Recommendation['cdrom'];
  nic: Pick<Recommendation['nic'], 'model' | 'device'>;
  'nic.queues': number | undefined;
  graphics: Recommendation['graphics'];
  video: Recommendation['video'];
  sound: Recommendation['sound'] | undefined;
  usb: Recommendation['usb'] | undefined;
  inputs: Recommendation['inputs'];
  rng: boolean;
  balloon: boolean;
  freePageReporting: boolean;
  vsock: boolean;
  tpm: Recommendation['tpm'] | undefined;
  watchdog: Recommendation['watchdog'] | undefined;
  panic: Recommendation['panic'] | undefined;
  generationId: boolean;
  serialConsole: boolean;
  channels: Recommendation['channels'];
  guestAgent: Recommendation['guestAgent'];
  'clock.offset': Recommendation['clock']['offset'];
  'clock.timers': Recommendation['clock']['timers'];
  hyperv: Recommendation['hyperv'];
  boot: Recommendation['boot'];
}

/** What was asked, with its defaults filled in. */
export interface Question {
  readonly os: Os;
  readonly platform: Platform;
  readonly arch: string;
  readonly virt: 'kvm' | 'qemu';
  /** `undefined`: not said. */
  readonly intent: Intent | undefined;
  readonly overrides: Overrides;
  readonly requires: Requirements;
  readonly image: ImageSupport | undefined;
  readonly media: MediaSupport | undefined;
  readonly host: HostFacts | undefined;
  readonly deployment: Deployment | undefined;
}

/** All that a condition, a value or a reason may look at. */
export interface Context extends Question {
  readonly x86: boolean;
  readonly osKnows: Knowledge;
  readonly platformKnows: Knowledge;
  /** What the OS's family could do at its time, for what the entry leaves out. */
  readonly era: Era;
  /** The machines of the platform for the architecture, those that the host lacks left out. */
  readonly machines: readonly MachineOffer[];
  readonly resources: ResourceAnswers;
  /** A decision taken before. @throws Error when the rules stand in a wrong order */
  chosen<K extends keyof Choices>(decision: K): Choices[K];
  choose<K extends keyof Choices>(decision: K, value: Choices[K]): void;
  /** Whether it is decided already. */
  has(decision: keyof Choices): boolean;
  /** Sentences for the person who asked. */
  readonly warnings: readonly string[];
  warn(sentence: string): void;
}

// Entities never change, and each recommendation asks for their sizes.
const resources = new WeakMap<Os, Map<string, ResourceAnswers>>();

function resourcesOf(os: Os, arch: string): ResourceAnswers {
  const known = resources.get(os) ?? new Map<string, ResourceAnswers>();
  resources.set(os, known);
  const answers = known.get(arch) ?? resourcesFor(os, arch);
  known.set(arch, answers);
  return answers;
}

export function makeContext(question: Question): Context {
  const choices = new Map<keyof Choices, unknown>();
  const warnings: string[] = [];
  const platformKnows = knowledgeOf(question.platform);
  return {
    ...question,
    x86: question.arch === 'x86_64' || question.arch === 'i686',
    osKnows: knowledgeOf(question.os),
    platformKnows,
    era: eraOf(question.os),
    machines: machinesOfHost(machineOffers(platformKnows, question.arch), question.host, question.arch),
    resources: resourcesOf(question.os, question.arch),
    chosen<K extends keyof Choices>(decision: K): Choices[K] {
      if (!choices.has(decision)) throw new Error(`${decision} is asked for before it is decided`);
      return choices.get(decision) as Choices[K];
    },
    choose: (decision, value) => void choices.set(decision, value),
    has: (decision) => choices.has(decision),
    warnings,
    warn: (sentence) => void warnings.push(sentence),
  };
}

/** The platform's offer of the machine that was chosen. */
export function chosenOffer(context: Context): MachineOffer {
  const { family } = context.chosen('machine');
  return context.machines.find((offer) => offer.family === family)!;
}

/** Whether virtio devices of the chosen machine show only their modern ids. */
export function virtioIsModern(context: Context): boolean {
  return chosenOffer(context).modernVirtio;
}
