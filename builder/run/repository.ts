// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { fetchBytes } from '../../osinfo/doors/http.js';
import { WorkError } from '../../osinfo/errors.js';
import type { AptSource, DebInstallPlan, InstallPlan } from '../plan/types.js';
import { readRpmState } from './rpm-repository.js';

/**
 * What the package archives say of themselves now: a hash over their indexes. Asking early finds an unreachable
 * mirror, or a suite that it does not have, before anything is downloaded; and it tells whether a kept tree is current.
 * @throws WorkError naming the mirror, who chose it, and what to do
 */
export async function readRepositoryState(plan: InstallPlan): Promise<string> {
  return plan.family === 'deb' ? await readDebState(plan) : await readRpmState(plan);
}

async function readDebState(plan: DebInstallPlan): Promise<string> {
  const indexes = await Promise.all(plan.sources.map(async (source) => await readIndex(source, plan.sourcesWhy)));
  const hash = createHash('sha256');
  for (const index of indexes) hash.update(createHash('sha256').update(index).digest());
  return hash.digest('hex');
}

async function readIndex(source: AptSource, why: string): Promise<Buffer> {
  // A suite that ends in a slash is a path of its own (sources.list(5)).
  const base = source.suite.endsWith('/') ? `${source.uri}/${source.suite}` : `${source.uri}/dists/${source.suite}/`;
  try {
    return await readFirst([`${base}InRelease`, `${base}Release`]);
  } catch (error) {
    const missing = error instanceof WorkError && error.code === 'http-not-found';
    const what = missing ? `has no suite ${source.suite}` : `cannot be reached (${(error as Error).message})`;
    throw new WorkError(
      missing ? 'no-suite' : 'mirror-unreachable',
      `the mirror ${source.uri} ${what}; it comes from ${why}: give another with --mirror`,
      { cause: error },
    );
  }
}

async function readFirst(addresses: readonly [string, string]): Promise<Buffer> {
  const [first, second] = addresses;
  try {
    return await readOne(first);
  } catch (error) {
    if (error instanceof WorkError && error.code === 'http-not-found') return await readOne(second);
    throw error;
  }
}

async function readOne(address: string): Promise<Buffer> {
  if (!address.startsWith('file:')) return await fetchBytes(address, { maxBytes: 8 * 1024 * 1024 });
  try {
    return readFileSync(fileURLToPath(address));
  } catch (error) {
    throw new WorkError('http-not-found', `${address}: ${(error as Error).message}`);
  }
}
