// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../errors.js';
import type { Os, Platform } from '../model/types.js';
import { chooseArch } from './archs.js';
import { findContradictions, findWarnings } from './checks.js';
import { type Context, makeContext } from './context.js';
import { contradiction } from './contradiction.js';
import { hostTypes } from './host/questions.js';
import { findNotes } from './notes.js';
import { rules } from './rules/index.js';
import type { Decision, HostFacts, Recommendation, RecommendInput } from './types.js';

export type { Recommendation, RecommendInput } from './types.js';

/**
 * The right virtual machine for an OS on a platform, with a reason for every choice. Synchronous and pure: the same
 * input gives the same answer, nothing is read. What the entry leaves out is filled by custom, and `why` says so.
 * @throws InputError where two facts exclude each other: the message names both and the ways out
 */
export function recommend(input: RecommendInput): Recommendation {
  const { os, platform, media, host } = input;
  const arch = chooseArch(os, platform, { asked: input.arch, media, host });
  const context = makeContext({
    os,
    platform,
    arch,
    virt: chooseVirt(host, arch, input.virt),
    intent: input.intent,
    overrides: checked(input.overrides ?? {}),
    requires: checked(input.requires ?? {}),
    image: input.image,
    media,
    host,
    deployment: input.deployment,
  });
  const why = rules.map((rule) => rule.decide(context));
  findContradictions(context);
  return assemble(context, why);
}

/**
 * With KVM, or emulated: as asked, else KVM unless the host says that it has none for the architecture.
 * @throws InputError for KVM that the host does not have
 */
function chooseVirt(host: HostFacts | undefined, arch: string, asked: 'kvm' | 'qemu' | undefined): 'kvm' | 'qemu' {
  const types = host && hostTypes(host, arch);
  const emulates = types?.includes('qemu') === true && !types.includes('kvm');
  if (asked === 'kvm' && emulates)
    contradiction(
      'no-kvm',
      { text: 'the machine is to run with KVM' },
      { text: `${host!.name} has none for ${arch}` },
      'say --virt qemu to have it emulated, or take a host with KVM',
    );
  return asked ?? (emulates ? 'qemu' : 'kvm');
}

function assemble(context: Context, why: readonly Decision[]): Recommendation {
  const { os, platform, arch, virt } = context;
  const secureBoot = context.chosen('firmware.secureBoot');
  const discard = context.chosen('disk.discard');
  const machine = context.chosen('machine');
  const version = context.chosen('machine.version');
  return {
    format: 'guestwright/recommendation/1',
    os: describe(os),
    platform: nameOf(platform),
    arch,
    virt,
    machine: { family: machine.family, ...present('version', version), pcie: machine.pcie },
    firmware: {
      type: context.chosen('firmware.type'),
      secureBoot,
      enrolledKeys: secureBoot,
      // On a PC only System Management Mode keeps the guest from rewriting the variables that Secure Boot trusts.
      smm: secureBoot && context.x86,
    },
    cpu: {
      mode: context.chosen('cpu.mode'),
      ...present('model', context.chosen('cpu.model')),
      ...present('baseline', context.chosen('cpu.baseline')),
      count: context.chosen('cpu.count'),
      topology: context.chosen('cpu.topology'),
    },
    memoryBytes: context.chosen('memoryBytes'),
    memory: {
      ...present('maximumBytes', context.chosen('memory.maximumBytes')),
      ...present('hugepages', context.chosen('memory.hugepages')),
    },
    storageBytes: context.chosen('storageBytes'),
    disk: {
      ...context.chosen('disk'),
      discard,
      detectZeroes: discard,
      cache: context.chosen('disk.cache'),
      ...present('io', context.chosen('disk.io')),
      iothread: context.chosen('disk.iothread'),
      ...present('queues', context.chosen('disk.queues')),
    },
    cdrom: context.chosen('cdrom'),
    nic: { ...context.chosen('nic'), ...present('queues', context.chosen('nic.queues')) },
    video: context.chosen('video'),
    graphics: context.chosen('graphics'),
    ...present('sound', context.chosen('sound')),
    inputs: context.chosen('inputs'),
    ...present('usb', context.chosen('usb')),
    rng: context.chosen('rng'),
    balloon: context.chosen('balloon'),
    freePageReporting: context.chosen('freePageReporting'),
    vsock: context.chosen('vsock'),
    ...present('tpm', context.chosen('tpm')),
    ...present('watchdog', context.chosen('watchdog')),
    ...present('panic', context.chosen('panic')),
    ...present('generationId', context.chosen('generationId') || undefined),
    serialConsole: context.chosen('serialConsole'),
    channels: context.chosen('channels'),
    clock: { offset: context.chosen('clock.offset'), timers: context.chosen('clock.timers') },
    ...present('guestAgent', context.chosen('guestAgent')),
    boot: context.chosen('boot'),
    notes: findNotes(context),
    hyperv: context.chosen('hyperv'),
    why,
    warnings: findWarnings(context),
  };
}

function present<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]?: V });
}

function describe(os: Os): Recommendation['os'] {
  const { family, distro, version, releaseDate } = os;
  const said = { ...present('family', family), ...present('distro', distro), ...present('version', version) };
  return { ...nameOf(os), ...said, ...present('releaseDate', releaseDate) };
}

function nameOf({ id, shortId, name }: Os | Platform): Recommendation['platform'] {
  return { id, ...present('shortId', shortId), ...present('name', name) };
}

/** Sizes and counts that are not whole and positive are refused before any rule sees them. */
function checked<T extends object>(given: T): T {
  for (const [name, value] of Object.entries(given)) {
    if (typeof value === 'number' && !(Number.isSafeInteger(value) && value > 0)) {
      throw new InputError('recommend-size', `${name} is ${value}; it must be a whole number above zero`);
    }
  }
  return given;
}
