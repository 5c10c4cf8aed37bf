// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import type { BootTestResult } from '../../builder/boot-test/boot-test.js';
import { formatIssue } from '../../builder/kickstart/index.js';
import type { Plan } from '../../builder/plan/types.js';
import { type BuildResult, buildAppliance } from '../../builder/run/build.js';
import { printJson } from '../main.js';
import { type PreparedBoots, prepareBoots, probeBoots, refuseFailedBoots, runBoots } from './boot-tests.js';
import { type Check, checkReproducible, formatCheck, provideEpoch, refuseDifferences } from './check-reproducible.js';
import { type BuildRequest, planBuild } from './plan-build.js';
import { formatPlan } from './plan-text.js';
import { makeProgress, type Progress } from './progress.js';
import { stoppable } from './stoppable.js';
import { formatSummary } from './summary.js';

export type { BuildRequest } from './plan-build.js';

export interface FinishedBuild {
  readonly plan: Plan;
  readonly result: BuildResult;
  readonly boots: readonly BootTestResult[];
  readonly check?: Check;
}

/** A build that is known to be possible, as far as that can be told from what was given. */
export interface PlannedBuild {
  readonly request: BuildRequest;
  readonly plan: Plan;
  readonly boots: PreparedBoots | undefined;
}

/** @throws InputError for what is wrong with the request or the kickstart */
export async function prepareBuild(request: BuildRequest): Promise<PlannedBuild> {
  if (request.checkReproducible) provideEpoch();
  const plan = await planBuild(request);
  return { request, plan, boots: request.bootTest && prepareBoots(plan, request.bootTest) };
}

/** Builds, starts what was built, builds it again: as far as it was asked for. Nothing is printed. */
export async function runPrepared(
  { request, plan, boots }: PlannedBuild,
  progress: Progress,
  signal: AbortSignal,
): Promise<FinishedBuild> {
  if (boots) probeBoots(boots);
  for (const notice of plan.notices) progress.notice(formatIssue(notice));
  const options = {
    ...(request.tmpFolder === undefined ? {} : { tmpFolder: request.tmpFolder }),
    postOffline: request.postOffline,
    ...(request.sign === undefined ? {} : { sign: request.sign }),
    signal,
  };
  const result = await buildAppliance(plan, {
    ...options,
    outputFolder: request.outputFolder ?? join('appliances', plan.name),
    ...(request.placedIn === undefined ? {} : { placedIn: request.placedIn }),
    ...(request.fresh === undefined ? {} : { fresh: request.fresh }),
    onEvent: progress.event,
  });
  const started = boots ? await runBoots(boots, result, progress, signal) : [];
  const check = request.checkReproducible ? await checkReproducible(plan, result, options, progress) : undefined;
  return { plan, result, boots: started, ...(check === undefined ? {} : { check }) };
}

/** The document of `--json`: the manifest, with what the starts showed; of a check, what it found. */
export function jsonOf({ request }: PlannedBuild, { result, boots, check }: FinishedBuild): unknown {
  return check ?? (request.bootTest ? { ...result.manifest, boots } : result.manifest);
}

/** @throws WorkError for a start that failed, or a second build that differs */
export function refuseFailed({ boots, check }: FinishedBuild): void {
  refuseFailedBoots(boots);
  if (check) refuseDifferences(check);
}

/** Does what `guestwright build` was asked for, and says it. Undefined after a dry run. */
export async function runBuild(request: BuildRequest): Promise<FinishedBuild | undefined> {
  const planned = await prepareBuild(request);
  const { plan } = planned;
  if (request.dryRun) {
    if (request.json) printJson(plan);
    else process.stdout.write(formatPlan(plan));
    return undefined;
  }
  const progress = await makeProgress({
    loudness: request.loudness,
    style: request.progress,
    without: [
      ...(planned.boots ? [] : ['boot-test' as const]),
      ...(request.checkReproducible ? [] : ['check' as const]),
    ],
    logFile: request.logFile,
  });
  const finished = await stoppable(async (signal) => {
    try {
      const done = await runPrepared(planned, progress, signal);
      await progress.end();
      return done;
    } catch (error) {
      await progress.end(error);
      throw error;
    }
  });
  if (request.json) printJson(jsonOf(planned, finished));
  else if (request.loudness !== 'quiet' && (request.summary ?? true)) {
    process.stdout.write(formatSummary(plan, finished.result, finished.boots));
    if (finished.check) process.stdout.write(formatCheck(finished.check));
  }
  refuseFailed(finished);
  return finished;
}
