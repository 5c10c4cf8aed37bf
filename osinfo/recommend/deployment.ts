// SPDX-License-Identifier: Apache-2.0
import type { Db, Deployment, Origin, Os, Platform, Product } from '../model/types.js';
import type { Context } from './context.js';
import type { DecisionFact } from './types.js';

/** How far back an OS is looked for: what held for one of many releases ago says little of today's. */
const furthest = 6;

/**
 * What the database says of an OS on a platform: of this very release, else of one of the last that it descends from; on
 * this very platform, else on another release of it.
 */
export function deploymentFor(db: Db, os: Os, platform: Platform): Deployment | undefined {
  const all = bySystem(db);
  for (const system of ancestry(os, (id) => db.findOs(id), furthest)) {
    const found = (all.get(system) ?? []).filter((one) => areOneLine(db, one.platform, platform));
    const own = found.find((one) => one.platform === platform.id);
    if (found.length > 0) return own ?? found[0];
  }
  return undefined;
}

// A database never changes, and `--all` asks for each of its systems.
const known = new WeakMap<Db, ReadonlyMap<string, readonly Deployment[]>>();

function bySystem(db: Db): ReadonlyMap<string, readonly Deployment[]> {
  const before = known.get(db);
  if (before) return before;
  const all = new Map<string, Deployment[]>();
  for (const deployment of db.deployments()) {
    const list = all.get(deployment.os ?? '');
    if (list) list.push(deployment);
    else all.set(deployment.os ?? '', [deployment]);
  }
  known.set(db, all);
  return all;
}

/** Whether one is a release of the other, or follows it. */
function areOneLine(db: Db, id: string | undefined, platform: Platform): boolean {
  if (id === undefined || id === platform.id) return id !== undefined;
  // Makers' platforms have addresses of their own, which spares the look at most others.
  if (makerOf(id) !== makerOf(platform.id)) return false;
  const find = (one: string): Platform | undefined => db.findPlatform(one);
  const other = find(id);
  return (
    [...ancestry(platform, find)].includes(id) ||
    (other !== undefined && [...ancestry(other, find)].includes(platform.id))
  );
}

const makerOf = (id: string): string => id.split('/').slice(0, 4).join('/');

/** The entity and what it is made from or follows, nearest first, looked up as they are asked for. A ring ends where it began. */
function* ancestry<T extends Product>(
  start: T,
  find: (id: string) => T | undefined,
  most = Number.POSITIVE_INFINITY,
): Generator<string> {
  const seen = new Set<string>();
  const pending: T[] = [start];
  for (let one = pending.shift(); one && seen.size < most; one = pending.shift()) {
    if (seen.has(one.id)) continue;
    seen.add(one.id);
    yield one.id;
    const above = [...one.related('derives-from'), ...one.related('clones'), ...one.related('upgrades')];
    pending.push(...above.map(find).filter((found) => found !== undefined));
  }
}

/** That the deployment names the device, with its place. */
export function deploymentNames(context: Context, device: string): DecisionFact | undefined {
  const link = context.deployment?.deviceLinks.find(({ target }) => target === device);
  return link && saidTogether(context, link.origin);
}

/** That the deployment names the machine, with its place. */
export function deploymentMachine(context: Context, family: string): DecisionFact | undefined {
  const fact = context.deployment?.facts.find(
    ({ name, arch, attributes }) =>
      name === 'machine' && attributes['family'] === family && (arch === undefined || arch === context.arch),
  );
  return fact && saidTogether(context, fact.origin);
}

const saidTogether = ({ osKnows, platformKnows }: Context, { file, line }: Origin): DecisionFact => ({
  text: `on ${platformKnows.name}, ${osKnows.name} is given it by a rule of the two together`,
  at: `${file}:${line}`,
});
