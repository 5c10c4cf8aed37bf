// SPDX-License-Identifier: Apache-2.0

/** The largest disk and the most memory that are believed. */
export const MOST_DISK_BYTES = 16 * 1024 ** 4;
const MOST_MEMORY_BYTES = 64 * 1024 ** 4;
const MOST_CPUS = 4096;

const UNITS: Readonly<Record<string, number>> = {
  b: 1,
  bytes: 1,
  kb: 1e3,
  k: 1024,
  kib: 1024,
  mb: 1e6,
  m: 1024 ** 2,
  mib: 1024 ** 2,
  gb: 1e9,
  g: 1024 ** 3,
  gib: 1024 ** 3,
  tb: 1e12,
  t: 1024 ** 4,
  tib: 1024 ** 4,
};

/** A size in libvirt's units, as bytes; undefined for what is none. @param unit libvirt's word: `KiB`, `M`, `bytes` */
export function memoryBytes(text: string, unit: string): number | undefined {
  const factor = Object.hasOwn(UNITS, unit.toLowerCase()) ? UNITS[unit.toLowerCase()]! : 0;
  return bounded(text, factor, MOST_MEMORY_BYTES);
}

/** A number of processors; undefined for what is none. */
export const cpuCount = (text: string): number | undefined => bounded(text, 1, MOST_CPUS);

/** The size of a disk; undefined for what is none. */
export const diskBytes = (text: string, factor: number): number | undefined => bounded(text, factor, MOST_DISK_BYTES);

function bounded(text: string, factor: number, most: number): number | undefined {
  if (!/^\s*\d{1,16}\s*$/.test(text)) return undefined;
  const value = Number(text) * factor;
  return Number.isSafeInteger(value) && value > 0 && value <= most ? value : undefined;
}

/**
 * The factor of an allocation unit of CIM (DSP0004): `byte * 2^20`, `byte`, and the words that older writers used.
 * Undefined for another.
 */
export function cimFactor(unit: string): number | undefined {
  const text = unit.trim().toLowerCase();
  const old = { kilobytes: 1024, megabytes: 1024 ** 2, gigabytes: 1024 ** 3, byte: 1, bytes: 1, '': 1 };
  if (Object.hasOwn(old, text)) return old[text as keyof typeof old];
  const power = /^bytes? ?\* ?(2|10) ?\^ ?(\d{1,2})$/.exec(text);
  if (power) return Number(power[1]) ** Number(power[2]);
  const times = /^bytes? ?\* ?(\d{1,12})$/.exec(text);
  return times ? Number(times[1]) : undefined;
}

/** A hardware address as lower-case digits with colons; undefined for what is none. */
export function macAddress(text: string | undefined): string | undefined {
  const plain = text?.trim().toLowerCase().replaceAll('-', ':') ?? '';
  return /^(?:[0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(plain) ? plain : undefined;
}
