// SPDX-License-Identifier: Apache-2.0
import type { Recommendation } from '../../osinfo/recommend/types.js';
import type { FoundDisk } from '../virt-image/storage.js';

/** An appliance that can be started: what it is to run on, and its disks. */
export interface RunnableAppliance {
  readonly name: string;
  readonly recommendation: Recommendation;
  /** In the order that the guest sees them. */
  readonly disks: readonly RunnableDisk[];
  /** Path of an ISO image. */
  readonly cdrom?: string;
  readonly nics: number;
  /** Digests of its files, where it has them. */
  readonly digests: readonly FileDigest[];
  /** Started by QEMU itself, without a boot loader. */
  readonly kernel?: { readonly kernel: string; readonly initrd?: string; readonly cmdline?: string };
  /** What is likely to disappoint, a sentence each. */
  readonly warnings: readonly string[];
}

export interface RunnableDisk {
  /** Absolute. */
  readonly path: string;
  /** QEMU's name of the format: `qcow2`, `raw`, `vmdk`. */
  readonly format: string;
  /** There is none yet, and a blank one is to take its place. */
  readonly blank?: FoundDisk;
}

export interface FileDigest {
  readonly path: string;
  readonly type: 'sha1' | 'sha256' | 'sha512';
  /** Lower-case hex digits. */
  readonly digest: string;
}
