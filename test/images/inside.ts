// SPDX-License-Identifier: Apache-2.0
import { expect } from 'vitest';
import type { Plan } from '../../builder/plan/types.js';
import { type Guest, SerialConsole } from './console.js';

/** Mount points and types that `findmnt` shows differently from fstab. */
const TYPE_SEEN: Readonly<Record<string, string>> = { squashfs: 'overlay', erofs: 'overlay' };

/**
 * Starts a guest, logs in, and holds what it says of its mounts, its swap and its units against the plan. Answers with
 * the seconds from QEMU's start to the login prompt. An emulated processor that stands still gets one more try.
 * @param answers what commands of one line print, by command
 */
export async function checkInside(
  guest: Guest,
  plan: Plan,
  answers: Readonly<Record<string, string>> = {},
  again = true,
): Promise<number> {
  const started = Date.now();
  const console = SerialConsole.start(guest);
  try {
    await console.expect(/login: *$/, 600);
    const seconds = Math.round((Date.now() - started) / 100) / 10;
    await console.logIn(guest.password);
    const units = await console.ask('systemctl is-system-running --wait; systemctl --failed --no-legend --plain', 400);
    expect(units, console.text.slice(-3000)).toBe('running');
    for (const { target, type } of plan.system.fstab) {
      if (!target.startsWith('/')) continue;
      const seen = await console.ask(`findmnt -nro TARGET,FSTYPE --mountpoint ${target}`);
      expect(seen).toBe(`${target} ${TYPE_SEEN[type] ?? type}`);
    }
    const swaps = plan.system.fstab.filter(({ type }) => type === 'swap').length;
    expect((await console.ask('swapon --show=NAME --noheadings')).split('\n').filter(Boolean)).toHaveLength(swaps);
    for (const [command, answer] of Object.entries(answers)) expect(await console.ask(command), command).toBe(answer);
    return seconds;
  } catch (error) {
    if (!again || !(error instanceof Error) || !error.message.includes('stands still')) throw error;
  } finally {
    await console.end();
  }
  return checkInside(guest, plan, answers, false);
}
