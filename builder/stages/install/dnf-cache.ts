// SPDX-License-Identifier: Apache-2.0
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { WorkError } from '../../../osinfo/errors.js';
import { readXml } from '../../../osinfo/xml/read.js';
import type { RpmInstallPlan } from '../../plan/types.js';
import type { StageContext } from '../../run/context.js';
import { type Comps, parseComps } from './comps.js';
import type { RpmPlace } from './rpm-place.js';

const MAX_COMPS_BYTES = 64 * 1024 * 1024;

/** The groups of all repositories, out of the metadata that dnf has fetched. */
export async function readComps(context: StageContext, plan: RpmInstallPlan, place: RpmPlace): Promise<Comps> {
  const files: { name: string; text: string | Uint8Array }[] = [];
  for (const { id } of plan.repositories.filter((one) => !one.ignoreGroups)) {
    const folder = repositoryFolder(place.cache, id);
    const file = folder === undefined ? undefined : groupFile(folder);
    if (file !== undefined) files.push({ name: `groups of ${id}`, text: await unpacked(context, file) });
  }
  return parseComps(files);
}

/** dnf's folder of a repository: its id, and a hash of where it is. */
export function repositoryFolder(cache: string, id: string): string | undefined {
  const name = readdirSync(cache).find(
    (one) => one.startsWith(`${id}-`) && /^[0-9a-f]{16}$/.test(one.slice(id.length + 1)),
  );
  return name === undefined ? undefined : join(cache, name);
}

/** What repomd.xml calls `group`, or `group_gz` and the like; a repository need not have any. */
function groupFile(folder: string): string | undefined {
  const index = join(folder, 'repodata/repomd.xml');
  if (!existsSync(index)) return undefined;
  const data = readXml(readFileSync(index), 'repomd.xml').children.filter((one) => one.name === 'data');
  const names = ['group_gz', 'group_xz', 'group_zst', 'group'].flatMap(
    (type) =>
      data
        .find((one) => one.attrs.get('type') === type)
        ?.child('location')
        ?.attrs.get('href') ?? [],
  );
  return names.map((href) => join(folder, 'repodata', basename(href))).find((path) => existsSync(path));
}

async function unpacked(context: StageContext, file: string): Promise<string | Uint8Array> {
  if (statSync(file).size > MAX_COMPS_BYTES)
    throw new WorkError('comps', `${basename(file)} is too large for a file of groups`);
  if (file.endsWith('.gz')) return gunzipSync(readFileSync(file), { maxOutputLength: MAX_COMPS_BYTES });
  const program = file.endsWith('.xz') ? 'xz' : file.endsWith('.zst') ? 'zstd' : undefined;
  if (program === undefined) return readFileSync(file);
  const { stdout } = await context.tool([program, '--decompress', '--stdout', '--', file], {
    keepBytes: MAX_COMPS_BYTES,
  });
  return stdout;
}
