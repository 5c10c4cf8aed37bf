// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolders } from '../../osinfo/doors/folders.js';
import type { StorageLayers } from '../plan/types.js';
import type { StageContext } from './context.js';

/** Changes when what a stage does with the same plan changes: old results are then not taken. */
const STAGE_VERSION = { install: 3, configure: 3 } as const;

/** Most bytes that kept trees may use: the least recently used go first. */
const KEEP_BYTES = 20 * 1024 ** 3;

export interface StageKeys {
  readonly install: string;
  readonly configure: string;
}

/**
 * The key of a stage is the hash of all that it depends on, so that the same inputs take the kept tree, and a change of
 * `%post`, a format or a size does not install anything again.
 */
export function stageKeys(context: StageContext): StageKeys {
  const { plan, job } = context;
  const install = hash({
    stage: 'install',
    version: STAGE_VERSION.install,
    install: plan.install,
    scripts: plan.scripts.filter((one) => one.type === 'pre-install'),
    arch: plan.arch,
    repository: job.repositoryState,
    tools: job.toolVersions,
    epoch: plan.outputs.sourceDateEpoch,
  });
  const configure = hash({
    stage: 'configure',
    version: STAGE_VERSION.configure,
    install,
    system: plan.system,
    boot: plan.boot,
    storage: storageInputs(plan.storage),
    epoch: plan.outputs.sourceDateEpoch,
  });
  return { install, configure };
}

/**
 * What of the storage is written into the tree, and made into its initramfs and menu; sizes are not. A key of a container
 * is in the kept tree, and goes with one passphrase only.
 */
function storageInputs(storage: StorageLayers): unknown {
  const { crypttab, mdadm, initramfs, root, resume, boot, raids, luks } = storage;
  const keyed = new Set(crypttab.filter((one) => one.key !== undefined).map((one) => one.name));
  return {
    ...{ crypttab, mdadm, initramfs, root, resume, boot },
    arrays: raids.map(({ id, level }) => [id, level]),
    keyed: luks.filter((one) => keyed.has(one.name)).map(({ name, passphrase }) => [name, passphrase]),
  };
}

function hash(value: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(withoutPlaces(value)))
    .digest('hex')
    .slice(0, 40);
}

/** A line that moved changes nothing in the result: places are left out of what is hashed. */
function withoutPlaces(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPlaces);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== 'at' && key !== 'why' && key !== 'sourcesWhy')
      .map(([key, inner]) => [key, withoutPlaces(inner)]),
  );
}

function archivePath(folder: string, stage: string, key: string): string {
  return join(folder, 'stages', `${stage}-${key}.tar.zst`);
}

/** Unpacks the kept tree of a stage; false where there is none, or it is damaged (it is then removed). */
export async function restoreTree(context: StageContext, stage: keyof StageKeys, key: string): Promise<boolean> {
  const folder = context.job.cacheFolder;
  if (folder === undefined) return false;
  const archive = archivePath(folder, stage, key);
  if (!existsSync(archive)) return false;
  try {
    await context.tool(['tar', '--zstd', '-xpf', archive, '-C', context.tree, ...EVERYTHING, '--same-owner']);
    utimesSync(archive, new Date(), new Date());
    return true;
  } catch {
    rmSync(archive, { force: true });
    await context.tool(['find', context.tree, '-mindepth', '1', '-delete']);
    return false;
  }
}

/** Attributes and ACLs too; times are kept to the nanosecond by the format that tar takes for them. */
const EVERYTHING = ['--xattrs', '--xattrs-include=*', '--acls', '--numeric-owner'] as const;

/** Keeps the tree as it is now. A full disk here is no reason to fail a build: the tree is then not kept. */
export async function keepTree(context: StageContext, stage: keyof StageKeys, key: string): Promise<void> {
  const folder = context.job.cacheFolder;
  if (folder === undefined) return;
  const archive = archivePath(folder, stage, key);
  const part = join(context.job.workFolder, `${stage}.tar.zst`);
  try {
    context.detail(stage, 'keeping the tree for the next build');
    // What listened there has ended, and tar has no sockets: this build's tree is to be what the next one gets.
    await context.tool(['find', context.tree, '-xdev', '-type', 's', '-delete']);
    makeFolders(join(folder, 'stages'), 0o700);
    await context.tool(
      [
        'tar',
        '--sort=name',
        '--sparse',
        ...EVERYTHING,
        '--use-compress-program=zstd -1 -T2',
        '-cpf',
        part,
        '-C',
        context.tree,
        '.',
      ],
      { timeoutMs: 1_800_000 },
    );
    renameSync(part, archive);
    sweepStages(join(folder, 'stages'));
  } catch (error) {
    rmSync(part, { force: true });
    context.emit({ type: 'notice', message: `the tree is not kept for the next build: ${(error as Error).message}` });
  }
}

function sweepStages(folder: string): void {
  const files = readdirSync(folder).map((name) => ({ path: join(folder, name), stat: statSync(join(folder, name)) }));
  files.sort((a, b) => b.stat.mtimeMs - a.stat.mtimeMs);
  let total = 0;
  for (const { path, stat } of files) {
    total += stat.size;
    if (total > KEEP_BYTES) rmSync(path, { force: true });
  }
}
