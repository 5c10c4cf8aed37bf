// SPDX-License-Identifier: Apache-2.0
import type { Duplex, Readable, Writable } from 'node:stream';
import { MissingError } from '../errors.js';
import { cleanEnvironment } from './process.js';

/** A program that lives beside this process, as streams of bytes. */
export interface StreamProcess {
  readonly pid: number;
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** The other end of its descriptor 3: a socket without a name, gone with the two processes. */
  readonly control: Duplex;
  /** Ends with the exit code, or null after a signal; never rejects. */
  readonly ended: Promise<number | null>;
  kill(signal: NodeJS.Signals): void;
}

/**
 * Starts a program whose input and output are bytes, with a socket to control it by on its descriptor 3. The kernel kills
 * it when this process is gone, however that ended.
 * @param options.files open descriptors of this process that it gets as 4, 5 and so on
 * @throws MissingError when there is no such program
 */
export async function startStreams(
  words: readonly [string, ...string[]],
  options: { readonly env?: Readonly<Record<string, string>>; readonly files?: readonly number[] } = {},
): Promise<StreamProcess> {
  const { spawn } = await import('node:child_process');
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', ...words], {
    env: { ...(options.env ?? cleanEnvironment()) },
    stdio: ['pipe', 'pipe', 'pipe', 'pipe', ...(options.files ?? [])],
  });
  // A program that ended early must not take this process with it.
  child.stdin!.on('error', () => undefined);
  const control = child.stdio[3] as Duplex;
  control.on('error', () => undefined);
  const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', () =>
      reject(new MissingError('program-missing', 'the program setpriv is missing; sudo apt-get install util-linux')),
    );
  });
  return {
    pid: child.pid!,
    stdin: child.stdin!,
    stdout: child.stdout!,
    stderr: child.stderr!,
    control,
    ended,
    kill: (signal) => void child.kill(signal),
  };
}
