// SPDX-License-Identifier: Apache-2.0
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { run } from '../../osinfo/doors/process.js';
import { GuestwrightError, InputError } from '../../osinfo/errors.js';
import { runBundles } from '../output/bundles/index.js';
import { bundleFormats, needsDisks } from '../plan/outputs.js';
import { runConvert } from '../stages/convert/index.js';
import { keepKernelFiles } from '../stages/convert/kernel.js';
import { dropTree, runDisks } from '../stages/disks/index.js';
import { writeTreeArchive } from '../stages/tree-archive.js';
import type { CleanResult } from './cache/note.js';
import { makeContext, type StageContext } from './context.js';
import { encryptedSpace } from './encrypted-space.js';
import { enableForeign } from './foreign.js';
import { availableMemoryBytes } from './memory.js';
import { probeSpace } from './probes.js';
import { limitProcesses } from './process-limit.js';
import type { Job, JobResult, WorkerEvent } from './protocol.js';
import { stage } from './stage.js';
import { makeTree } from './tree.js';

/** A tree, its raw images and the tools' own needs: below this the work is done on the disk. */
const MEMORY_NEEDED = 6 * 1024 ** 3;

/**
 * The second process of a build: process 1 of its own name spaces. It reads one job from its input, does the stages and
 * reports them as lines of JSON. When its input ends it ends too, wherever it is, and all that it started with it.
 */
export async function workerMain(): Promise<void> {
  const emit = (event: WorkerEvent): void => void process.stdout.write(`${JSON.stringify(event)}\n`);
  const lines = createInterface({ input: process.stdin });
  lines.once('close', () => process.exit(1));
  const text = await new Promise<string>((resolve) => lines.once('line', resolve));
  const job = JSON.parse(text) as Job;
  limitProcesses();
  try {
    const { result, kept } = await runJob(job, emit);
    emit({ type: 'result', result });
    // The result can be described meanwhile.
    await kept;
    process.exit(0);
  } catch (error) {
    const known = error instanceof GuestwrightError;
    const message = error instanceof Error ? error.message : String(error);
    emit({
      type: 'failed',
      kind: error instanceof InputError ? 'input' : 'work',
      code: known ? error.code : 'unexpected',
      message: known ? message : (spaceMessage(error) ?? `unexpected: ${message}\n${(error as Error).stack ?? ''}`),
    });
    process.exit(1);
  }
}

function spaceMessage(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code === 'ENOSPC'
    ? 'there is no space left; free some, or give --tmpdir on a larger disk'
    : undefined;
}

/** `kept` ends when the trees of this build are kept, and never rejects. */
async function runJob(
  job: Job,
  emit: (event: WorkerEvent) => void,
): Promise<{ readonly result: JobResult; readonly kept: Promise<void> }> {
  const place = await workPlace(job, emit);
  await enableForeign(job.plan.arch.name, place);
  const context = makeContext(job, place, emit);
  for (const folder of [context.tree, context.scratch, context.rawFolder]) mkdirSync(folder, { mode: 0o755 });
  // What tools are given to read, passwords too, lies there for a moment.
  process.env['TMPDIR'] = context.scratch;
  const { cleaned, read, kept } = await makeTree(context);
  try {
    return { result: { ...cleaned, ...(await makeOutputs(context, read)) }, kept };
  } catch (error) {
    // Where an image cannot be made too: with another size the tree is the same.
    await kept;
    throw error;
  }
}

/** @param read ends when the tree may be taken away */
async function makeOutputs(context: StageContext, read: Promise<void>): Promise<Omit<JobResult, keyof CleanResult>> {
  // Not with the folders above it: when those are gone this build is over.
  mkdirSync(context.outFolder);
  const { outputs } = context.plan;
  const tree = outputs.formats.includes('tar')
    ? { tree: await stage(context, 'tree', () => writeTreeArchive(context)) }
    : {};
  const kernel = outputs.formats.includes('kernel') ? { kernelFiles: keepKernelFiles(context) } : {};
  if (!needsDisks(outputs)) return { ...tree, ...kernel, images: [], bundles: [] };
  await stage(context, 'disks', () => runDisks(context), { folder: context.rawFolder });
  // The disks have all of it: its memory is given back while they are read. What is not removed by then goes with the build.
  void read.then(() => dropTree(context)).catch(() => undefined);
  const images = await stage(context, 'convert', () => runConvert(context), { folder: context.outFolder });
  const bundles =
    bundleFormats(outputs).length === 0 ? [] : await stage(context, 'bundle', () => runBundles(context, images));
  return { ...tree, ...kernel, images, bundles };
}

/** The tree lies in memory where there is room: an install is half as long, and nothing of it is left after a crash. */
async function workPlace(job: Job, emit: (event: WorkerEvent) => void): Promise<string> {
  const place = join(job.workFolder, 'place');
  mkdirSync(place, { mode: 0o755 });
  const { imageBytes, workBytes } = encryptedSpace(job.plan);
  const needed = MEMORY_NEEDED + imageBytes + workBytes;
  if (availableMemoryBytes() >= needed) {
    await run(['mount', '-t', 'tmpfs', '-o', 'mode=755,size=75%', 'guestwright', place]);
  } else {
    emit({
      type: 'notice',
      message: `less than ${Math.ceil(needed / 1024 ** 3)} GiB of memory is free: the tree is built on the disk, which takes longer`,
    });
    probeSpace(place, imageBytes + workBytes);
  }
  return place;
}
