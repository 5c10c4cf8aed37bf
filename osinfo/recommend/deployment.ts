// SPDX-License-Identifier: Apache-2.0
import type { Db, Deployment, Os, Platform, Product } from '../model/types.js';
import type { Context } from './context.js';
import type { DecisionFact } from './types.js';

/**
 * What the database says of an OS on a platform: of this very release, else of one that it descends from; on this very
 * platform, else on another release of it, the newest first.
 */
export function deploymentFor(db: Db, os: Os, platform: Platform): Deployment | undefined {
  const systems = ancestry(os, (id) => db.findOs(id));
  const own = ancestry(platform, (id) => db.findPlatform(id));
  let best: { readonly rank: number; readonly deployment: Deployment } | undefined;
  for (const deployment of db.deployments()) {
    const system = systems.indexOf(deployment.os ?? '');
    if (system < 0 || deployment.platform === undefined) continue;
    const there = own.indexOf(deployment.platform);
    const isLater = (): boolean => {
      const later = db.findPlatform(deployment.platform!);
      return later !== undefined && ancestry(later, (id) => db.findPlatform(id)).includes(platform.id);
    };
    if (there < 0 && !isLater()) continue;
    const rank = system * 1000 + (there < 0 ? 500 : there);
    if (best === undefined || rank < best.rank) best = { rank, deployment };
  }
  return best?.deployment;
}

/** The entity and what it is made from or follows, nearest first. A ring ends where it began. */
function ancestry<T extends Product>(start: T, find: (id: string) => T | undefined): readonly string[] {
  const ids: string[] = [];
  const pending: T[] = [start];
  for (let one = pending.shift(); one; one = pending.shift()) {
    if (ids.includes(one.id)) continue;
    ids.push(one.id);
    const above = [...one.related('derives-from'), ...one.related('clones'), ...one.related('upgrades')];
    pending.push(...above.map(find).filter((found) => found !== undefined));
  }
  return ids;
}

/** That the deployment names the device, with its place. */
export function deploymentNames(
  { deployment, osKnows, platformKnows }: Context,
  device: string,
): DecisionFact | undefined {
  const link = deployment?.deviceLinks.find(({ target }) => target === device);
  return (
    link && {
      text: `on ${platformKnows.name}, ${osKnows.name} is given it by a rule of the two together`,
      at: `${link.origin.file}:${link.origin.line}`,
    }
  );
}

/** That the deployment names the machine, with its place. */
export function deploymentMachine(
  { deployment, arch, osKnows, platformKnows }: Context,
  family: string,
): DecisionFact | undefined {
  const fact = deployment?.facts.find(
    ({ name, arch: of, attributes }) =>
      name === 'machine' && attributes['family'] === family && (of === undefined || of === arch),
  );
  return (
    fact && {
      text: `on ${platformKnows.name}, ${osKnows.name} is given it by a rule of the two together`,
      at: `${fact.origin.file}:${fact.origin.line}`,
    }
  );
}
