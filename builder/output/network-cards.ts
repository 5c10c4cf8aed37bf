// SPDX-License-Identifier: Apache-2.0
import { MOST_NICS } from '../../osinfo/formats/request.js';
import type { Plan } from '../plan/types.js';

/** How many cards the machine has: one for each wired connection of the kickstart, and one where it says nothing. */
export function networkCards({ system }: Pick<Plan, 'system'>): number {
  const wired = system.network.filter(({ link }) => link.kind === 'ethernet').length;
  return Math.min(Math.max(wired, 1), MOST_NICS);
}
