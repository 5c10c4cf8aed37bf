// SPDX-License-Identifier: Apache-2.0
import { createRequire } from 'node:module';
import { MissingError, ToolError } from '../errors.js';

/** A program gave more than its caller has room for. */
export class TooMuchError extends ToolError {}

/**
 * Gives bytes to a program and waits for what comes out: for callers that cannot await, which are few. What is asked
 * for is loaded here, since most who import this never call it.
 * @param words the program and its arguments; no shell reads them
 * @param maxBytes most bytes that may come out
 * @throws MissingError when there is no such program
 * @throws ToolError when it ends badly, or takes more than two minutes
 * @throws TooMuchError when it gives more than `maxBytes`
 */
export function filterSync(words: readonly [string, ...string[]], input: Uint8Array, maxBytes: number): Buffer {
  const [program, ...rest] = words;
  const { spawnSync } = createRequire(import.meta.url)('node:child_process') as typeof import('node:child_process');
  const { stdout, stderr, status, error } = spawnSync(program, rest, {
    input,
    maxBuffer: maxBytes,
    timeout: 120_000,
    killSignal: 'SIGKILL',
    env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8' },
  });
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (code === 'ENOENT') {
    throw new MissingError('program-missing', `the program ${program} is missing; install the package that has it`);
  }
  // A program that ends before it has read everything says why itself.
  if (error !== undefined && code !== 'EPIPE') {
    if (code === 'ENOBUFS') throw new TooMuchError(program, status, `${program} gave more than ${maxBytes} bytes`);
    throw new ToolError(program, status, `${program} failed: ${error.message}`);
  }
  if (status === 0) return stdout;
  const last = stderr.toString('utf8').trim().split('\n').at(-1)?.slice(0, 500);
  throw new ToolError(program, status, `${program} ended with exit code ${status}${last ? `: ${last}` : ''}`);
}
