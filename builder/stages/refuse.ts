// SPDX-License-Identifier: Apache-2.0
import { formatPlace } from '../../osinfo/errors.js';
import { type Refusal, refusal } from '../plan/accepted.js';
import type { StageContext } from '../run/context.js';

/**
 * Something that this system has no means for, found when its tree is there: refused, or told where the user accepts
 * the image without it.
 * @throws InputError with the kickstart's line
 */
export function refuseOrTell(context: StageContext, what: Refusal): void {
  if (!context.plan.system.allowIgnored.includes(what.name)) throw refusal(what);
  context.emit({
    type: 'notice',
    message: `${formatPlace(what.at)}: ${what.message} (ignored, as --allow-ignored ${what.name} says)`,
  });
}
