// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { commandNames } from '../../builder/kickstart/commands/index.js';
import { formatIssue, readKickstart } from '../../builder/kickstart/index.js';
import type { Issue, Kickstart } from '../../builder/kickstart/model.js';
import { sectionNames } from '../../builder/kickstart/sections.js';
import { hostPlatform } from '../../builder/machine/platform.js';
import type { SignOptions } from '../../builder/output/papers/sign.js';
import { buildIssues, planAppliance } from '../../builder/plan/appliance.js';
import { chooseArchitecture } from '../../builder/plan/architecture.js';
import { readHostFacts } from '../../builder/plan/host.js';
import type { ImageFormat, Plan } from '../../builder/plan/types.js';
import type { FreshStage } from '../../builder/run/protocol.js';
import { isReproducible, outputEpoch } from '../../osinfo/doors/clock.js';
import { InputError, NotFoundError, nearest } from '../../osinfo/errors.js';
import { openDb } from '../../osinfo/index.js';
import type { BootWishes } from './boot-tests.js';
import type { Loudness } from './progress.js';
import type { ProgressStyle } from './progress-styles.js';

/** What `guestwright build` is asked for, of one appliance. */
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
  /** Who signs the checksums. */
  readonly sign?: SignOptions | undefined;
  /** Where the files will lie in the end, where it is not the output folder. */
  readonly placedIn?: string | undefined;
  readonly tmpFolder: string | undefined;
  /** Starts the finished appliance and looks at it. */
  readonly bootTest?: BootWishes | undefined;
  /** Builds a second time, cold and elsewhere, and compares every output. */
  readonly checkReproducible?: boolean;
  readonly dryRun: boolean;
  readonly json: boolean;
  /** The text at the end, for people. Default true. */
  readonly summary?: boolean;
  /** Gets every message too, appended. */
  readonly logFile?: string;
  readonly loudness: Loudness;
  /** How progress looks. Absent: a tree on a terminal, else lines. */
  readonly progress?: ProgressStyle | undefined;
}

/** The name of the appliance that a kickstart makes where none is given. */
export function applianceName(file: string): string {
  return basename(file).replace(/\.(ks|cfg)(\.in)?$/, '');
}

/**
 * The plan of a build. Errors of the kickstart beyond the first are printed.
 * @throws InputError for what is wrong with the request or the kickstart
 */
export async function planBuild(request: BuildRequest): Promise<Plan> {
  const { allowIgnored = [] } = request;
  checkAllowed(allowIgnored);
  const { kickstart, pre } = await readWithPre(request);
  refuseErrors(buildIssues(kickstart, { allowIgnored, pre }));
  const db = openDb(request.db === undefined ? {} : { db: request.db });
  const name = request.name ?? applianceName(request.file);
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
