// SPDX-License-Identifier: Apache-2.0
import { WorkError } from '../../../osinfo/errors.js';
import type { RpmInstallPlan } from '../../plan/types.js';
import type { StageContext } from '../../run/context.js';
import type { RpmPlace } from './rpm-place.js';

/** Installs by zypper. */
export async function installByZypper(_context: StageContext, plan: RpmInstallPlan, _place: RpmPlace): Promise<void> {
  throw new WorkError('zypper', `${plan.tool} is not run yet`);
}
