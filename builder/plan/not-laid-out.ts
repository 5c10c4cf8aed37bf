// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../../osinfo/errors.js';
import type { At, Issue } from '../kickstart/model.js';
import type { Plan } from './types.js';

type Layout = Pick<Plan, 'disks' | 'storage' | 'kickstart'>;

/** What a plan can hold and the stages do not write yet: a line goes with the stage that does it. */
const NOT_WRITTEN: readonly (readonly [string, (plan: Layout) => At | boolean | undefined])[] = [
  ['an MBR', ({ disks }) => disks.find((disk) => disk.label === 'dos') !== undefined],
];

/** What of a plan this version cannot write: an issue each, with the kickstart's line. */
export function notLaidOut(plan: Layout): Issue[] {
  return NOT_WRITTEN.flatMap(([what, find]) => {
    const at = find(plan);
    if (at === undefined || at === false) return [];
    return [
      {
        severity: 'warning' as const,
        code: 'not-laid-out',
        at: at === true ? { file: plan.kickstart.file, line: 1, column: 1 } : at,
        message: `${what} is planned, and not written by this version: a build would stop here`,
      },
    ];
  });
}

/**
 * Stops a build of what the stages cannot write, before anything is downloaded.
 * @throws InputError with the kickstart's line
 */
export function refuseUnbuildable(plan: Layout): void {
  const first = notLaidOut(plan)[0];
  if (first) {
    const message = first.message.replace(/: a build .*$/, '; --dry-run shows the whole plan');
    throw new InputError(first.code, message, first.at);
  }
}
