// SPDX-License-Identifier: Apache-2.0
import { expect } from 'vitest';
import { type BootTestOptions, bootTest } from '../../builder/boot-test/boot-test.js';
import { expectedInside } from '../../builder/boot-test/inside.js';
import type { Plan } from '../../builder/plan/types.js';

/** Emulated, and beside other work, a guest takes its time over every answer. */
const SECONDS = 600;

export interface Guest extends BootTestOptions {
  /** Root's. */
  readonly password: string;
}

/**
 * Starts a guest, logs in, and holds what it says of its mounts, its swap and its units against the plan. Answers with
 * the seconds from QEMU's start to the login prompt.
 * @param answers what commands print, by command
 */
export async function checkInside(
  { password, ...guest }: Guest,
  plan: Plan,
  answers: Readonly<Record<string, string>> = {},
): Promise<number> {
  const inside = { password, expected: expectedInside(plan), commands: Object.keys(answers) };
  const { seconds, commands, failures } = await bootTest({ ...guest, inside, timeoutSeconds: SECONDS });
  expect(failures).toEqual([]);
  expect(Object.fromEntries(commands.map(({ command, output }) => [command, output.trim()]))).toEqual(answers);
  return seconds;
}
