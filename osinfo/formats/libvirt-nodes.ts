// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../errors.js';
import type { Recommendation } from '../recommend/types.js';
import type { XmlNode } from '../xml/write.js';
import type { FormatRequest } from './types.js';

// What domain XML is made of, whatever the hypervisor.

export interface LibvirtRequest extends FormatRequest {
  readonly uuid?: string;
  /** `user`: QEMU's own, without rights on the host. `none`: no card at all. Else the name of a libvirt network. Default `default`. */
  readonly network?: string;
  /** Describe the machine for the other accelerator than the recommendation's. */
  readonly virt?: 'kvm' | 'qemu';
}

export const node = (
  name: string,
  attrs: Readonly<Record<string, string>> = {},
  children: readonly (XmlNode | string)[] = [],
): XmlNode => ({ name, attrs, children });

export const text = (name: string, value: string, attrs: Readonly<Record<string, string>> = {}): XmlNode =>
  node(name, attrs, [value]);

export const yesNo = (on: boolean): string => (on ? 'yes' : 'no');

/** What every domain begins with. Tools that look at it later (virt-manager, Boxes) know the OS by the metadata. */
export function identity(rec: Recommendation, request: LibvirtRequest): XmlNode[] {
  const attrs = { 'xmlns:libosinfo': 'http://libosinfo.org/xmlns/libvirt/domain/1.0' };
  return [
    text('name', request.name),
    ...(request.uuid === undefined ? [] : [text('uuid', request.uuid)]),
    node('metadata', {}, [node('libosinfo:libosinfo', attrs, [node('libosinfo:os', { id: rec.os.id })])]),
  ];
}

const KiB = 1024;
const pageBytes = { '2M': 2 * 1024 ** 2, '1G': 1024 ** 3 } as const;

/**
 * `<memory>` and, where it may grow, `<currentMemory>`: the guest starts with the most, and its balloon gives back what
 * it is not to have yet. Whole huge pages where it stands on them.
 */
export function memory(rec: Recommendation, warnings: string[]): XmlNode[] {
  const unit = rec.memory.hugepages === undefined ? KiB : pageBytes[rec.memory.hugepages];
  const inKiB = (bytes: number): string => String((Math.ceil(bytes / unit) * unit) / KiB);
  const now = inKiB(rec.memoryBytes);
  const { maximumBytes } = rec.memory;
  if (maximumBytes === undefined || maximumBytes <= rec.memoryBytes) return [text('memory', now, { unit: 'KiB' })];
  if (!rec.balloon) {
    warnings.push('memory cannot grow while the machine runs: the guest has no balloon');
    return [text('memory', now, { unit: 'KiB' })];
  }
  return [text('memory', inKiB(maximumBytes), { unit: 'KiB' }), text('currentMemory', now, { unit: 'KiB' })];
}

/** What the machine starts from and what it has of that, in order: the number for `<boot order>`. */
export function bootOrder(rec: Recommendation, request: LibvirtRequest): ReadonlyMap<string, XmlNode> {
  const { disks, cdrom, nics = 1, network } = request;
  const there = { disk: disks.length > 0, cdrom: cdrom !== undefined, network: nics > 0 && network !== 'none' };
  const order = rec.boot.filter((one) => there[one]);
  return new Map(order.map((one, index) => [one, node('boot', { order: String(index + 1) })]));
}

/** @throws InputError for a path that begins elsewhere than at the root */
export function checkPaths({ disks, cdrom }: FormatRequest): void {
  for (const path of [...disks.map((disk) => disk.path), ...(cdrom === undefined ? [] : [cdrom])]) {
    if (!path.startsWith('/'))
      throw new InputError('format-path', `${path} is not absolute, and libvirt has no folder of yours; begin with /`);
  }
}

/** The topology of the processors, where there is more than one. */
export function topology({ cpu: { topology: given } }: Recommendation): XmlNode {
  const { sockets, cores, threads } = given;
  return node('topology', { sockets: String(sockets), cores: String(cores), threads: String(threads) });
}

/** A serial port of a PC, and the console on it. */
export const serialConsole: readonly XmlNode[] = [
  node('serial', { type: 'pty' }, [node('target', { port: '0' })]),
  node('console', { type: 'pty' }, [node('target', { type: 'serial', port: '0' })]),
];
