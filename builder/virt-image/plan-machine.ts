// SPDX-License-Identifier: Apache-2.0
import { randomBytes, randomUUID } from 'node:crypto';
import { InputError } from '../../osinfo/errors.js';
import type { Db } from '../../osinfo/model/types.js';
import type { HostFacts, Recommendation } from '../../osinfo/recommend/types.js';
import { writeXml, type XmlNode } from '../../osinfo/xml/write.js';
import type { Networks } from '../libvirt/networks.js';
import { type ChosenBoot, chooseBoot, kernelOf } from './choose-boot.js';
import { type DomainFacts, type DomainNic, plainDomain } from './domain.js';
import type { HostGuestKind } from './host-guests.js';
import { keptFirmware, keptVariables, withFirmware } from './kept-firmware.js';
import type { GraphicsRequest, MachineRequest, NicRequest, NicSource } from './machine-request.js';
import type { ReadVirtImage } from './model.js';
import { cpuCount, deploymentOf, recommendMachine } from './recommend-machine.js';
import { recommendedDomain } from './recommended-domain.js';
import { type FoundDisk, findDisks } from './storage.js';

/** Where a machine is to run. */
export interface MachineHost {
  readonly guests: readonly HostGuestKind[];
  readonly networks: Networks;
  /** Whether it is another machine, whose files are not those of this one. */
  readonly remote: boolean;
  /** Whether an ordinary user's libvirt runs it, which cannot plug into the host's networks. */
  readonly session: boolean;
  /** More about the host, for the recommender, once it is known what runs. */
  readonly facts: (chosen: ChosenBoot) => Promise<HostFacts>;
}

/** A machine as it would be made. */
export interface MachinePlan {
  readonly name: string;
  readonly uuid: string;
  readonly chosen: ChosenBoot;
  readonly disks: readonly FoundDisk[];
  /** Domain XML. */
  readonly xml: string;
  /** The same machine with its disks elsewhere, and a note of ours for libvirt to keep. */
  readonly render: (change: MachineChange) => string;
  /** Absent where nothing is recommended: other hypervisors than QEMU, and `os: 'none'`. */
  readonly recommendation?: Recommendation;
  /** Whole sentences. */
  readonly warnings: readonly string[];
}

export interface MachineChange {
  /** New paths, by those that the disks were found at. */
  readonly paths?: ReadonlyMap<string, string>;
  readonly metadata?: XmlNode;
}

/**
 * Decides everything about a machine for an appliance on a host, and changes nothing.
 * @param db opened only where something is recommended
 * @throws InputError for what cannot be, with file:line where it stands in the descriptor; MissingError where the firmware
 *   is missing whose variables lie beside the descriptor
 */
export async function planMachine(
  image: ReadVirtImage,
  request: MachineRequest,
  host: MachineHost,
  db: () => Db,
): Promise<MachinePlan> {
  const warnings: string[] = image.warnings.map(({ line, message }) => `${image.file}:${line}: ${message}`);
  const warn = (message: string): void => void warnings.push(message);
  const name = nameOf(image, request);
  const chosen = chooseBoot(image, host.guests, request.boot);
  const disks = findDisks(image, new Set(chosen.boot.drives.map(({ disk }) => disk)), warn);
  const graphics: readonly GraphicsRequest[] = request.graphics ?? [{ type: image.graphics ? 'vnc' : 'none' }];
  const nics = cards(image, request.nics ?? [], chosen, host, warn);
  const isQemu = chosen.guest.domainType === 'kvm' || chosen.guest.domainType === 'qemu';
  const recommendation =
    isQemu && chosen.boot.type === 'hvm' && request.os !== 'none'
      ? recommendMachine({ image, chosen, request, graphics, host: await host.facts(chosen), db: db() }, warn)
      : undefined;
  const uuid = request.uuid ?? randomUUID();
  const facts: DomainFacts = {
    name,
    uuid,
    ...memoryOf(image, request, recommendation),
    vcpus: {
      ...(request.vcpus ?? { count: cpuCount(image) }),
      ...(request.cpuset === undefined ? {} : { cpuset: request.cpuset }),
    },
    ...(request.cpu ? { cpu: request.cpu } : {}),
    features: new Map([
      ...(request.features ?? []),
      ...chosen.boot.features.map((feature) => [feature.name, feature.state === 'on'] as const),
    ]),
    drives: chosen.boot.drives.map((drive) => {
      const found = disks.find(({ disk }) => disk === drive.disk)!;
      const { format } = drive.disk;
      return {
        path: found.path,
        kind: found.kind,
        device: format === 'iso' ? 'cdrom' : 'disk',
        format: format === 'iso' ? 'raw' : format,
        ...(drive.target === undefined ? {} : { target: drive.target }),
      };
    }),
    nics,
    graphics: recommendation && request.graphics === undefined ? usualScreens(recommendation) : graphics,
    ...kernelOf(image, chosen.boot),
    localTime: request.localTime ?? false,
    hostHasPae: host.guests.some((guest) => guest.features.get('pae')?.has('on') === true),
  };
  const ownBus = deploymentOf(image, chosen.index) !== undefined;
  const make = (drives: DomainFacts['drives']): { domain: XmlNode; warnings: readonly string[] } =>
    recommendation
      ? recommendedDomain(chosen, { ...facts, drives }, recommendation, ownBus)
      : { domain: plainDomain(chosen, { ...facts, drives }), warnings: [] };
  const firmware = host.remote ? undefined : keptFirmware(image, recommendation);
  if (host.remote && recommendation?.firmware.type === 'uefi' && keptVariables(image) !== undefined)
    warn(
      `the variables of UEFI that its installer left in ${image.name}.vars.fd stay on this machine: its loader may not be found there`,
    );
  const render = ({ paths, metadata }: MachineChange): string => {
    const { domain } = make(facts.drives.map((drive) => ({ ...drive, path: paths?.get(drive.path) ?? drive.path })));
    const started = firmware && recommendation ? withFirmware(domain, firmware, recommendation) : domain;
    return writeXml(metadata ? withMetadata(started, metadata) : started, { declaration: false });
  };
  return {
    name,
    uuid,
    chosen,
    disks,
    xml: render({}),
    render,
    ...(recommendation ? { recommendation } : {}),
    warnings: [...new Set([...warnings, ...make(facts.drives).warnings])],
  };
}

/** One more element of `<metadata>`, which is made where there is none. */
function withMetadata(domain: XmlNode, more: XmlNode): XmlNode {
  const children = domain.children ?? [];
  const own = children.find((one) => typeof one !== 'string' && one.name === 'metadata');
  if (own === undefined || typeof own === 'string')
    return { ...domain, children: [...children, { name: 'metadata', children: [more] }] };
  const whole = { ...own, children: [...(own.children ?? []), more] };
  return { ...domain, children: children.map((one) => (one === own ? whole : one)) };
}

const usualScreens = ({ graphics: { type } }: Recommendation): readonly GraphicsRequest[] => [{ type }];

/** @throws InputError in the original's words */
function nameOf(image: ReadVirtImage, request: MachineRequest): string {
  const name = request.name ?? image.name;
  if (name === undefined) throw new InputError('name', '--name is required');
  if (name.includes(' ')) throw new InputError('name', `Guest name '${name}' can not contain ' ' character.`);
  if (/^[\p{L}\p{N}][^/\p{C}]{0,119}$/u.test(name)) return name;
  throw new InputError(
    'name',
    `${JSON.stringify(name)} is no name for a machine: it begins with a letter or digit and has no / in it`,
  );
}

function memoryOf(
  image: ReadVirtImage,
  { memoryMiB, maximumMemoryMiB }: MachineRequest,
  recommendation: Recommendation | undefined,
): { readonly memoryKiB: number; readonly maximumMemoryKiB?: number } {
  const recommended = recommendation && Math.ceil(recommendation.memoryBytes / 1024);
  const memoryKiB = memoryMiB === undefined ? (image.memoryKiB ?? recommended) : memoryMiB * 1024;
  if (memoryKiB === undefined)
    throw new InputError('memory', 'the descriptor does not say how much memory the machine needs: say it with --ram', {
      file: image.file,
    });
  return { memoryKiB, ...(maximumMemoryMiB === undefined ? {} : { maximumMemoryKiB: maximumMemoryMiB * 1024 }) };
}

/** As many cards as the options or the descriptor say, whichever says more. */
function cards(
  image: ReadVirtImage,
  asked: readonly NicRequest[],
  chosen: ChosenBoot,
  host: MachineHost,
  warn: (message: string) => void,
): DomainNic[] {
  const count = Math.max(asked.length, image.interfaces);
  const xen = chosen.guest.domainType === 'xen';
  return Array.from({ length: count }, (_, index) => {
    const { source, mac, model } = asked[index] ?? {};
    if (source) checkSource(source, host.networks);
    return {
      source: source ?? usualSource(host, chosen, warn),
      mac: mac ?? randomMac(xen ? '00:16:3e' : '52:54:00'),
      ...(model === undefined ? {} : { model }),
    };
  });
}

/** @throws InputError for a network that libvirt does not have, or that is not active */
function checkSource(source: NicSource, networks: Networks): void {
  if (source.type !== 'network') return;
  const known = networks.get(source.network);
  const names = [...networks.keys()];
  if (known === undefined)
    throw new InputError(
      'network',
      `there is no network '${source.network.slice(0, 100)}'; ${names.length === 0 ? 'libvirt has none here' : `there are: ${names.slice(0, 10).join(', ')}`}`,
    );
  if (!known.active)
    throw new InputError(
      'network',
      `the network '${source.network}' is not active: start it with virsh net-start ${source.network}`,
    );
}

/** The network of machines that nobody chose one for. */
function usualSource({ session, networks }: MachineHost, { guest }: ChosenBoot, warn: (m: string) => void): NicSource {
  if (session) return { type: 'user' };
  const usual = networks.get('default');
  if (usual?.active || (guest.domainType !== 'kvm' && guest.domainType !== 'qemu'))
    return { type: 'network', network: 'default' };
  warn(
    usual === undefined
      ? "libvirt has no network 'default': the machine gets QEMU's own (user) network; --network says another"
      : "the network 'default' is not active: the machine gets QEMU's own (user) network; virsh net-start default starts it",
  );
  return { type: 'user' };
}

function randomMac(prefix: string): string {
  const rest = [...randomBytes(3)].map((byte) => byte.toString(16).padStart(2, '0'));
  return [prefix, ...rest].join(':');
}
