// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { BootTestResult } from '../../builder/boot-test/boot-test.js';
import { commandNames } from '../../builder/kickstart/commands/index.js';
import { formatIssue, readKickstart } from '../../builder/kickstart/index.js';
import type { Issue, Kickstart } from '../../builder/kickstart/model.js';
import { sectionNames } from '../../builder/kickstart/sections.js';
import { hostPlatform } from '../../builder/machine/platform.js';
import { buildIssues, planAppliance } from '../../builder/plan/appliance.js';
import { chooseArchitecture } from '../../builder/plan/architecture.js';
import { readHostFacts } from '../../builder/plan/host.js';
import type { ImageFormat, Plan } from '../../builder/plan/types.js';
import { type BuildResult, buildAppliance } from '../../builder/run/build.js';
import type { FreshStage } from '../../builder/run/protocol.js';
import { isReproducible, outputEpoch } from '../../osinfo/doors/clock.js';
import { InputError, NotFoundError, nearest } from '../../osinfo/errors.js';
import { openDb } from '../../osinfo/index.js';
import { printJson } from '../main.js';
import { type BootWishes, prepareBoots, refuseFailedBoots, runBoots } from './boot-tests.js';
import { formatPlan } from './plan-text.js';
import { type Loudness, makeProgress } from './progress.js';
import { formatSummary } from './summary.js';

export interface BuildRequest {
  readonly file: string;
  readonly outputFolder: string | undefined;
  readonly name: string | undefined;
  readonly version?: string;
  readonly release?: string;
  readonly formats: readonly ImageFormat[];
  readonly os: string | undefined;
  /** Absent: that of this machine. */
  readonly arch?: string | undefined;
  readonly mirror: string | undefined;
  readonly db: string | undefined;
  /** Absent: the QEMU of this machine. */
  readonly platform: string | undefined;
  readonly memoryMiB: number | undefined;
  readonly vcpus: number | undefined;
  /** Sizes of disks in bytes, by name; `*` is the disk of the system. */
  readonly diskBytes?: Readonly<Record<string, number>> | undefined;
  readonly checksum: boolean;
  readonly compress: boolean;
  /** Names files of disks as appliance-creator does: by the format's word. */
  readonly namedByFormat?: boolean;
  /** Commands, sections and add-ons that the user accepts to be without effect. Default none. */
  readonly allowIgnored?: readonly string[];
  /** Runs `%pre` in a sandbox. */
  readonly runPre?: boolean;
  /** Files to take where `%include` names a path. */
  readonly defineIncludes?: Readonly<Record<string, string>>;
  readonly postOffline: boolean;
  /** The first stage that is done again, whatever is kept. */
  readonly fresh?: FreshStage | undefined;
  readonly tmpFolder: string | undefined;
  /** Starts the finished appliance and looks at it. */
  readonly bootTest?: BootWishes | undefined;
  readonly dryRun: boolean;
  readonly json: boolean;
  /** The text at the end, for people. Default true. */
  readonly summary?: boolean;
  /** Gets every message too, appended. */
  readonly logFile?: string;
  readonly loudness: Loudness;
}

export interface FinishedBuild {
  readonly plan: Plan;
  readonly result: BuildResult;
  readonly boots: readonly BootTestResult[];
}

/** Does what `guestwright build` was asked for, and says it. Undefined after a dry run. */
export async function runBuild(request: BuildRequest): Promise<FinishedBuild | undefined> {
  const plan = await makePlan(request);
  const prepared = request.bootTest && prepareBoots(plan, request.bootTest);
  if (request.dryRun) {
    if (request.json) printJson(plan);
    else process.stdout.write(formatPlan(plan));
    return undefined;
  }
  const stopper = new AbortController();
  const stop = (): void => stopper.abort();
  process.once('SIGINT', stop).once('SIGTERM', stop);
  const progress = await makeProgress(request.loudness, prepared !== undefined, request.logFile);
  let finished: FinishedBuild;
  try {
    for (const notice of plan.notices) progress.notice(formatIssue(notice));
    const result = await buildAppliance(plan, {
      outputFolder: request.outputFolder ?? join('appliances', plan.name),
      ...(request.tmpFolder === undefined ? {} : { tmpFolder: request.tmpFolder }),
      postOffline: request.postOffline,
      ...(request.fresh === undefined ? {} : { fresh: request.fresh }),
      onEvent: progress.event,
      signal: stopper.signal,
    });
    const boots = prepared ? await runBoots(prepared, result, progress, stopper.signal) : [];
    await progress.end();
    if (request.json) printJson(prepared ? { ...result.manifest, boots } : result.manifest);
    else if (request.loudness !== 'quiet' && (request.summary ?? true))
      process.stdout.write(formatSummary(plan, result, boots));
    finished = { plan, result, boots };
  } catch (error) {
    await progress.end(error);
    throw error;
  } finally {
    process.removeListener('SIGINT', stop).removeListener('SIGTERM', stop);
  }
  refuseFailedBoots(finished.boots);
  return finished;
}

async function makePlan(request: BuildRequest): Promise<Plan> {
  const { allowIgnored = [] } = request;
  checkAllowed(allowIgnored);
  const { kickstart, pre } = await readWithPre(request);
  refuseErrors(buildIssues(kickstart, { allowIgnored, pre }));
  const db = openDb(request.db === undefined ? {} : { db: request.db });
  const name = request.name ?? basename(request.file).replace(/\.(ks|cfg)(\.in)?$/, '');
  const host = await readHostFacts();
  const arch = chooseArchitecture(request.arch, host.arch);
  return planAppliance({
    kickstart,
    text: readFileSync(request.file, 'utf8'),
    db,
    platform: request.platform === undefined ? await hostPlatform(db, arch) : db.platform(request.platform),
    host,
    options: {
      name,
      formats: request.formats,
      compress: request.compress,
      checksum: request.checksum,
      ...(request.namedByFormat ? { namedByFormat: true } : {}),
      ...(request.os === undefined ? {} : { os: request.os }),
      arch,
      ...(request.mirror === undefined ? {} : { mirror: request.mirror }),
      ...(request.version === undefined ? {} : { version: request.version }),
      ...(request.release === undefined ? {} : { release: request.release }),
      ...(request.memoryMiB === undefined ? {} : { memoryMiB: request.memoryMiB }),
      ...(request.vcpus === undefined ? {} : { vcpus: request.vcpus }),
      ...(request.diskBytes === undefined ? {} : { diskBytes: request.diskBytes }),
      allowIgnored,
      ...(pre === undefined ? {} : { pre }),
      ...(isReproducible() ? { sourceDateEpoch: outputEpoch() } : {}),
    },
  });
}

/** Names that `--allow-ignored` takes: commands, sections, and add-ons, whose names are their authors' own. */
function checkAllowed(names: readonly string[]): void {
  const known = [...commandNames(), ...sectionNames()];
  for (const name of names) {
    if (known.includes(name) || /^(?:org|com)_\w+$/.test(name)) continue;
    throw new NotFoundError('allow-ignored', `--allow-ignored ${name}: there is no such command`, nearest(name, known));
  }
}

/** Reads the kickstart; with `--run-pre` twice, as `%pre` writes what the second reading includes. */
async function readWithPre(request: BuildRequest): Promise<{ kickstart: Kickstart; pre: 'run' | 'given' | undefined }> {
  const { file, defineIncludes = {} } = request;
  const first = readKickstart(file, { defineIncludes });
  const scripts = first.scripts.filter((one) => one.type === 'pre');
  if (!request.runPre || scripts.length === 0)
    return { kickstart: first, pre: Object.keys(defineIncludes).length > 0 ? 'given' : undefined };
  const { runPreScripts } = await import('../../builder/stages/pre.js');
  const { written, issues } = await runPreScripts(scripts, !request.postOffline);
  const kickstart = readKickstart(file, { defineIncludes, written });
  return { kickstart: { ...kickstart, issues: [...kickstart.issues, ...issues] }, pre: 'run' };
}

/** All errors of the kickstart, a line each: the first is thrown, the others are printed before it. */
function refuseErrors(issues: readonly Issue[]): void {
  const errors = issues.filter((issue) => issue.severity === 'error');
  const last = errors.pop();
  if (!last) return;
  for (const issue of errors) process.stderr.write(`${formatIssue(issue)}\n`);
  throw new InputError(last.code, last.message, last.at);
}
