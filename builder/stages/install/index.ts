// SPDX-License-Identifier: Apache-2.0
import type { StageContext } from '../../run/context.js';

/**
 * Installs the plan's packages into the tree, by the tool of the plan's family.
 * @throws InputError with the kickstart's line for a package that the sources do not have
 */
export async function runInstall(context: StageContext): Promise<void> {
  const plan = context.plan.install;
  if (plan.family === 'deb') await (await import('./deb.js')).installDeb(context, plan);
  else await (await import('./rpm.js')).installRpm(context, plan);
}
