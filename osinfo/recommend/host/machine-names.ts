// SPDX-License-Identifier: Apache-2.0

/** Versioned names of machines by their beginnings; QEMU's own and those of Red Hat's and Ubuntu's builds. */
const beginnings: readonly (readonly [string, string])[] = [
  ['pc-q35-', 'q35'],
  ['pc-i440fx-', 'pc'],
  ['pc-0.', 'pc'],
  ['pc-1.', 'pc'],
  ['rhel6.', 'pc'],
  ['virt-', 'virt'],
  ['pseries-', 'pseries'],
  ['s390-ccw-virtio-', 's390-ccw-virtio'],
];

/** The family of a machine by any of its names: `pc-q35-rhel9.4.0` is of `q35`. */
export function machineFamily(name: string): string {
  return beginnings.find(([start]) => name.startsWith(start))?.[1] ?? name;
}

/** The digits of a versioned name, for comparing: `pc-q35-9.1` before `pc-q35-10.0`. */
export function machineVersion(name: string): readonly number[] {
  const end = /(\d+(?:\.\d+)*)$/.exec(name.slice(-24));
  return end?.[1]?.split('.').map(Number) ?? [];
}

/** Newer versions first. */
export function newerFirst(a: string, b: string): number {
  const [one, other] = [machineVersion(a), machineVersion(b)];
  for (let i = 0; i < Math.max(one.length, other.length); i++) {
    const difference = (other[i] ?? -1) - (one[i] ?? -1);
    if (difference !== 0) return difference;
  }
  return 0;
}
