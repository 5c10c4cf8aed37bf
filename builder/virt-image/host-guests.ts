// SPDX-License-Identifier: Apache-2.0
import { at, childrenOf, readLibvirtXml, textOf } from '../../osinfo/recommend/host/elements.js';
import type { XmlElement } from '../../osinfo/xml/read.js';

/** A kind of guest that a host runs, as a descriptor asks for it. */
export interface HostGuestKind {
  readonly osType: string;
  /** As the host says: `i686`, `x86_64`. */
  readonly arch: string;
  /** The one that is taken: the fastest that the host has. */
  readonly domainType: string;
  readonly emulator?: string;
  readonly loader?: string;
  /** The states that each feature can have, by its name; what is not there can have none. */
  readonly features: ReadonlyMap<string, ReadonlySet<'on' | 'off'>>;
}

/** The fastest first. */
const DOMAIN_TYPES = ['kvm', 'xen', 'kqemu', 'qemu'];

/**
 * The guests of libvirt's capabilities (`virsh capabilities`), in their order.
 * @param file what errors call it
 * @throws XmlError, InputError for what is no such document
 * @see https://libvirt.org/formatcaps.html
 */
export function readHostGuests(source: Uint8Array | string, file: string): HostGuestKind[] {
  const root = readLibvirtXml(source, file, 'capabilities', 'virsh capabilities');
  return childrenOf(root, 'guest').flatMap((guest) =>
    childrenOf(guest, 'arch').flatMap((arch): HostGuestKind[] => {
      const types = childrenOf(arch, 'domain').flatMap((domain) => domain.attrs.get('type') ?? []);
      const domainType = DOMAIN_TYPES.find((type) => types.includes(type)) ?? types.at(-1);
      if (domainType === undefined) return [];
      const emulator = textOf(arch.child('emulator'));
      const loader = textOf(arch.child('loader'));
      return [
        {
          osType: textOf(guest.child('os_type')) ?? '',
          arch: arch.attrs.get('name') ?? '',
          domainType,
          ...(emulator === undefined ? {} : { emulator }),
          ...(loader === undefined ? {} : { loader }),
          features: featuresOf(at(guest, 'features')),
        },
      ];
    }),
  );
}

/** A bare element is on; `toggle` has the other state too; `nonpae` is the old word for pae that can be off. */
function featuresOf(features: XmlElement | undefined): Map<string, Set<'on' | 'off'>> {
  const states = new Map<string, Set<'on' | 'off'>>();
  const add = (name: string, state: 'on' | 'off'): void => {
    const known = states.get(name) ?? new Set();
    states.set(name, known.add(state));
  };
  for (const { name, attrs } of features?.children ?? []) {
    if (name === 'nonpae') {
      add('pae', 'off');
      continue;
    }
    const state = attrs.get('default') === 'off' ? 'off' : 'on';
    add(name, state);
    if (attrs.get('toggle') === 'yes') add(name, state === 'on' ? 'off' : 'on');
  }
  return states;
}
