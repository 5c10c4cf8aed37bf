// SPDX-License-Identifier: Apache-2.0
import { availableParallelism, freemem } from 'node:os';
import { join, parse } from 'node:path';
import { chooseArchitecture } from '../../builder/plan/architecture.js';
import { machineArch } from '../../builder/plan/host.js';
import type { Plan } from '../../builder/plan/types.js';
import { monotonicMs } from '../../osinfo/doors/clock.js';
import { exitCodeOf, GuestwrightError, InputError, WorkError } from '../../osinfo/errors.js';
import { printJson } from '../main.js';
import { formatMatrix } from './matrix-text.js';
import { applianceName, type BuildRequest } from './plan-build.js';
import { formatPlan } from './plan-text.js';
import { makeMatrixProgress } from './progress.js';
import { type FinishedBuild, jsonOf, type PlannedBuild, prepareBuild, refuseFailed, runPrepared } from './run-build.js';
import { stoppable } from './stoppable.js';

/** A build of a tree in memory takes that much. */
const BUILD_BYTES = 6 * 1024 ** 3;

/** One cell of the matrix: a kickstart and an architecture. */
export interface MatrixBuild {
  /** `web`, or `web-aarch64` where there are several architectures: its folder, and its name in messages. */
  readonly label: string;
  readonly request: BuildRequest & { readonly outputFolder: string };
}

/** What became of one. */
export interface MatrixResult {
  readonly build: MatrixBuild;
  readonly ms: number;
  readonly planned?: PlannedBuild;
  readonly finished?: FinishedBuild;
  /** What went wrong, and its exit code. */
  readonly error?: unknown;
}

/**
 * Every kickstart for every architecture, each with an output folder of its own.
 * @throws InputError where two would be written into one folder, or for an architecture that is none
 */
export function planMatrix(
  base: BuildRequest,
  files: readonly string[],
  architectures: readonly (string | undefined)[],
): MatrixBuild[] {
  if (base.name !== undefined)
    throw new InputError('matrix-name', `--name ${base.name} names one appliance, and there are several: leave it out`);
  const parent = base.outputFolder ?? 'appliances';
  const archs = [
    ...new Set(architectures.map((one) => (one === undefined ? undefined : chooseArchitecture(one, machineArch())))),
  ];
  const builds = files.flatMap((file) =>
    archs.map((arch) => {
      const label = archs.length > 1 ? `${applianceName(file)}-${arch}` : applianceName(file);
      const bootTest = base.bootTest && { ...base.bootTest, screenshot: ownPicture(base.bootTest.screenshot, label) };
      return { label, request: { ...base, file, arch, bootTest, outputFolder: join(parent, label) } };
    }),
  );
  for (const [index, { label, request }] of builds.entries()) {
    const same = builds.find((one, other) => other < index && one.label === label);
    if (same)
      throw new InputError(
        'matrix-collision',
        `${same.request.file} and ${request.file} would both be written to ${request.outputFolder}; rename one of them`,
      );
  }
  return builds;
}

/** `screen.png` of the build `web` is `screen-web.png`. */
function ownPicture(file: string | undefined, label: string): string | undefined {
  if (file === undefined) return undefined;
  const { dir, name, ext } = parse(file);
  return join(dir, `${name}-${label}${ext}`);
}

/** How many run at once where nobody says it: one for two processors, and for each tree that memory holds. */
export function defaultJobs(): number {
  return Math.max(1, Math.min(Math.floor(availableParallelism() / 2), Math.floor(freemem() / BUILD_BYTES)));
}

/**
 * Builds all of them, `jobs` at a time; one that fails stops no other. The exit code is the worst of all.
 * @throws WorkError where it was stopped
 */
export async function runMatrix(builds: readonly MatrixBuild[], jobs: number): Promise<void> {
  const { json, dryRun, loudness } = builds[0]!.request;
  if (dryRun) return await printPlans(builds, json);
  const progress = await makeMatrixProgress(
    builds.map(({ label }) => label),
    loudness,
    builds[0]!.request.progress,
  );
  const results = await stoppable(async (signal) => {
    const done: MatrixResult[] = [];
    let next = 0;
    const work = async (): Promise<void> => {
      for (;;) {
        const index = next++;
        const build = builds[index];
        if (!build || signal.aborted) return;
        done[index] = await runOne(build, progress.of(index), signal);
      }
    };
    await Promise.all(Array.from({ length: Math.min(jobs, builds.length) }, work));
    await progress.end();
    if (signal.aborted) throw new WorkError('stopped', 'the builds were stopped; nothing was left behind');
    return done;
  });
  if (json) printJson(matrixDocument(results));
  else if (loudness !== 'quiet') process.stdout.write(formatMatrix(results));
  sayErrors(results);
}

/** A line for each that failed; the exit code is the worst of all. */
function sayErrors(results: readonly Pick<MatrixResult, 'build' | 'error'>[]): void {
  for (const { build, error } of results)
    if (error !== undefined) process.stderr.write(`guestwright build: ${build.label}: ${messageOf(error)}\n`);
  process.exitCode = Math.max(0, ...results.map(({ error }) => (error === undefined ? 0 : exitCodeOf(error))));
}

async function runOne(
  build: MatrixBuild,
  progress: ReturnType<Awaited<ReturnType<typeof makeMatrixProgress>>['of']>,
  signal: AbortSignal,
): Promise<MatrixResult> {
  const started = monotonicMs();
  const time = (): number => Math.round(monotonicMs() - started);
  let planned: PlannedBuild | undefined;
  let finished: FinishedBuild | undefined;
  try {
    planned = await prepareBuild(build.request);
    finished = await runPrepared(planned, progress, signal);
    refuseFailed(finished);
    await progress.end();
    return { build, ms: time(), planned, finished };
  } catch (error) {
    await progress.end(error);
    return { build, ms: time(), ...(planned ? { planned } : {}), ...(finished ? { finished } : {}), error };
  }
}

/** What is not meant to happen is said in one line too. */
export function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return error instanceof GuestwrightError ? message : `unexpected: ${message.split('\n')[0]}`;
}

/** The document of `--json`, obeying `schema/builds.schema.json`: one entry a build, in the order of the command line. */
function matrixDocument(results: readonly MatrixResult[]): unknown {
  return {
    format: 'guestwright/builds/1',
    builds: results.map(({ build, ms, planned, finished, error }) => ({
      label: build.label,
      kickstart: build.request.file,
      outputFolder: build.request.outputFolder,
      ms,
      exitCode: error === undefined ? 0 : exitCodeOf(error),
      ...(error === undefined ? {} : { error: messageOf(error) }),
      ...(planned && finished ? { [finished.check ? 'check' : 'manifest']: jsonOf(planned, finished) } : {}),
    })),
  };
}

/** The plans of those that can be planned; one that cannot stops no other. */
async function printPlans(builds: readonly MatrixBuild[], json: boolean): Promise<void> {
  const plans: Plan[] = [];
  const results: Pick<MatrixResult, 'build' | 'error'>[] = [];
  for (const build of builds) {
    try {
      plans.push((await prepareBuild(build.request)).plan);
    } catch (error) {
      results.push({ build, error });
    }
  }
  if (json) printJson(plans);
  else process.stdout.write(plans.map(formatPlan).join('\n'));
  sayErrors(results);
}
