// SPDX-License-Identifier: Apache-2.0
import type { At } from '../../kickstart/model.js';
import type { FilesystemPlan } from '../../plan/types.js';
import type { StageContext } from '../../run/context.js';
import type { Place } from '../place.js';

/** What goes into a file system. */
export interface FilesystemSource {
  /** The part of the tree, in which an empty folder stands for each mount point below it; absent: nothing goes in. */
  readonly folder: string | undefined;
  /** Where the finished system has it, for messages. */
  readonly mountpoint: string | undefined;
  /** The kickstart's line; absent where the planner added the file system. */
  readonly at: At | undefined;
}

/** Makes one type of file system at its place, which is empty, with the files of its source. No device, no mount. */
export type FilesystemMaker = (
  context: StageContext,
  place: Place,
  filesystem: FilesystemPlan,
  source: FilesystemSource,
) => Promise<void>;
