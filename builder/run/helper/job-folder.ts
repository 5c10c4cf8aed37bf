// SPDX-License-Identifier: Apache-2.0
import { closeSync, ftruncateSync, mkdirSync, openSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { WorkError } from '../../../osinfo/errors.js';
import { fillFrom } from '../file-part.js';
import { REPORT_BLOCK, START_SCRIPT } from './start-script.js';
import type { HelperContext, HelperJob, HelperMachine } from './types.js';

/** Names in the folder of a job; the machine is started there, so that its command line has no path of this machine. */
export const FILES = { start: 'start', job: 'job.tar', report: 'report' } as const;

export const diskName = (index: number): string => `disk${index}`;

/** Most that a script may say. */
const REPORT_BYTES = 256 * 1024 * 1024;

const MOST_DISKS = 12;

/** Where User Mode Linux sees the files of this machine, whatever is mounted over them there. */
const MACHINE_ROOT = '/run/machine';

/** Lays out the folder of one attempt: disks of the machine as files and links to files. */
export async function layOutJob(
  context: HelperContext,
  job: HelperJob,
  machine: HelperMachine,
  folder: string,
): Promise<void> {
  if (job.disks.length > MOST_DISKS)
    throw new WorkError('helper-disks', `the helper machine takes ${MOST_DISKS} disks, not ${job.disks.length}`);
  mkdirSync(folder, { mode: 0o700 });
  writeFileSync(join(folder, FILES.start), padded(START_SCRIPT));
  makeSparse(join(folder, FILES.report), REPORT_BLOCK + REPORT_BYTES);
  for (const [index, disk] of job.disks.entries()) symlinkSync(resolve(disk.file), join(folder, diskName(index)));
  const parts = join(folder, 'job');
  mkdirSync(join(parts, 'values'), { recursive: true, mode: 0o700 });
  writeFileSync(join(parts, 'job'), job.script);
  for (const [name, value] of Object.entries(job.values ?? {})) writeFileSync(join(parts, 'values', name), value);
  // User Mode Linux has this machine's files before it as they are, and modules of its own; QEMU gets copies of both.
  const isUml = machine === 'uml';
  if (isUml) writeFileSync(join(parts, 'modules'), job.modules.map((one) => `${one}\n`).join(''));
  const target = join(folder, FILES.job);
  await context.tool(['tar', '-cf', target, '-C', parts, '.']);
  for (const { from, name } of job.folders ?? []) {
    const source = join(folder, name);
    symlinkSync(isUml ? `${MACHINE_ROOT}${resolve(from)}` : resolve(from), source);
    if (isUml) await context.tool(['tar', '-rf', target, '-C', folder, '--', name]);
    else await context.tool(['tar', '-rf', target, '-C', source, `--transform=s,^\\.,${name},`, '--', '.']);
    rmSync(source);
  }
}

/** A disk is whole sectors long; sh never reads as far as the filling. */
function padded(text: string): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  const disk = new Uint8Array(Math.ceil(bytes.length / 4096) * 4096).fill(0x0a);
  disk.set(bytes);
  return disk;
}

function makeSparse(path: string, bytes: number): void {
  const file = openSync(path, 'wx', 0o600);
  try {
    ftruncateSync(file, bytes);
  } finally {
    closeSync(file);
  }
}

export interface Report {
  readonly status: number;
  readonly text: string;
}

/** What the machine left on the report's disk; undefined when it did not get that far. */
export function readReport(folder: string): Report | undefined {
  const file = openSync(join(folder, FILES.report), 'r');
  try {
    const header = readText(file, 0, REPORT_BLOCK);
    const match = /^guestwright-helper (\d{1,3}) (\d{1,9})\n/.exec(header);
    if (!match) return undefined;
    const bytes = Number(match[2]);
    if (bytes > REPORT_BYTES)
      throw new WorkError('helper-report', `the helper machine said more than ${REPORT_BYTES} bytes`);
    return { status: Number(match[1]), text: readText(file, REPORT_BLOCK, bytes) };
  } finally {
    closeSync(file);
  }
}

function readText(file: number, offset: number, bytes: number): string {
  const buffer = new Uint8Array(bytes);
  return new TextDecoder().decode(buffer.subarray(0, fillFrom(file, buffer, offset)));
}
