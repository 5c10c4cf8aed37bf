// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../../../osinfo/errors.js';
import type { At, Issue } from '../../kickstart/model.js';

export const MIB = 1024 * 1024;
export const GIB = 1024 * MIB;
export const TIB = 1024 * GIB;

/** What the storage planner is told beside the kickstart. */
export interface StorageContext {
  /** The appliance's name: all identities follow from it. */
  readonly name: string;
  /** A boot loader is installed, so that what it needs must be there. */
  readonly bootable: boolean;
  /** The database's name of the architecture: `x86_64`. */
  readonly arch: string;
  /** The OS as a person knows it, for notices. */
  readonly osName: string;
  /** The file system where the kickstart names none. */
  readonly defaultFilesystem: 'ext4' | 'xfs';
  /** What the database recommends for a machine with this OS; asked only where the layout depends on it. */
  readonly recommended: () => { readonly memoryBytes: number; readonly storageBytes: number };
  /** Sizes of disks in bytes that the user asked for, by name; `*` is the disk of the system. */
  readonly diskBytes?: Readonly<Record<string, number>> | undefined;
}

/** A notice about the layout. */
export function notice(at: At, code: string, message: string): Issue {
  return { severity: 'notice', code, at, message };
}

/** A layout that cannot be made, with the kickstart's line. */
export function refusal(at: At, code: string, message: string): InputError {
  return new InputError(code, message, at);
}
