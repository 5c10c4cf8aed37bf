// SPDX-License-Identifier: Apache-2.0
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { FilesystemPlan } from '../../plan/types.js';
import type { StageContext } from '../../run/context.js';
import { type Place, pour } from '../place.js';

/** Swap space by mkswap(8). It has no offset: it is made apart, and its one page of header copied in. */
export async function makeSwap(context: StageContext, place: Place, filesystem: FilesystemPlan): Promise<void> {
  const { uuid, label } = filesystem;
  const part = join(context.scratch, 'swap.part');
  await context.tool(['truncate', '--size', String(place.sizeBytes), part]);
  await context.tool(['mkswap', '-q', '-U', uuid, ...(label === undefined ? [] : ['-L', label]), part]);
  await pour(context, part, place);
  rmSync(part);
}
