// SPDX-License-Identifier: Apache-2.0
import { copyFileSync, existsSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { cacheFolder, cachePath } from '../../osinfo/doors/cache.js';
import { monotonicMs } from '../../osinfo/doors/clock.js';
import { InputError, WorkError } from '../../osinfo/errors.js';
import { type Described, describe } from '../output/describe.js';
import { probeSigners, type SignOptions } from '../output/papers/sign.js';
import { refuseArchitecture } from '../plan/architecture.js';
import { bundleFormats, diskFormats, imagesOfSpace } from '../plan/outputs.js';
import type { Plan } from '../plan/types.js';
import { markRunning } from './cache/running.js';
import { sweepTrees } from './cache/store.js';
import { encryptedSpace } from './encrypted-space.js';
import { findEmulator, isEmulated } from './foreign.js';
import { probeMachine, probeSpace } from './probes.js';
import type { BuildEvent, BuildStage, HelperShare } from './progress.js';
import type { FreshStage, Job } from './protocol.js';
import { publish } from './publish.js';
import { readRepositoryState } from './repository.js';
import { startWorker, stopped } from './start-worker.js';
import { readToolVersions } from './tool-versions.js';
import { makeWorkFolder } from './work-folder.js';

const MIB = 1024 * 1024;

/** What is free in memory or on the disk for a tree and its raw images, and for each compressed image of a system disk. */
const NEEDED = { work: 2048 * MIB, image: 300 * MIB };

export interface BuildOptions {
  /** Where the images and descriptions go; made when it is missing. */
  readonly outputFolder: string;
  /** Where the files will lie in the end, where somebody moves them on: what needs absolute paths names it. */
  readonly placedIn?: string;
  /** Who signs the checksums of what was made. */
  readonly sign?: SignOptions;
  /** Another place for the build's own files than the cache folder. */
  readonly tmpFolder?: string;
  readonly postOffline?: boolean;
  /** Does this stage and what follows again, whatever is kept; the new trees are kept instead. */
  readonly fresh?: FreshStage;
  /** Neither takes what is kept nor keeps anything: as on a machine that never built before. */
  readonly cold?: boolean;
  readonly onEvent: (event: BuildEvent) => void;
  /** Stops the build; everything it started is ended and what it wrote removed. */
  readonly signal?: AbortSignal;
}

/** A stage of a build that is finished. */
export interface BuiltStage {
  readonly stage: BuildStage;
  readonly ms: number;
  readonly cached: boolean;
  /** What it made takes on the disk, of stages that make something. */
  readonly bytes?: number;
}

export interface BuildResult extends Described {
  readonly outputFolder: string;
  /** Milliseconds by stage, in order; a stage that came from the cache says so. */
  readonly stages: readonly BuiltStage[];
  /** Helper machines that were started, in order; their time is part of their stage's. */
  readonly helpers: readonly HelperShare[];
}

/**
 * Builds what a plan says and puts it into the output folder: all of it, or nothing. Needs no root, no loop device, no
 * mount of this machine's and no KVM.
 * @throws InputError for what is wrong with the kickstart, MissingError for what this machine lacks, WorkError otherwise
 */
export async function buildAppliance(plan: Plan, options: BuildOptions): Promise<BuildResult> {
  refuseArchitecture(plan.arch.name);
  const stages: BuiltStage[] = [];
  const helpers: HelperShare[] = [];
  const emit = (event: BuildEvent): void => {
    if (event.type === 'stage' && event.status !== 'start')
      stages.push({
        stage: event.stage,
        ms: event.ms ?? 0,
        cached: event.status === 'cached',
        ...(event.bytes === undefined ? {} : { bytes: event.bytes }),
      });
    if (event.type === 'helper') helpers.push({ purpose: event.purpose, machine: event.machine, ms: event.ms });
    options.onEvent(event);
  };
  const outputFolder = resolve(options.outputFolder);
  const { signal } = options;
  const prepared = await timed('prepare', emit, () => orStopped(signal, prepare(plan, options, outputFolder, emit)));
  const { waiting } = prepared;
  const cache = options.cold ? undefined : cacheFolder('build');
  const mark = cache === undefined ? undefined : markRunning(cachePath());
  const work = await makeWorkFolder(prepared.workParent, mark).catch((error: unknown) => {
    waiting.dismiss();
    throw error;
  });
  let workerEnded: Promise<void> | undefined;
  try {
    const job: Job = {
      plan,
      workFolder: work.path,
      cacheFolder: cache,
      repositoryState: prepared.repositoryState,
      toolVersions: prepared.toolVersions,
      postOffline: options.postOffline ?? false,
      ...(options.fresh === undefined ? {} : { fresh: options.fresh }),
    };
    const worker = await waiting.run(job).catch((error: unknown) => {
      throw keepLog(error, work.path);
    });
    const { result } = worker;
    workerEnded = worker.ended;
    const described = await timed('describe', emit, () =>
      orStopped(
        signal,
        describe({
          plan,
          result,
          folder: join(work.path, 'out'),
          outputFolder: resolve(options.placedIn ?? outputFolder),
          stages,
          helpers,
          toolVersions: prepared.toolVersions,
          ...(options.sign === undefined ? {} : { sign: options.sign }),
          ...(signal === undefined ? {} : { signal }),
        }),
      ),
    );
    await publish(join(work.path, 'out'), outputFolder, described.files);
    return { ...described, outputFolder, stages, helpers };
  } finally {
    // It keeps its trees until then, in the folder that goes.
    await workerEnded;
    await work.remove();
    if (cache !== undefined) await sweepTrees(cachePath());
  }
}

/** What this process does itself need not come to its end: a mirror that does not answer would be waited for. */
async function orStopped<T>(signal: AbortSignal | undefined, work: Promise<T>): Promise<T> {
  if (!signal) return await work;
  let stop: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(stopped());
  });
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
    work.catch(() => undefined);
  }
}

async function timed<T>(stage: BuildStage, emit: (event: BuildEvent) => void, work: () => Promise<T>): Promise<T> {
  const started = monotonicMs();
  emit({ type: 'stage', stage, status: 'start' });
  const result = await work();
  emit({ type: 'stage', stage, status: 'done', ms: Math.round(monotonicMs() - started) });
  return result;
}

async function prepare(plan: Plan, options: BuildOptions, outputFolder: string, emit: (event: BuildEvent) => void) {
  await probeMachine(plan);
  if (options.sign !== undefined) await probeSigners(options.sign);
  const existing = firstExisting(outputFolder);
  if (!statSync(existing).isDirectory())
    throw new InputError('output-folder', `${existing} is no folder; choose another with -o`);
  const trees = plan.outputs.formats.includes('tar') ? 1 : 0;
  const images = plan.disks.filter((disk) => disk.boot).length * imagesOfSpace(plan.outputs) + 2 * trees;
  // What is encrypted is as large in every format.
  const copies = diskFormats(plan.outputs).length + 2 * bundleFormats(plan.outputs).length;
  const imageBytes = images * NEEDED.image + copies * encryptedSpace(plan).imageBytes;
  probeSpace(existing, imageBytes);
  const workParent = chooseWorkParent(options.tmpFolder, existing, outputFolder);
  probeSpace(firstExisting(workParent), imageBytes + NEEDED.work);
  const waiting = await startWorker(emit, options.signal);
  try {
    const [repositoryState, toolVersions] = await Promise.all([
      readRepositoryState(plan.install),
      readToolVersions(plan, emulators(plan.arch.name)),
    ]);
    return { workParent, repositoryState, toolVersions, waiting };
  } catch (error) {
    waiting.dismiss();
    throw error;
  }
}

/** What runs the programs of the tree, by its own name, where it is not the processor. */
function emulators(arch: string): string[] {
  const found = isEmulated(arch) ? findEmulator(arch) : undefined;
  return found === undefined ? [] : [basename(found)];
}

function firstExisting(path: string): string {
  let folder = path;
  while (!existsSync(folder)) folder = dirname(folder);
  return folder;
}

/**
 * The build's own files lie in the cache folder when that is on the output's file system, so that finished images are
 * moved and not copied; else beside the output.
 */
function chooseWorkParent(tmpFolder: string | undefined, existing: string, outputFolder: string): string {
  if (tmpFolder !== undefined) return resolve(tmpFolder);
  const cache = cacheFolder('work');
  if (cache !== undefined && statSync(cache).dev === statSync(existing).dev) return cache;
  return join(dirname(outputFolder), '.guestwright-work');
}

/** What the tools said when the work failed, for who wants to look; input errors say all there is in their line. */
function keepLog(error: unknown, workFolder: string): unknown {
  const log = join(workFolder, 'build.log');
  const logs = cacheFolder('logs');
  if (!(error instanceof WorkError) || error.code === 'stopped' || logs === undefined || !existsSync(log)) return error;
  const kept = join(logs, 'last-failed-build.log');
  copyFileSync(log, kept);
  return new WorkError(error.code, `${error.message} (log: ${kept})`, { cause: error });
}
