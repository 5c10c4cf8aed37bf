// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../errors.js';
import type { Db } from '../model/types.js';
import { recommend } from '../recommend/index.js';
import type { FieldChange } from './diff.js';

/** Recommended hardware that is not as it was. */
export interface RecommendChange {
  readonly id: string;
  readonly shortId?: string;
  readonly fields: readonly FieldChange[];
}

/**
 * The operating systems of both databases for which another machine is recommended on a platform: what people will get
 * after an update of the database. Reasons and warnings are not compared, only what the machine is.
 * @param platform id or short id; both databases have to have it
 * @throws NotFoundError where one has not
 */
export function diffRecommendations(before: Db, after: Db, platform: string): readonly RecommendChange[] {
  const old = before.platform(platform);
  const now = after.platform(platform);
  const changes: RecommendChange[] = [];
  for (const os of after.oses()) {
    const earlier = before.findOs(os.id);
    if (earlier === undefined || earlier.origins.length === 0 || os.origins.length === 0) continue;
    const one = flatten(() => recommend({ os: earlier, platform: old }));
    const other = flatten(() => recommend({ os, platform: now }));
    const fields: FieldChange[] = [];
    for (const field of [...new Set([...one.keys(), ...other.keys()])].sort()) {
      const was = one.get(field);
      const is = other.get(field);
      if (was === is) continue;
      fields.push({ field, ...(was === undefined ? {} : { before: was }), ...(is === undefined ? {} : { after: is }) });
    }
    if (fields.length === 0) continue;
    changes.push({ id: os.id, ...(os.shortId === undefined ? {} : { shortId: os.shortId }), fields });
  }
  return changes;
}

/** What a recommendation says of the machine, by paths such as `disk.bus`; or why there is none. */
function flatten(work: () => object): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  try {
    const {
      why: _why,
      warnings: _warnings,
      os: _os,
      platform: _platform,
      ...machine
    } = work() as Record<string, unknown>;
    visit('', machine, fields);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    fields.set('none', error.message);
  }
  return fields;
}

function visit(path: string, value: unknown, fields: Map<string, string>): void {
  if (typeof value !== 'object' || value === null) fields.set(path, String(value));
  else if (Array.isArray(value))
    fields.set(path, value.map((one) => (typeof one === 'object' ? JSON.stringify(one) : String(one))).join(', '));
  else for (const [key, inner] of Object.entries(value)) visit(path === '' ? key : `${path}.${key}`, inner, fields);
}
