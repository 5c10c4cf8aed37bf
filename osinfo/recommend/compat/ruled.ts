// SPDX-License-Identifier: Apache-2.0
import type { DecisionFact } from '../types.js';
import { driversHave, type Wanted } from './asked.js';
import { type Guest, isArmVirt, isVirtioOnly, isX86 } from './guest.js';

/** One decision of virt-install: what, by which of its rules, and the fact that it went by. */
export interface Ruled<V> {
  readonly value: V;
  readonly rule: string;
  /** What virt-install goes by, as a sentence without its full stop. */
  readonly reason: string;
  readonly facts: readonly DecisionFact[];
}

export function ruled<V>(rule: string, value: V, reason: string, facts: readonly DecisionFact[] = []): Ruled<V> {
  return { value, rule: `virt-install.${rule}`, reason, facts };
}

/** A yes or no with what it rests on. */
export interface Found {
  readonly yes: boolean;
  readonly facts: readonly DecisionFact[];
}

const sayNo = (text: string): Found => ({ yes: false, facts: [{ text }] });

/** Whether the OS has a device by its entry or, `withDrivers`, by a driver that is put into it. */
export function osHas(guest: Guest, wanted: Wanted, withDrivers = true): Found {
  const link = guest.os.link(wanted);
  const name = guest.os.name ?? guest.os.os.id;
  if (link === undefined) {
    if (withDrivers && driversHave(guest.drivers, wanted))
      return { yes: true, facts: [{ text: `the database has drivers of ${wanted} to put into ${name}` }] };
    return sayNo(`the entry of ${name} lists no ${wanted}`);
  }
  const fact: DecisionFact = {
    text: `the entry lists ${wanted} (${link.target})`,
    at: `${link.origin.file}:${link.origin.line}`,
    ...(link.from === guest.os.os.id ? {} : { from: link.from }),
  };
  return { yes: true, facts: [fact] };
}

/** Whether a virtio device is given to the machine: only QEMU has it, some machines have hardly anything else. */
export function mayHaveVirtio(guest: Guest, wanted: Wanted, has = osHas(guest, wanted)): Found {
  if (guest.driver !== 'qemu') return sayNo(`virt-install gives virtio to QEMU alone, not to ${guest.driver}`);
  if (isVirtioOnly(guest))
    return { yes: true, facts: [{ text: `${guest.machine ?? guest.arch} is a virtio machine` }] };
  if (!has.yes || isX86(guest) || (guest.version === '5' && isArmVirt(guest))) return has;
  return sayNo(`virt-install knows of no virtio on ${guest.machine ?? guest.arch}`);
}
