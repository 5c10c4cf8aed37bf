// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../../osinfo/errors.js';
import { LIBVIRT_DISKS } from '../../osinfo/formats/libvirt.js';
import { node, text } from '../../osinfo/formats/libvirt-nodes.js';
import type { XmlNode } from '../../osinfo/xml/write.js';
import type { ChosenBoot } from './choose-boot.js';
import type { CpuRequest, GraphicsRequest, NicSource, VcpuRequest } from './machine-request.js';
import { assignTargets, targetPrefix } from './targets.js';

/** A drive of the chosen boot, found. */
export interface DomainDrive {
  readonly path: string;
  readonly kind: 'file' | 'block';
  readonly device: 'disk' | 'cdrom';
  /** QEMU's name of the format. */
  readonly format: string;
  readonly target?: string;
}

export interface DomainNic {
  readonly source: NicSource;
  readonly mac: string;
  readonly model?: string;
}

/** A machine of which nothing is open any more but what a recommender adds. Paths are absolute. */
export interface DomainFacts {
  readonly name: string;
  readonly uuid: string;
  readonly memoryKiB: number;
  readonly maximumMemoryKiB?: number;
  readonly vcpus: VcpuRequest;
  readonly cpu?: CpuRequest;
  /** States of the features that the options and the descriptor name. */
  readonly features: ReadonlyMap<string, boolean>;
  readonly drives: readonly DomainDrive[];
  readonly nics: readonly DomainNic[];
  readonly graphics: readonly GraphicsRequest[];
  readonly kernel?: { readonly kernel: string; readonly initrd?: string; readonly cmdline?: string };
  readonly localTime: boolean;
  /** Whether any guest of the host can have PAE: a PC then gets it, as from the first tool. */
  readonly hostHasPae: boolean;
}

/**
 * The domain that the first tool made: what the descriptor says, and libvirt's own choice for all that it leaves open.
 * For hypervisors that nothing is recommended for, and for those who want it so. Two things are left to libvirt that the
 * first tool chose by its version: the video card and the USB controller.
 * @throws InputError for drives that get the same name, or do not fit
 */
export function plainDomain({ boot, guest }: ChosenBoot, facts: DomainFacts): XmlNode {
  const xen = boot.type === 'xen';
  const bus = xen ? 'xen' : 'ide';
  const targets = assignTargets(
    facts.drives.map(({ target }) => target),
    targetPrefix(bus),
  );
  const qemu = guest.domainType === 'kvm' || guest.domainType === 'qemu';
  const loader = guest.loader ?? (guest.domainType === 'xen' ? '/usr/lib/xen/boot/hvmloader' : undefined);
  return node('domain', { type: guest.domainType }, [
    text('name', facts.name),
    text('uuid', facts.uuid),
    ...memoryNodes(facts),
    vcpuNode(facts.vcpus),
    ...(xen ? xenBoot(guest.domainType, boot.arch, facts) : [hvmBoot(boot.arch, boot.loaderDev, loader, facts)]),
    ...featureNodes(xen, facts),
    ...(facts.cpu ? [cpuNode(facts.cpu, topologyOf(facts.vcpus))] : []),
    ...(xen ? [] : [node('clock', { offset: facts.localTime ? 'localtime' : 'utc' })]),
    ...lifecycle,
    node('devices', {}, [
      ...(xen || guest.emulator === undefined ? [] : [text('emulator', guest.emulator)]),
      ...facts.drives.map((drive, index) => driveNode(drive, { dev: targets[index]!, bus }, qemu ? {} : undefined)),
      ...facts.nics.map((nic) => nicNode(nic)),
      ...(xen ? [] : [node('console', { type: 'pty' })]),
      node('input', { type: 'mouse', bus: xen ? 'xen' : 'ps2' }),
      ...graphicsNodes(facts.graphics),
    ]),
  ]);
}

function xenBoot(domainType: string, arch: string, { kernel }: DomainFacts): XmlNode[] {
  if (!kernel) return [text('bootloader', '/usr/bin/pygrub')];
  return [node('os', {}, [text('type', domainType === 'xen' ? 'linux' : 'xen', { arch }), ...kernelNodes(kernel)])];
}

function hvmBoot(
  arch: string,
  dev: 'hd' | 'cdrom' | undefined,
  loader: string | undefined,
  { kernel, drives }: DomainFacts,
): XmlNode {
  const first = dev === undefined ? [] : [dev];
  const order = drives.some(({ device }) => device === 'disk') && dev !== 'hd' ? [...first, 'hd'] : first;
  return node('os', {}, [
    text('type', 'hvm', { arch }),
    ...(loader === undefined ? [] : [text('loader', loader)]),
    ...(kernel ? kernelNodes(kernel) : order.map((one) => node('boot', { dev: one }))),
  ]);
}

/** A kernel that the hypervisor starts itself. */
export function kernelNodes({ kernel, initrd, cmdline }: NonNullable<DomainFacts['kernel']>): XmlNode[] {
  return [
    text('kernel', kernel),
    ...(initrd === undefined ? [] : [text('initrd', initrd)]),
    ...(cmdline === undefined ? [] : [text('cmdline', cmdline)]),
  ];
}

function featureNodes(xen: boolean, { features, hostHasPae }: DomainFacts): XmlNode[] {
  const usual: ReadonlyMap<string, boolean> = xen
    ? new Map()
    : new Map([
        ['acpi', true],
        ['apic', true],
        ['pae', hostHasPae],
      ]);
  const on = [...new Map([...usual, ...features])].flatMap(([name, state]) => (state ? [node(name)] : []));
  return on.length === 0 ? [] : [node('features', {}, on)];
}

export function memoryNodes({ memoryKiB, maximumMemoryKiB }: DomainFacts): XmlNode[] {
  const unit = { unit: 'KiB' };
  return [text('memory', String(maximumMemoryKiB ?? memoryKiB), unit), text('currentMemory', String(memoryKiB), unit)];
}

export function vcpuNode({ count, maximum, cpuset }: VcpuRequest): XmlNode {
  const attrs: Record<string, string> = { placement: 'static' };
  if (cpuset !== undefined) attrs['cpuset'] = cpuset;
  if (maximum !== undefined && maximum !== count) attrs['current'] = String(count);
  return text('vcpu', String(maximum ?? count), attrs);
}

function topologyOf({ sockets, cores, threads }: VcpuRequest): XmlNode[] {
  if (sockets === undefined && cores === undefined && threads === undefined) return [];
  const [one, two, three] = [sockets ?? 1, cores ?? 1, threads ?? 1].map(String);
  return [node('topology', { sockets: one!, cores: two!, threads: three! })];
}

/** The processor that was asked for by name. */
export function cpuNode({ model, features }: CpuRequest, topology: readonly XmlNode[]): XmlNode {
  const wanted = features.map(({ name, policy }) => node('feature', { policy, name }));
  if (['host-model', 'host-passthrough', 'maximum'].includes(model))
    return node('cpu', { mode: model }, [...topology, ...wanted]);
  return node('cpu', { mode: 'custom', match: 'exact' }, [text('model', model), ...topology, ...wanted]);
}

/** What a domain does when it ends. */
export const lifecycle: readonly XmlNode[] = [
  text('on_poweroff', 'destroy'),
  text('on_reboot', 'restart'),
  text('on_crash', 'restart'),
];

/**
 * @param driver further words about QEMU's driver; undefined for a hypervisor that has none
 * @throws InputError for a format that libvirt has no word for
 */
export function driveNode(
  { path, kind, device, format }: DomainDrive,
  target: { readonly dev: string; readonly bus: string },
  driver: Readonly<Record<string, string>> | undefined,
): XmlNode {
  if (driver !== undefined && !LIBVIRT_DISKS.includes(format))
    throw new InputError(
      'libvirt-format',
      `libvirt starts no ${format}: make a qcow2 of ${path} with qemu-img convert`,
    );
  return node('disk', { type: kind, device }, [
    ...(driver === undefined ? [] : [node('driver', { name: 'qemu', type: format, ...driver })]),
    node('source', { [kind === 'block' ? 'dev' : 'file']: path }),
    node('target', target),
    ...(device === 'cdrom' ? [node('readonly')] : []),
  ]);
}

export function nicNode({ source, mac, model }: DomainNic, usualModel?: string): XmlNode {
  const { type } = source;
  const attrs: Readonly<Record<string, string>> | undefined =
    source.type === 'network'
      ? { network: source.network }
      : source.type === 'bridge'
        ? { bridge: source.bridge }
        : source.type === 'direct'
          ? { dev: source.device, mode: source.mode }
          : undefined;
  const card = model ?? usualModel;
  return node('interface', { type }, [
    node('mac', { address: mac }),
    ...(attrs ? [node('source', attrs)] : []),
    ...(card === undefined ? [] : [node('model', { type: card })]),
  ]);
}

export function graphicsNodes(all: readonly GraphicsRequest[]): XmlNode[] {
  return all.flatMap(({ type, port, tlsPort, listen, keymap, password, passwordValidTo }) => {
    if (type === 'none') return [];
    if (type === 'sdl') return [node('graphics', { type })];
    const attrs: Record<string, string> = { type, port: String(port ?? -1) };
    if (port === undefined) attrs['autoport'] = 'yes';
    if (tlsPort !== undefined) attrs['tlsPort'] = String(tlsPort);
    if (listen !== undefined) attrs['listen'] = listen;
    if (keymap !== undefined) attrs['keymap'] = keymap;
    if (password !== undefined) attrs['passwd'] = password;
    if (passwordValidTo !== undefined) attrs['passwdValidTo'] = passwordValidTo;
    return [node('graphics', attrs)];
  });
}
