// SPDX-License-Identifier: Apache-2.0
import type { Plan } from '../plan/types.js';

/** As many as the formats of machines give. */
const MOST = 4;

/** How many cards the machine has: one for each wired connection of the kickstart, and one where it says nothing. */
export function networkCards({ system }: Pick<Plan, 'system'>): number {
  const wired = system.network.filter(({ link }) => link.kind === 'ethernet').length;
  return Math.min(Math.max(wired, 1), MOST);
}
