// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect } from 'vitest';

/** The originals make a folder in it. */
const home = mkdtempSync(join(tmpdir(), 'guestwright-home-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

export interface Outcome {
  readonly exit: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Setting {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly input?: Buffer | string;
}

/** Runs a program with nothing of this machine's places. */
export async function outcome(words: readonly string[], { env, cwd, input }: Setting = {}): Promise<Outcome> {
  const child = spawn(words[0]!, words.slice(1), {
    cwd,
    env: {
      PATH: '/usr/bin:/bin',
      HOME: home,
      LC_ALL: 'C.UTF-8',
      OSINFO_SYSTEM_DIR: '/nonexistent/system',
      OSINFO_LOCAL_DIR: '/nonexistent/local',
      OSINFO_USER_DIR: '/nonexistent/user',
      ...env,
    },
  });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on('data', (chunk) => out.push(chunk));
  child.stderr.on('data', (chunk) => err.push(chunk));
  child.stdin.on('error', () => undefined);
  child.stdin.end(input ?? '');
  const exit = await new Promise<number | string>((resolve) =>
    child.once('close', (code, signal) => resolve(code ?? signal ?? '')),
  );
  return { exit, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() };
}

/** Whether Debian's osinfo-db-tools and osinfo-db are here. */
export const hasOriginals = existsSync('/usr/bin/osinfo-db-import') && existsSync('/usr/share/osinfo/os');

/**
 * Both answer alike. Of a wrong command line the cause is compared, and that help follows: ours has more options.
 */
export function expectAlike(ours: Outcome, theirs: Outcome): void {
  expect({ ...ours, stderr: cause(ours.stderr) }).toEqual({ ...theirs, stderr: cause(theirs.stderr) });
  expect(/^Usage:/m.test(ours.stderr)).toBe(/^Usage:/m.test(theirs.stderr));
}

function cause(stderr: string): string {
  const end = stderr.search(/^Usage:/m);
  return end < 0 ? stderr : stderr.slice(0, end);
}
