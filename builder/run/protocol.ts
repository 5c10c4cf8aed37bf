// SPDX-License-Identifier: Apache-2.0
import type { BundleFormat, DiskFormat, Plan } from '../plan/types.js';
import type { OsRelease } from '../stages/os-release.js';
import type { InstalledPackage } from '../stages/packages/types.js';

/**
 * What the builder's two processes tell each other, a JSON document a line: the caller's process plans, shows progress
 * and publishes; the worker does the stages inside its own namespaces. When the caller is gone its end of the pipe
 * closes, the worker (process 1 of its namespace) ends, and the kernel takes everything with it: processes, mounts,
 * and the memory file systems that hold the tree.
 */
export interface Job {
  readonly plan: Plan;
  /** A folder on disk that only this build uses; outputs are left in its `out`. */
  readonly workFolder: string;
  readonly cacheFolder: string | undefined;
  /** What the package archives say of themselves now (hash of their InRelease files): part of the install stage's key. */
  readonly repositoryState: string;
  readonly toolVersions: Readonly<Record<string, string>>;
  readonly postOffline: boolean;
  /** The first stage that is done anew, whatever is kept. */
  readonly fresh?: FreshStage;
}

/** Stages that a build can be told to do again, with all that follows. */
export const FRESH_STAGES = ['install', 'configure', 'scripts'] as const;
export type FreshStage = (typeof FRESH_STAGES)[number];

export type StageName = 'install' | 'configure' | 'scripts' | 'clean' | 'tree' | 'disks' | 'convert' | 'bundle';

export type WorkerEvent =
  | {
      readonly type: 'stage';
      readonly stage: StageName;
      readonly status: 'start' | 'cached' | 'done';
      readonly detail?: string;
      readonly ms?: number;
      readonly bytes?: number;
    }
  | { readonly type: 'rate'; readonly stage: StageName; readonly bytes: number; readonly bytesPerSecond: number }
  | { readonly type: 'detail'; readonly stage: StageName; readonly text: string }
  | { readonly type: 'notice'; readonly message: string }
  /** A helper machine ended: how long it took of its stage. */
  | { readonly type: 'helper'; readonly purpose: string; readonly machine: 'uml' | 'qemu'; readonly ms: number }
  | { readonly type: 'result'; readonly result: JobResult }
  | { readonly type: 'failed'; readonly kind: 'input' | 'work'; readonly code: string; readonly message: string };

export interface JobResult {
  readonly packages: readonly InstalledPackage[];
  /** What the finished tree says of itself; absent where it says nothing. */
  readonly osRelease?: OsRelease;
  readonly images: readonly ImageResult[];
  readonly bundles: readonly BundleResult[];
  /** The system's tree as a tar, where it was asked for: a file in the job's `out` folder. */
  readonly tree?: string;
  readonly kernel?: string;
  /** What the system is started from without a boot loader, where it was asked for. */
  readonly kernelFiles?: KernelResult;
}

/** Files in the job's `out` folder. */
export interface KernelResult {
  readonly version: string;
  readonly kernel: string;
  readonly initrd: string;
  readonly commandLine: string;
}

export interface ImageResult {
  readonly disk: string;
  readonly format: DiskFormat;
  /** In the job's `out` folder. */
  readonly file: string;
}

/** Disks and what they need, in one file. */
export interface BundleResult {
  readonly format: BundleFormat;
  /** In the job's `out` folder. */
  readonly file: string;
  /** The disks that are in it, by name. */
  readonly disks: readonly string[];
}
