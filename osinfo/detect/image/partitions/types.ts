// SPDX-License-Identifier: Apache-2.0
import type { Bytes } from '../bytes.js';

/** A stretch of a disk as its partition table says it. */
export interface Partition {
  /** As the kernel numbers it, from 1. */
  readonly number: number;
  readonly startBytes: number;
  readonly lengthBytes: number;
  /** GPT: a GUID in lower case. MBR: `0x83`. */
  readonly type: string;
}

export interface PartitionTable {
  readonly kind: 'gpt' | 'mbr' | 'none';
  readonly partitions: readonly Partition[];
  /** What was wrong with it and did not stop the reading: one sentence each. */
  readonly notes: readonly string[];
}

/** A file system's place, or that of something else: the disk, a partition, a logical volume. */
export interface Volume {
  readonly name: string;
  readonly startBytes: number;
  readonly partitionType?: string;
  readonly bytes: Bytes;
}

export const efiSystem = 'c12a7328-f81f-11d2-ba4b-00a0c93ec93b';
export const biosBoot = '21686148-6449-6e6f-744e-656564454649';
