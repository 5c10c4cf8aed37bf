// SPDX-License-Identifier: Apache-2.0
import type { DiskFormat, DiskPlan } from '../../plan/types.js';
import type { StageContext } from '../../run/context.js';
import { writeRawXz, writeRawZst } from './packed.js';
import { convertByQemu } from './qemu-img.js';
import { writeVdi } from './vdi.js';
import { writeFixedVhd } from './vhd.js';
import { writeVhdx } from './vhdx.js';
import { writeSparseVmdk, writeStreamVmdk } from './vmdk.js';

/** A finished raw disk, and the file that it is to become. */
export interface Conversion {
  readonly context: StageContext;
  readonly disk: DiskPlan;
  readonly raw: string;
  readonly target: string;
}

interface Format {
  /** About the time that it takes, in that of the quickest: what takes longest is begun first. */
  readonly effort: number;
  readonly write: (conversion: Conversion) => Promise<void>;
}

export const FORMATS: Readonly<Record<DiskFormat, Format>> = {
  raw: { effort: 1, write: (one) => convertByQemu(one, 'raw') },
  'raw.xz': { effort: 80, write: writeRawXz },
  'raw.zst': { effort: 6, write: writeRawZst },
  // zstd is written five times as fast as zlib and is smaller.
  qcow2: { effort: 4, write: (one) => convertByQemu(one, 'qcow2', packing(one, 'zstd')) },
  'qcow2-zlib': { effort: 20, write: (one) => convertByQemu(one, 'qcow2', packing(one, 'zlib')) },
  vmdk: {
    effort: 12,
    write: (one) => (one.context.plan.outputs.compress ? writeStreamVmdk(one) : writeSparseVmdk(one)),
  },
  'vmdk-sparse': { effort: 2, write: writeSparseVmdk },
  vhdx: { effort: 2, write: writeVhdx },
  vpc: { effort: 1, write: writeFixedVhd },
  vdi: { effort: 2, write: writeVdi },
};

function packing({ context }: Conversion, by: 'zstd' | 'zlib'): string[] {
  return context.plan.outputs.compress ? ['-c', '-o', `compression_type=${by}`] : [];
}
