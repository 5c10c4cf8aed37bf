// SPDX-License-Identifier: Apache-2.0
import type { StageContext } from '../context.js';

/** A small machine that runs one script with a kernel of its own, where a file system cannot be made without one. */
export type HelperMachine = 'uml' | 'qemu';

export interface HelperJob {
  /** What it is for, in a few words, as a person reads it: `xfs on /`. */
  readonly purpose: string;
  /**
   * Read by `sh -eu`, as root of the machine. No value from outside is ever put into it: values come as files in
   * `/run/helper/values`, disks as `/run/helper/disk0`, `disk1` … (links to the device), folders as `/run/helper/NAME`.
   * Its output is what the caller gets. It unmounts what it mounts.
   */
  readonly script: string;
  /** Raw files, or files of any other bytes (a tar is read from its disk as it is); at most twelve. */
  readonly disks: readonly { readonly file: string; readonly readOnly?: boolean }[];
  /** Folders of this machine, to be read; small ones, since QEMU gets a copy of each. `name` is a word of the code's own. */
  readonly folders?: readonly { readonly from: string; readonly name: string }[];
  /** What the script needs to know: a file `/run/helper/values/NAME` each, with nothing added. */
  readonly values?: Readonly<Record<string, string>>;
  /** Modules of the kernel that are loaded before the script, with those they need. Built-in ones do no harm. */
  readonly modules: readonly string[];
  /** Programs of this machine that the script runs, beside the usual ones (`BASE_PROGRAMS` in `initramfs.ts`). */
  readonly programs: readonly string[];
  /** Memory of the machine. Default 512. */
  readonly memoryMiB?: number;
  /** When the machine is taken for stuck. QEMU, which emulates the processor, gets three times as long. Default 300. */
  readonly timeoutSeconds?: number;
  /** Called before every attempt: puts the disks into the state that the script expects. */
  readonly prepare?: () => Promise<void>;
}

export interface HelperResult {
  readonly machine: HelperMachine;
  /** Wall time, with starting and ending the machine. */
  readonly ms: number;
  /** What the script said. */
  readonly lines: readonly string[];
}

/** What of a stage's context the helper machine needs. */
export type HelperContext = Pick<StageContext, 'tool' | 'scratch' | 'tree' | 'emit'>;
