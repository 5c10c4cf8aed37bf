// SPDX-License-Identifier: Apache-2.0
import type { RpmInstallPlan } from '../../plan/types.js';
import type { StageContext } from '../../run/context.js';
import { runPreInstall } from '../scripts.js';
import { installByDnf } from './dnf.js';
import { keepPackages, takePackages } from './rpm-cache.js';
import { finishRpmTree } from './rpm-finish.js';
import { makeRpmPlace } from './rpm-place.js';
import { installByZypper } from './zypper.js';

/** What each tool does with a plan; the tree is the system when it returns. */
const INSTALLERS = { dnf: installByDnf, zypper: installByZypper } as const;

/**
 * Installs an rpm system by the tool of its distribution.
 * @throws InputError with the kickstart's line for what the repositories do not have, WorkError for what failed
 */
export async function installRpm(context: StageContext, plan: RpmInstallPlan): Promise<void> {
  await runPreInstall(context);
  const place = await makeRpmPlace(context, plan);
  await takePackages(context, plan, place);
  await INSTALLERS[plan.tool](context, plan, place);
  await keepPackages(context, plan, place);
  await finishRpmTree(context, plan, place);
}
