// SPDX-License-Identifier: Apache-2.0
import { WorkError } from '../../../osinfo/errors.js';
import type { RpmInstallPlan } from '../../plan/types.js';
import type { StageContext } from '../../run/context.js';

/** Installs an rpm system by the tool of its distribution. */
export async function installRpm(_context: StageContext, plan: RpmInstallPlan): Promise<void> {
  throw new WorkError('rpm', `${plan.tool} is not run yet`);
}
