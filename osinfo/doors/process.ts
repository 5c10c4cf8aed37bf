// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from 'node:crypto';
import { closeSync, createWriteStream, openSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InputError, MissingError, ToolError } from '../errors.js';

export interface RunOptions {
  /** What the program reads. Without it: nothing, at once closed. */
  readonly input?: string | Uint8Array;
  readonly cwd?: string;
  /** The whole environment; a small clean one where it is absent. */
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds after which the program is killed. Default 10 minutes. */
  readonly timeoutMs?: number;
  /** Exit codes that count as success. Default [0]. */
  readonly okCodes?: readonly number[];
  /** A file that gets all output as well, appended. */
  readonly log?: string;
  /** Called with each whole line of output, in order. */
  readonly onLine?: (line: string, stream: 'stdout' | 'stderr') => void;
  /** Most bytes of either stream that are kept, from the end. Default 8 MiB. */
  readonly keepBytes?: number;
  /** Kills the program; one that is aborted already starts none. */
  readonly signal?: AbortSignal;
}

export interface RunResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/** What programs get when the caller says nothing: nothing of the user's, and no translation of messages. */
export function cleanEnvironment(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: process.env['HOME'] ?? '/',
    LANG: 'C.UTF-8',
    LC_ALL: 'C.UTF-8',
    TZ: 'UTC',
    ...extra,
  };
}

/** Words of a command as they may be shown to a person; never given to a shell. */
export function showCommand(words: readonly string[]): string {
  return words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' ');
}

/**
 * Runs a program and waits for its end: the one door for processes. Every word is passed as one argument, whatever is
 * in it; nothing is read by a shell as code.
 * @throws ToolError when it ends with a code that is not in `okCodes`, is killed, or runs out of time
 * @throws MissingError when there is no such program
 * @throws InputError when a word has a NUL in it, which would cut it short
 */
export async function run(words: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const program = words[0] ?? '';
  if (words.some((word) => word.includes('\0'))) {
    throw new InputError('nul-in-argument', `an argument of ${program} contains a NUL character; remove it`);
  }
  const { $ } = await import('zx/core');
  if (options.signal?.aborted) throw stopped(program, null, options.log);
  const keep = options.keepBytes ?? 8 * 1024 * 1024;
  const out = collector(keep, options.onLine && ((line) => options.onLine!(line, 'stdout')));
  const err = collector(keep, options.onLine && ((line) => options.onLine!(line, 'stderr')));
  const log = options.log === undefined ? undefined : createWriteStream(options.log, { flags: 'a', mode: 0o600 });
  let timedOut = false;
  const input = options.input === undefined ? undefined : openInput(options.input);
  // `exec` lets the program take the place of zx's bash: signals reach it, and its parent is this process.
  const child = $({
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: { ...(options.env ?? cleanEnvironment()) },
    stdio: [input ?? 'ignore', 'pipe', 'pipe'],
    nothrow: true,
    quiet: true,
    verbose: false,
    // zx would keep every byte in memory: its store is replaced by the bounded collectors.
    store: { stdout: sink(), stderr: sink(), stdall: sink() },
  })`exec ${words}`;
  const spawned = child.child;
  spawned?.stdout?.on('data', (chunk: Buffer) => {
    out.push(chunk);
    log?.write(chunk);
  });
  spawned?.stderr?.on('data', (chunk: Buffer) => {
    err.push(chunk);
    log?.write(chunk);
  });
  const kill = () => void child.kill('SIGKILL').catch(() => undefined);
  const timer = setTimeout(() => {
    timedOut = true;
    kill();
  }, options.timeoutMs ?? 600_000);
  options.signal?.addEventListener('abort', kill, { once: true });
  let exitCode: number | null;
  let signal: string | null;
  try {
    const result = await child;
    exitCode = result.exitCode;
    signal = result.signal;
  } finally {
    clearTimeout(timer);
    if (input !== undefined) closeSync(input);
    options.signal?.removeEventListener('abort', kill);
    await new Promise<void>((resolve) => (log ? log.end(() => resolve()) : resolve()));
  }
  const result = { stdout: out.end(), stderr: err.end(), exitCode: exitCode ?? -1 };
  if (exitCode !== null && (options.okCodes ?? [0]).includes(exitCode)) return result;
  if (options.signal?.aborted) throw stopped(program, exitCode, options.log);
  if (timedOut) {
    const seconds = Math.round((options.timeoutMs ?? 600_000) / 1000);
    throw new ToolError(program, exitCode, `${program} took longer than ${seconds} s and was stopped`, options.log);
  }
  if (
    exitCode === 127 &&
    /: (not found|No such file or directory|command not found)\s*$/.test(result.stderr.trimEnd())
  ) {
    throw new MissingError('program-missing', `the program ${program} is missing; install the package that has it`);
  }
  const how = signal ? `was ended by ${signal}` : `ended with exit code ${exitCode}`;
  throw new ToolError(program, exitCode, `${program} ${how}${lastWords(result)}`, options.log);
}

function stopped(program: string, exitCode: number | null, log: string | undefined): ToolError {
  return new ToolError(program, exitCode, `${program} was stopped`, log);
}

/**
 * A descriptor that reads the text, of a file that has no name any more: with a pipe zx waits for some 150 ms at each
 * call. `TMPDIR` says where it lies; a build's is in memory.
 */
function openInput(input: string | Uint8Array): number {
  const path = join(tmpdir(), `guestwright-input-${randomUUID()}`);
  const file = openSync(path, 'wx+', 0o600);
  unlinkSync(path);
  const bytes = typeof input === 'string' ? Buffer.from(input) : input;
  // Written at a place, so that the reader begins at the start.
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done, bytes.length - done, done);
  return file;
}

function lastWords(result: { stdout: string; stderr: string }): string {
  const text = result.stderr.trim() || result.stdout.trim();
  const last = text.split('\n').at(-1)?.trim();
  return last ? `: ${last.slice(0, 500)}` : '';
}

interface Collector {
  push(chunk: Buffer): void;
  end(): string;
}

function collector(keep: number, onLine?: (line: string) => void, onPartial?: (tail: string) => void): Collector {
  let chunks: Buffer[] = [];
  let size = 0;
  let partial = '';
  return {
    push(chunk) {
      chunks.push(chunk);
      size += chunk.length;
      while (size > keep && chunks.length > 1) size -= chunks.shift()!.length;
      if (!onLine) return;
      partial += chunk.toString('utf8');
      const lines = partial.split(/\r\n|\n|\r/);
      partial = (lines.pop() ?? '').slice(-65_536);
      for (const line of lines) onLine(line);
      if (partial !== '') onPartial?.(partial.slice(-200));
    },
    end() {
      if (onLine && partial !== '') onLine(partial);
      const text = Buffer.concat(chunks).toString('utf8');
      chunks = [];
      return text;
    },
  };
}

function sink(): string[] {
  const array: string[] = [];
  array.push = () => 0;
  return array;
}

export interface Started {
  readonly pid: number;
  /** Ends with the exit code, or null after a signal; never rejects. */
  readonly ended: Promise<number | null>;
  /** Writes to the program's standard input, which stays open. */
  write(text: string): void;
  /** Closes its standard input. */
  closeInput(): void;
  kill(signal: NodeJS.Signals): void;
}

/**
 * Starts a program that lives beside this process and talks in lines: its input stays open until this process closes
 * it, or is gone, which is how the program learns that it should end.
 * @throws MissingError when there is no such program
 */
export async function start(
  words: readonly [string, ...string[]],
  options: {
    readonly env?: Readonly<Record<string, string>>;
    readonly onLine: (line: string, stream: 'stdout' | 'stderr') => void;
    /** Called with the last characters (at most 200) of a line that has not ended yet, as a prompt has not. */
    readonly onPartial?: (tail: string) => void;
  },
): Promise<Started> {
  const [program, ...rest] = words;
  const { spawn } = await import('node:child_process');
  const child = spawn(program, rest, {
    env: { ...(options.env ?? cleanEnvironment()) },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const out = collector(65_536, (line) => options.onLine(line, 'stdout'), options.onPartial);
  const err = collector(65_536, (line) => options.onLine(line, 'stderr'), options.onPartial);
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  // A program that ended early must not take this process with it.
  child.stdin.on('error', () => undefined);
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', (code) => {
      out.end();
      err.end();
      resolve(code);
    });
  });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', () =>
      reject(new MissingError('program-missing', `the program ${program} is missing; install the package that has it`)),
    );
  });
  return {
    pid: child.pid!,
    ended,
    write: (text) => void child.stdin.write(text),
    closeInput: () => void child.stdin.end(),
    kill: (signal) => void child.kill(signal),
  };
}

/**
 * Pipes bytes through a program and yields what comes out, as it comes: nothing is held but a few chunks. A caller that
 * stops early ends the program. What the input throws is thrown here, before any complaint of the program about it.
 * @throws MissingError when there is no such program
 * @throws ToolError when it ends badly or runs out of time (default 10 minutes)
 */
export async function* filter(
  words: readonly [string, ...string[]],
  input: AsyncIterable<Uint8Array>,
  options: { readonly timeoutMs?: number } = {},
): AsyncGenerator<Buffer, void, undefined> {
  const [program, ...rest] = words;
  const [{ spawn }, { pipeline }] = await Promise.all([import('node:child_process'), import('node:stream/promises')]);
  const child = spawn(program, rest, { env: { ...cleanEnvironment() }, stdio: ['pipe', 'pipe', 'pipe'] });
  const err = collector(65_536);
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  const ended = new Promise<{ code: number | null; missing: boolean }>((resolve) => {
    child.once('error', () => resolve({ code: null, missing: true }));
    child.once('close', (code) => resolve({ code, missing: false }));
  });
  // A program that ends before it has read everything says why itself.
  const fed = pipeline(input, child.stdin).then(
    () => undefined,
    (error: NodeJS.ErrnoException) => {
      const closed =
        error.code === 'EPIPE' || error.code === 'ERR_STREAM_PREMATURE_CLOSE' || error.code === 'ECONNRESET';
      return closed ? undefined : error;
    },
  );
  let timedOut = false;
  const timeoutMs = options.timeoutMs ?? 600_000;
  const timer = setTimeout(() => {
    timedOut = true;
    child.kill('SIGKILL');
  }, timeoutMs);
  let done = false;
  try {
    for await (const chunk of child.stdout) yield chunk as Buffer;
    const { code, missing } = await ended;
    const fault = missing ? undefined : await fed;
    done = true;
    if (missing)
      throw new MissingError('program-missing', `the program ${program} is missing; install the package that has it`);
    if (fault !== undefined) throw fault;
    if (timedOut)
      throw new ToolError(
        program,
        code,
        `${program} took longer than ${Math.round(timeoutMs / 1000)} s and was stopped`,
      );
    const said = lastWords({ stdout: '', stderr: err.end() });
    if (code !== 0) throw new ToolError(program, code, `${program} ended with exit code ${code}${said}`);
  } finally {
    clearTimeout(timer);
    if (!done) {
      child.kill('SIGKILL');
      child.stdin.destroy();
    }
  }
}
