// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../../osinfo/errors.js';
import type { Db, Os } from '../../osinfo/model/types.js';
import { namedArchs } from '../../osinfo/recommend/archs.js';
import { recommend } from '../../osinfo/recommend/index.js';
import type { Recommendation } from '../../osinfo/recommend/types.js';

/** A machine that was recommended, or why there is none. */
export type Machine = { readonly os: Os; readonly arch: string } & (
  | { readonly rec: Recommendation; readonly refused?: undefined }
  | { readonly rec?: undefined; readonly refused: string }
);

const known = ['x86_64', 'i686', 'aarch64', 'armv7l', 'riscv64', 'ppc64le', 'ppc64', 's390x', 'loongarch64'];

/** The architectures that an OS's entry names, or a PC where it names none. */
export function archsOf(os: Os): string[] {
  const named = known.filter((arch) => namedArchs(os).has(arch));
  return named.length > 0 ? named : ['x86_64'];
}

/** A machine for every OS of a database on each of its architectures. Contradictions are told, all else is thrown. */
export function machinesOf(
  db: Db,
  platform: string,
  virt: 'kvm' | 'qemu',
  archs: (os: Os) => readonly string[] = archsOf,
): Machine[] {
  const on = db.platform(platform);
  return db.oses().flatMap((os) =>
    archs(os).map((arch): Machine => {
      try {
        return { os, arch, rec: recommend({ os, platform: on, arch, virt }) };
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        return { os, arch, refused: error.message };
      }
    }),
  );
}

/** One description for all machines that differ in name only, with those that it is for. */
export interface Distinct<T> {
  readonly described: T;
  readonly machines: readonly (Machine & { readonly rec: Recommendation })[];
}

/**
 * Describes machines, each kind once. What describes nothing (the entry's id, sizes of memory) is made alike first,
 * so that machines that are built alike are one.
 * @param describe may throw InputError, which is told as a refusal
 */
export function distinct<T>(
  machines: readonly Machine[],
  describe: (rec: Recommendation) => T,
): { readonly kinds: readonly Distinct<T>[]; readonly refused: ReadonlyMap<string, number> } {
  const kinds = new Map<string, { described: T; machines: (Machine & { rec: Recommendation })[] }>();
  const refused = new Map<string, number>();
  const refuse = (reason: string): void => void refused.set(reason, (refused.get(reason) ?? 0) + 1);
  for (const machine of machines) {
    if (machine.rec === undefined) {
      refuse(machine.refused);
      continue;
    }
    try {
      const described = describe(alike(machine.rec));
      const key = JSON.stringify(described);
      const kind = kinds.get(key) ?? { described, machines: [] };
      kind.machines.push(machine);
      kinds.set(key, kind);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      refuse(error.message);
    }
  }
  return { kinds: [...kinds.values()], refused };
}

const alike = (rec: Recommendation): Recommendation => ({
  ...rec,
  os: { ...rec.os, id: 'http://example.org/os' },
  memoryBytes: 1024 ** 3,
  memory: { ...rec.memory, ...(rec.memory.maximumBytes === undefined ? {} : { maximumBytes: 2 * 1024 ** 3 }) },
});

/**
 * Ids of the disk controller and the card that a machine counts on and that its OS has not said to drive: neither its
 * entry lists them, nor does a reason say that the family's custom, or nothing better, was the ground.
 */
export function unfoundedIds({ os, rec }: Machine & { readonly rec: Recommendation }): string[] {
  const drives = new Set(os.allDeviceLinks.map((link) => link.target));
  const wanted = [
    ['disk', rec.disk.device],
    ['nic', rec.nic.device],
  ] as const;
  return wanted.flatMap(([name, id]) => {
    if (drives.has(id)) return [];
    const reason = rec.why.find(({ decision }) => decision === name);
    const custom = reason?.facts.some(({ text }) => text.startsWith('family default')) ?? false;
    const unknown = reason?.reason.startsWith('nothing is known of') ?? false;
    return custom || unknown ? [] : [`${name} ${id}`];
  });
}
