// SPDX-License-Identifier: Apache-2.0
import { commonArch } from '../../arch-names.js';
import { InputError } from '../../errors.js';
import { levelOfFeatures } from './cpu-levels.js';
import { present } from './elements.js';
import { type FirmwareDescriptor, firmwareFits, isRecord, strings } from './firmware.js';
import { machineFamily } from './machine-names.js';
import { qemuDevices } from './qemu-types.js';
import type { HostDomain, HostDomainCpu, HostFacts, HostMachine } from './types.js';

/** What QEMU is asked, in this order; one answer comes for each. */
const requests: readonly { readonly execute: string; readonly arguments?: object }[] = [
  { execute: 'qmp_capabilities' },
  { execute: 'query-version' },
  { execute: 'query-target' },
  { execute: 'query-kvm' },
  { execute: 'query-machines' },
  { execute: 'query-tpm-models' },
  { execute: 'query-tpm-types' },
  { execute: 'query-commands' },
  { execute: 'qom-list-types', arguments: { implements: 'device', abstract: false } },
  { execute: 'query-cpu-definitions' },
  { execute: 'query-cpu-model-expansion', arguments: { type: 'full', model: { name: 'max' } } },
  { execute: 'quit' },
];

/** A QEMU without a machine, with KVM where the host has it, that answers on its standard streams and ends. */
export const qmpWords: readonly string[] = [
  ...['-machine', 'none', '-accel', 'kvm', '-accel', 'tcg'],
  ...['-nodefaults', '-no-user-config', '-display', 'none', '-S', '-qmp', 'stdio'],
];

/** What is written to that QEMU. */
export const qmpInput = requests.map((request) => `${JSON.stringify(request)}\n`).join('');

/** More lines than that no QEMU answers to a dozen requests. */
const mostLines = 1_000;

/**
 * The host by what its QEMU answered to `qmpInput`, and by the firmware descriptors that lie beside it.
 * @param emulator path of the program; errors and reasons name it
 * @throws InputError where the answers are not those of a QEMU
 * @see docs/interop/qmp-spec.rst and the QMP reference manual of QEMU
 */
export function readQmp(output: string, emulator: string, descriptors: readonly FirmwareDescriptor[]): HostFacts {
  const answers = answersOf(output, emulator);
  const answer = (command: string): unknown => answers.get(command);
  const target = record(answer('query-target'))['arch'];
  if (typeof target !== 'string')
    throw new InputError('host-qmp', `${emulator} did not say what it emulates; is it a qemu-system program?`);
  const kvm = record(answer('query-kvm'))['enabled'] === true;
  const machines = list(answer('query-machines')).flatMap(machineOf);
  // QEMU's name of an architecture is that of the program; a 64-bit PC runs what a 32-bit one does.
  const arch = target === 'arm' ? 'armv7l' : commonArch(target);
  const archs = arch === 'x86_64' ? ['x86_64', 'i686'] : arch === 'ppc64' ? ['ppc64', 'ppc64le'] : [arch];
  const cpu = record(record(answer('query-cpu-model-expansion'))['model']);
  const level = arch === 'x86_64' ? levelOf(record(cpu['props'])) : undefined;
  const virt = kvm ? 'kvm' : 'qemu';
  return {
    name: emulator,
    // Whose processor it is cannot be told without KVM.
    ...(kvm ? { arch, cpu: present({ level }) } : {}),
    guests: archs.map((name) => ({
      arch: name,
      osType: 'hvm',
      domainTypes: kvm ? ['qemu', 'kvm'] : ['qemu'],
      emulator,
      machines,
    })),
    domains: archs.flatMap((name) =>
      machines
        .filter((machine) => machine.canonical !== undefined || machineFamily(machine.name) === machine.name)
        .map((machine) => domainOf(name, virt, machine, emulator, level, answer, descriptors)),
    ),
  };
}

function domainOf(
  arch: string,
  virt: string,
  { name, canonical, maxCpus }: HostMachine,
  emulator: string,
  level: string | undefined,
  answer: (command: string) => unknown,
  descriptors: readonly FirmwareDescriptor[],
): HostDomain {
  const fitting = descriptors.filter((one) => firmwareFits(one, arch, canonical ?? name));
  const uefi = fitting.filter(({ interfaces }) => interfaces.includes('uefi'));
  const types = new Set(
    list(answer('qom-list-types')).flatMap((type) => (typeof type['name'] === 'string' ? type['name'] : [])),
  );
  const commands = new Set(list(answer('query-commands')).map((command) => command['name']));
  const graphics = [
    ...(commands.has('query-vnc') ? ['vnc'] : []),
    // The command is there wherever SPICE was compiled in.
    ...(commands.has('query-spice') ? ['spice'] : []),
  ];
  return {
    arch,
    virt,
    machine: canonical ?? name,
    emulator,
    ...present({ maxCpus }),
    iothreads: true,
    firmware: uefi.length > 0 ? ['efi'] : [],
    secureBoot: uefi.some(({ features }) => features.includes('secure-boot')),
    cpu: {
      modes: {
        'host-passthrough': virt === 'kvm',
        'host-model': false,
        maximum: true,
        custom: true,
      },
      ...(level === undefined ? {} : { hostModel: { level, features: [] } }),
      models: list(answer('query-cpu-definitions')).flatMap(modelOf),
    },
    graphics,
    ...qemuDevices(types),
    tpm: {
      models: strings(answer('query-tpm-models')),
      backends: strings(answer('query-tpm-types')),
      versions: ['1.2', '2.0'],
    },
  };
}

/** The answers by their commands. Errors (a command that this QEMU does not have) and events are no answers. */
function answersOf(output: string, emulator: string): ReadonlyMap<string, unknown> {
  const answers = new Map<string, unknown>();
  let next = 0;
  for (const line of output.split('\n', mostLines)) {
    if (line.trim() === '') continue;
    let message: unknown;
    try {
      message = JSON.parse(line);
    } catch {
      throw new InputError('host-qmp', `${emulator} answered something that is no JSON; is it a qemu-system program?`);
    }
    if (!isRecord(message) || (!('return' in message) && !('error' in message))) continue;
    const request = requests[next];
    next += 1;
    if (request && 'return' in message) answers.set(request.execute, message['return']);
  }
  return answers;
}

const record = (value: unknown): Record<string, unknown> => (isRecord(value) ? value : {});
const list = (value: unknown): readonly Record<string, unknown>[] =>
  Array.isArray(value) ? value.filter(isRecord) : [];

function machineOf(one: Record<string, unknown>): HostMachine[] {
  const { name, alias } = one;
  if (typeof name !== 'string') return [];
  const rest = present({
    maxCpus: typeof one['cpu-max'] === 'number' && one['cpu-max'] > 0 ? one['cpu-max'] : undefined,
    deprecated: one['deprecated'] === true ? true : undefined,
  });
  const machine = { name, ...rest };
  return typeof alias === 'string' ? [{ ...machine, name: alias, canonical: name }, machine] : [machine];
}

/** What cannot be had here has features that are missing. */
function modelOf(one: Record<string, unknown>): HostDomainCpu['models'] {
  const { name } = one;
  if (typeof name !== 'string') return [];
  const missing = one['unavailable-features'];
  return [{ name, ...(Array.isArray(missing) ? { usable: missing.length === 0 } : {}) }];
}

/** QEMU spells some features with a dash where libvirt has a dot or an underscore. */
function levelOf(props: Readonly<Record<string, unknown>>): string | undefined {
  return levelOfFeatures((feature) => [feature, feature.replaceAll('.', '-')].some((name) => props[name] === true));
}
