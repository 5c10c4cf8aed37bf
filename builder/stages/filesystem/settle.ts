// SPDX-License-Identifier: Apache-2.0
import type { StageContext } from '../../run/context.js';

/**
 * Brings a part of the tree to what every file system can be made of: no sockets, whose programs have ended and which tar
 * does not hold; and in a reproducible build nothing younger than its day (reproducible-builds.org, SOURCE_DATE_EPOCH).
 */
export async function settleFolder(context: StageContext, folder: string): Promise<void> {
  await context.tool(['find', folder, '-xdev', '-type', 's', '-delete']);
  const epoch = context.plan.outputs.sourceDateEpoch;
  if (epoch === undefined) return;
  const touch = ['touch', '--no-dereference', '--date', `@${epoch}`, '--'];
  await context.tool(['find', folder, '-newermt', `@${epoch}`, '-exec', ...touch, '{}', '+']);
}
