// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import type { StorageLayers } from '../../plan/types.js';
import { mountPoints } from '../../stages/disks/folders.js';
import type { StageContext } from '../context.js';

/** Changes when what a stage does with the same plan changes, or what cleaning answers: old results are then not taken. */
const STAGE_VERSION = { install: 4, configure: 6, clean: 4 } as const;

/** The stages whose trees are kept, in their order: each key has those before it in it. */
export const KEPT_STAGES = ['install', 'configure', 'clean'] as const;
export type KeptStage = (typeof KEPT_STAGES)[number];
export type StageKeys = Readonly<Record<KeptStage, string>>;

/** Tools that write into the tree; those that write disks may change without anything being installed again. */
const TREE_TOOLS = /^(?:mmdebstrap|rpm|dnf|zypper|bwrap|qemu-(?!img$).*)$/;

/**
 * The key of a stage is the hash of all that it depends on, so that the same inputs take the kept tree: a change of
 * `%post` does not install anything again, and one of a format or a size does not run `%post` again.
 */
export function stageKeys({ plan, job }: Pick<StageContext, 'plan' | 'job'>): StageKeys {
  const epoch = plan.outputs.sourceDateEpoch;
  const scriptsOf = (type: 'pre-install' | 'post') => plan.scripts.filter((one) => one.type === type);
  const offline = (scripts: readonly unknown[]) => (scripts.length > 0 ? job.postOffline : undefined);
  const install = hash({
    stage: 'install',
    version: STAGE_VERSION.install,
    install: plan.install,
    scripts: scriptsOf('pre-install'),
    offline: offline(scriptsOf('pre-install')),
    hostname: scriptsOf('pre-install').length > 0 ? plan.system.hostname : undefined,
    arch: plan.arch,
    repository: job.repositoryState,
    tools: Object.entries(job.toolVersions).filter(([name]) => TREE_TOOLS.test(name)),
    epoch,
  });
  const configure = hash({
    stage: 'configure',
    version: STAGE_VERSION.configure,
    install,
    system: plan.system,
    boot: plan.boot,
    storage: storageInputs(plan.storage),
    epoch,
  });
  const clean = hash({
    stage: 'clean',
    version: STAGE_VERSION.clean,
    configure,
    family: plan.os.family,
    scripts: scriptsOf('post'),
    offline: offline(scriptsOf('post')),
    mountPoints: mountPoints(plan.disks, plan.storage).map(({ path }) => path),
    esp: plan.disks.flatMap(({ partitions }) =>
      partitions.flatMap(({ role, mountpoint }) => (role === 'esp' ? [mountpoint] : [])),
    ),
  });
  return { install, configure, clean };
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
