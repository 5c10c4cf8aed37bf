// SPDX-License-Identifier: Apache-2.0
import type { StageName } from './protocol.js';

/** What a build tells while it goes on; the tools decide how it looks. */
export type BuildEvent =
  | {
      readonly type: 'stage';
      readonly stage: BuildStage;
      readonly status: 'start' | 'done' | 'cached';
      readonly ms?: number;
      /** What the stage made takes on the disk: the tree, the raw disks, the images. */
      readonly bytes?: number;
      readonly detail?: string;
    }
  | { readonly type: 'detail'; readonly stage: BuildStage; readonly text: string }
  /** How much was downloaded so far, and how fast that goes. */
  | {
      readonly type: 'rate';
      readonly stage: BuildStage;
      readonly bytes: number;
      readonly bytesPerSecond: number;
    }
  | { readonly type: 'notice'; readonly message: string }
  | ({ readonly type: 'helper' } & HelperShare);

/** What a helper machine was started for, and how much of its stage's time it took. */
export interface HelperShare {
  readonly purpose: string;
  readonly machine: 'uml' | 'qemu';
  readonly ms: number;
}

export type BuildStage = 'prepare' | StageName | 'describe' | 'boot-test' | 'check';

/** The stages in their order, with what each does, for people. */
export const STAGES: readonly { readonly name: BuildStage; readonly title: string }[] = [
  { name: 'prepare', title: 'check this machine and the mirror' },
  { name: 'install', title: 'install packages' },
  { name: 'configure', title: 'configure the system' },
  { name: 'scripts', title: 'run %post' },
  { name: 'clean', title: 'clean up' },
  { name: 'tree', title: 'pack the tree' },
  { name: 'disks', title: 'make the disks' },
  { name: 'convert', title: 'write the images' },
  { name: 'bundle', title: 'bundle the images' },
  { name: 'describe', title: 'describe the appliance' },
  { name: 'boot-test', title: 'start it' },
  { name: 'check', title: 'build it again and compare' },
];
