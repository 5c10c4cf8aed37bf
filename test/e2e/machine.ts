// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '../..');
export const program = (name: string): string => join(root, 'dist/bin', `${name}.js`);

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves when a line of standard error has the text; rejects when the program ends without it. */
  saw(text: string): Promise<void>;
}

/** A folder for one test file, in /var/tmp: as large as the disk, and open to other users. */
export function makeFolder(): string {
  return mkdtempSync(join(existsSync('/var/tmp') ? '/var/tmp' : tmpdir(), 'guestwright-e2e-'));
}

/** Starts one of our programs as a person would, with a cache of the test's own. */
export function startTool(
  words: readonly string[],
  options: {
    cache: string;
    cwd?: string;
    env?: Record<string, string>;
    user?: string;
    /** The beginning of a command that runs the program. */
    within?: readonly string[];
  },
): Running {
  const env = { ...process.env, GUESTWRIGHT_CACHE_DIR: options.cache, ...options.env };
  const { within = [] } = options;
  const command =
    options.user === undefined
      ? [...within, process.execPath, ...words]
      : [
          'setpriv',
          `--reuid=${options.user}`,
          `--regid=${options.user}`,
          '--init-groups',
          '--reset-env',
          'env',
          `GUESTWRIGHT_CACHE_DIR=${options.cache}`,
          ...within,
          process.execPath,
          ...words,
        ];
  const child = spawn(command[0]!, command.slice(1), {
    cwd: options.cwd ?? root,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  const waiting = new Set<() => void>();
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
    for (const check of waiting) check();
  });
  const ended = new Promise<Ended>((done) => child.once('close', (code) => done({ code, stdout, stderr })));
  return {
    process: child,
    ended,
    saw: (text) =>
      new Promise((done, fail) => {
        const check = (): void => {
          if (!stderr.includes(text)) return;
          waiting.delete(check);
          done();
        };
        waiting.add(check);
        check();
        void ended.then(() =>
          stderr.includes(text) ? done() : fail(new Error(`it ended without «${text}»:\n${stderr}`)),
        );
      }),
  };
}

export function runTool(words: readonly string[], options: Parameters<typeof startTool>[1]): Promise<Ended> {
  return startTool(words, options).ended;
}

/** What a program of the system says, for checks of our results by other hands. */
export async function ask(...words: string[]): Promise<string> {
  const child = spawn(words[0]!, words.slice(1), {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, PATH: `/usr/sbin:/sbin:${process.env['PATH']}` },
  });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  const code = await new Promise<number | null>((done) => child.once('close', done));
  if (code !== 0) throw new Error(`${words.join(' ')} ended with ${code}:\n${text}`);
  return text;
}

/** Processes, mounts, loop devices and files that have to do with a folder, as this machine shows them. */
export function leftovers(folder: string): string[] {
  const found: string[] = [];
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)) {
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      const place = readlinkSync(`/proc/${pid}/cwd`);
      if (words.includes(folder) || place.startsWith(folder)) found.push(`process ${pid}: ${words}`);
    } catch {
      // It ended while it was looked at.
    }
  }
  for (const line of readFileSync('/proc/self/mountinfo', 'utf8').split('\n'))
    if (line.includes(folder)) found.push(`mount: ${line}`);
  for (const device of readdirSync('/sys/block').filter((name) => name.startsWith('loop'))) {
    const file = `/sys/block/${device}/loop/backing_file`;
    if (existsSync(file) && readFileSync(file, 'utf8').includes(folder)) found.push(`loop device ${device}`);
  }
  return found;
}

/** Files below a folder, by path relative to it; an absent folder has none. */
export function filesIn(folder: string): string[] {
  return existsSync(folder) ? (readdirSync(folder, { recursive: true }) as string[]).sort() : [];
}

/** A copy of what a package of ours holds, where every user can read it. */
export function shareProgram(folder: string): string {
  const place = join(folder, 'program');
  mkdirSync(place, { recursive: true });
  for (const name of ['dist', 'db', 'schema', 'kickstarts', 'package.json'])
    cpSync(join(root, name), join(place, name), { recursive: true, dereference: true });
  return join(place, 'dist/bin/guestwright.js');
}

/** What is still left of a build after a while: processes, mounts, loop devices, and files of the build's own. */
export async function remains(folder: string, workFolder: string, seconds = 15): Promise<string[]> {
  const look = (): string[] => [...leftovers(folder), ...filesIn(workFolder).map((name) => `file ${name}`)];
  for (let i = 0; i < seconds * 10 && look().length > 0; i++) await new Promise((done) => setTimeout(done, 100));
  return look().slice(0, 20);
}
