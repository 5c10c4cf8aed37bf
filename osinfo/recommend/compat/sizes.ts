// SPDX-License-Identifier: Apache-2.0
import { recommendedSize, type Size } from './asked.js';
import type { Guest } from './guest.js';
import { type Ruled, ruled } from './ruled.js';

const MiB = 1024 ** 2;
const GiB = 1024 ** 3;

/** What a person is asked for where the database names nothing; what is taken instead here, and said in a warning. */
const memoryOfUnknown = 2048 * MiB;
const diskOfUnknown = 20 * GiB;
const diskOption = '--disk size=20';

export interface SizeAnswer extends Ruled<number> {
  readonly fromDb: boolean;
  /** What virt-install would have stopped at. */
  readonly refusal?: string;
}

/** Memory in KiB. */
export function memory(guest: Guest, asked: number | undefined): SizeAnswer {
  const size = sizeOf(guest, 'memory', 'ramBytes', asked, memoryOfUnknown, '--memory 2048');
  return { ...size, value: Math.floor(size.value / 1024) };
}

export function cpus(guest: Guest, asked: number | undefined): SizeAnswer {
  const { refusal: _, ...size } = sizeOf(guest, 'cpus', 'nCpus', asked, 1, '');
  return size;
}

/** The disk in whole GiB, what is over left off. */
export function disk(guest: Guest, asked: number | undefined): SizeAnswer {
  const size = sizeOf(guest, 'disk-size', 'storageBytes', asked, diskOfUnknown, diskOption);
  const value = Math.floor(size.value / GiB);
  if (value > 0) return { ...size, value };
  const name = guest.os.name ?? guest.os.os.id;
  return {
    ...ruled('disk-size.too-small', diskOfUnknown / GiB, 'of less than 1 GiB it makes 0', size.facts),
    fromDb: false,
    refusal: `${name} needs less than 1 GiB of disk, of which virt-install makes 0 and stops; this is its answer with ${diskOption}`,
  };
}

function sizeOf(
  guest: Guest,
  rule: string,
  size: Size,
  asked: number | undefined,
  unknown: number,
  option: string,
): SizeAnswer {
  if (asked !== undefined) return { ...ruled(`${rule}.asked`, asked, 'it was asked for'), fromDb: false };
  const found = recommendedSize(guest.os.os, guest.arch, size);
  if (found === undefined) {
    const name = guest.os.name ?? guest.os.os.id;
    return {
      ...ruled(`${rule}.unknown`, unknown, `the database names none of ${name} for ${guest.arch}`),
      fromDb: false,
      refusal: `the database names no ${rule === 'memory' ? 'memory' : 'disk size'} of ${name} for ${guest.arch}: virt-install stops there; this is its answer with ${option}`,
    };
  }
  const reason = found.doubled ? 'twice the minimum, for want of a recommended number' : 'the recommended number';
  return {
    ...ruled(`${rule}.${found.doubled ? 'doubled' : 'recommended'}`, found.value, reason, [found.fact]),
    fromDb: true,
  };
}
