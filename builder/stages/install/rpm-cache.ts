// SPDX-License-Identifier: Apache-2.0
import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { makeFolders } from '../../../osinfo/doors/folders.js';
import type { RpmInstallPlan } from '../../plan/types.js';
import type { StageContext } from '../../run/context.js';
import type { RpmPlace } from './rpm-place.js';

/** Most bytes of packages and metadata that are kept: the least recently used go first. */
const KEEP_BYTES = 8 * 1024 ** 3;

const METADATA = 'metadata.tar';

/**
 * Gives the tool what earlier builds fetched: a link to each package, a copy of the metadata. The tool checks all of it
 * against the repositories as they are now, and fetches what it misses. Builds at once do not meet: each has a folder of
 * its own, and what is kept is only ever added whole, by a rename.
 */
export async function takePackages(context: StageContext, plan: RpmInstallPlan, place: RpmPlace): Promise<void> {
  const store = storeFolder(context, plan);
  if (store === undefined || !existsSync(store)) return;
  try {
    for (const repository of readdirSync(store)) {
      const from = join(store, repository);
      const to = join(place.cache, repository);
      if (!statSync(from).isDirectory()) continue;
      mkdirSync(join(to, 'packages'), { recursive: true, mode: 0o700 });
      for (const name of readdirSync(from))
        if (name.endsWith('.rpm')) linkOrCopy(join(from, name), join(to, 'packages', name));
      const metadata = join(from, METADATA);
      if (existsSync(metadata)) await context.tool(['tar', '-xf', metadata, '-C', to]);
    }
  } catch (error) {
    // It is a cache: what of it cannot be read is fetched again.
    context.emit({ type: 'notice', message: `packages of earlier builds are not used: ${(error as Error).message}` });
    for (const name of readdirSync(place.cache)) rmSync(join(place.cache, name), { recursive: true, force: true });
  }
}

/** Keeps what was fetched for the next build. A full disk is no reason to fail one. */
export async function keepPackages(context: StageContext, plan: RpmInstallPlan, place: RpmPlace): Promise<void> {
  const store = storeFolder(context, plan);
  if (store === undefined) return;
  try {
    for (const repository of readdirSync(place.cache)) {
      const from = join(place.cache, repository);
      if (!statSync(from).isDirectory()) continue;
      const to = join(store, repository);
      makeFolders(to, 0o700);
      const packages = join(from, 'packages');
      const names = existsSync(packages) ? readdirSync(packages).filter((name) => name.endsWith('.rpm')) : [];
      for (const name of names) keepFile(join(packages, name), join(to, name), context);
      const part = join(context.job.workFolder, 'metadata.tar');
      await context.tool(['tar', '-cf', part, '--exclude=./packages', '-C', from, '.']);
      moveWhole(part, join(to, METADATA), context);
    }
    sweep(join(context.job.cacheFolder!, 'rpm'));
  } catch (error) {
    context.emit({ type: 'notice', message: `packages are not kept for the next build: ${(error as Error).message}` });
  }
}

/** By tool: each has its own form of a repository's folder. */
function storeFolder({ job }: StageContext, plan: RpmInstallPlan): string | undefined {
  return job.cacheFolder === undefined ? undefined : join(job.cacheFolder, 'rpm', plan.tool);
}

function keepFile(from: string, to: string, context: StageContext): void {
  const kept = statSync(to, { throwIfNoEntry: false });
  if (kept && kept.size === statSync(from).size) {
    utimesSync(to, new Date(), new Date());
    return;
  }
  const part = join(context.job.workFolder, `${basename(from)}.part`);
  linkOrCopy(from, part);
  moveWhole(part, to, context);
}

/** The work folder may lie on another disk: then the copy is made beside the target first. */
function moveWhole(part: string, to: string, { job }: StageContext): void {
  try {
    renameSync(part, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
    const beside = `${to}.${basename(job.workFolder)}`;
    copyFileSync(part, beside);
    renameSync(beside, to);
    rmSync(part);
  }
}

function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    if (code !== 'EXDEV' && code !== 'EPERM' && code !== 'EMLINK') throw error;
    copyFileSync(from, to);
  }
}

function sweep(store: string): void {
  const files = readdirSync(store, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .flatMap((path) => {
      const stat = statSync(path, { throwIfNoEntry: false });
      return stat ? [{ path, stat }] : [];
    })
    .sort((a, b) => b.stat.mtimeMs - a.stat.mtimeMs);
  let total = 0;
  for (const { path, stat } of files) {
    total += stat.size;
    if (total > KEEP_BYTES) rmSync(path, { force: true });
  }
}
