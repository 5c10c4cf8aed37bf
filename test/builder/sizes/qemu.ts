// SPDX-License-Identifier: Apache-2.0
import { existsSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { run } from '../../../osinfo/doors/process.js';

export const KIB = 1024;
export const MIB = 1024 * KIB;

/** A folder for the images of one test file, in memory where there is such a place: whole images are written. */
export function imageFolder(): string {
  const folder = mkdtempSync(join(hasRoom('/dev/shm') ? '/dev/shm' : tmpdir(), 'guestwright-sizes-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function hasRoom(memory: string): boolean {
  if (!existsSync(memory)) return false;
  const { bavail, bsize } = statfsSync(memory);
  return bavail * bsize > 1024 * MIB;
}

/** `qemu-img create`; `options` is the text of its `-o`. */
export async function createImage(path: string, format: string, options: string, bytes: number): Promise<void> {
  await run([
    'qemu-img',
    'create',
    '-q',
    '-f',
    format,
    ...(options === '' ? [] : ['-o', options]),
    path,
    String(bytes),
  ]);
}

export type Order = 'in sequence' | 'in reverse' | 'at random';
export const orders: readonly Order[] = ['in sequence', 'in reverse', 'at random'];

export interface Fill {
  readonly order: Order;
  /** Bytes of the requests, taken in turn. */
  readonly requests: readonly number[];
  /** QEMU is started anew this many times on the way. Default 1. */
  readonly sessions?: number;
  /** The image is opened by these options instead of by its format. */
  readonly imageOptions?: readonly string[];
}

/** Writes every byte of an image's guest disk through QEMU. */
export async function fillImage(path: string, format: string, capacity: number, fill: Fill): Promise<void> {
  const writes: string[] = [];
  for (let at = 0, index = 0; at < capacity; index++) {
    const bytes = Math.min(fill.requests[index % fill.requests.length]!, capacity - at);
    writes.push(`write -q -P ${1 + (index % 250)} ${at} ${bytes}`);
    at += bytes;
  }
  if (fill.order === 'in reverse') writes.reverse();
  if (fill.order === 'at random') shuffle(writes);
  await qemuIo(fill.imageOptions ?? ['-f', format, path], writes, fill.sessions ?? 1);
}

/** Runs commands of qemu-io, and fails when one of them says anything (its exit code tells nothing). */
export async function qemuIo(image: readonly string[], commands: readonly string[], sessions = 1): Promise<void> {
  const each = Math.ceil(commands.length / sessions);
  for (let from = 0; from < commands.length; from += each) {
    const some = commands.slice(from, from + each);
    // Words of a command line cost less than its prompt for every line of standard input; they are not without number.
    const words = some.length <= 4096 ? some.flatMap((command) => ['-c', command]) : [];
    const { stdout, stderr } = await run(['qemu-io', '-t', 'unsafe', '-d', 'unmap', ...words, ...image], {
      ...(words.length > 0 ? {} : { input: some.map((command) => `${command}\n`).join('') }),
    });
    const said = `${stdout.replaceAll('qemu-io> ', '')}${stderr}`.trim();
    if (said !== '') throw new Error(said.slice(0, 500));
  }
}

/** The same order in every run: a small linear congruential generator (Numerical Recipes). */
function shuffle(list: string[]): void {
  let state = 1;
  for (let last = list.length - 1; last > 0; last--) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const other = state % (last + 1);
    [list[last], list[other]] = [list[other]!, list[last]!];
  }
}
