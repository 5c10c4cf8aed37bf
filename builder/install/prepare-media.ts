// SPDX-License-Identifier: Apache-2.0
import { chmodSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { run } from '../../osinfo/doors/process.js';
import { ToolError, WorkError } from '../../osinfo/errors.js';
import type { InstallScript } from '../../osinfo/model/types.js';
import type { GeneratedScript } from '../../osinfo/script/generate.js';
import { planInjection } from '../../osinfo/script/injection/plan.js';
import { writeInjection } from '../../osinfo/script/injection/write.js';
import { probeTools } from '../run/probes.js';
import type { InstallPlan } from './plan-install.js';

/** What is plugged into the machine that installs. Paths. */
export interface PreparedMedia {
  /** The installer's disc: the medium itself, or a copy with the answers on it. */
  readonly disc: string;
  /** A second disc, with the answers. */
  readonly answers?: string;
  readonly kernel?: { readonly kernel: string; readonly initrd: string; readonly words: readonly string[] };
}

/** The answers, with all their secrets. */
export interface Answers {
  readonly scripts: readonly (readonly [InstallScript, GeneratedScript])[];
  /** What the scripts want the installer's kernel to be told. */
  readonly kernelWords: readonly string[];
  /** What the system is to call itself, where a script says it. */
  readonly hostname?: string;
}

const XORRISO = { program: 'xorriso', package: 'xorriso' };

/**
 * Takes kernel and initrd from the medium and puts the answers where the installer looks for them: as files of a folder
 * that is its owner's alone.
 * @throws MissingError without xorriso; WorkError where the medium does not have what its entry says
 */
export async function prepareMedia(
  plan: InstallPlan,
  medium: string,
  answers: Answers | undefined,
  folder: string,
): Promise<PreparedMedia> {
  const { start } = plan;
  const plain = start.by === 'kernel' ? await extractKernel(medium, start, folder) : undefined;
  const words = [...(answers?.kernelWords ?? []), ...(start.by === 'kernel' ? start.words : [])];
  const direct = (initrd: string | undefined): Pick<PreparedMedia, 'kernel'> =>
    plain === undefined ? {} : { kernel: { kernel: plain.kernel, initrd: initrd ?? plain.initrd, words } };
  if (answers === undefined || plan.answers === undefined) return { disc: medium, ...direct(undefined) };
  const injection = planInjection(answers.scripts, plan.answers.injection);
  if (injection.kind === 'initrd') {
    const target = join(folder, 'answers.initrd');
    await writeInjection(injection, target, plain === undefined ? {} : { initrd: plain.initrd });
    return { disc: medium, ...direct(target) };
  }
  const target = join(folder, 'answers.iso');
  await writeInjection(injection, target, { installer: medium });
  return injection.onInstaller
    ? { disc: target, ...direct(undefined) }
    : { disc: medium, answers: target, ...direct(undefined) };
}

async function extractKernel(
  medium: string,
  { kernel, initrd }: { readonly kernel: string; readonly initrd: string },
  folder: string,
): Promise<{ readonly kernel: string; readonly initrd: string }> {
  probeTools([XORRISO]);
  const made = { kernel: join(folder, 'kernel'), initrd: join(folder, 'initrd') };
  const take = (inner: string, path: string): string[] => ['-extract', `/${inner.replace(/^\/+/, '')}`, path];
  const words = ['xorriso', '-no_rc', '-osirrox', 'on', '-indev', `stdio:${resolve(medium)}`];
  try {
    await run([...words, ...take(kernel, made.kernel), ...take(initrd, made.initrd), '-rollback_end']);
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    throw lacking(medium, kernel, initrd, error);
  }
  for (const path of Object.values(made)) {
    if (!statSync(path, { throwIfNoEntry: false })?.isFile()) throw lacking(medium, kernel, initrd);
    chmodSync(path, 0o600);
  }
  return made;
}

const lacking = (medium: string, kernel: string, initrd: string, cause?: unknown): WorkError =>
  new WorkError(
    'medium-kernel',
    `${medium}: ${kernel} and ${initrd}, which the database says are on it, cannot be taken from it; it is damaged, or of another release`,
    { cause },
  );
