// SPDX-License-Identifier: Apache-2.0
import { stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { GuestwrightError, InputError, WorkError } from '../../osinfo/errors.js';
import type { Db } from '../../osinfo/model/types.js';
import type { Finding, MediaFinding, TreeFinding } from './finding.js';

export type SourceType = 'media' | 'tree';

/**
 * Reads what lies at a location and holds it against the database. Whatever goes wrong with it is in the answer.
 * @param type what it is, where the caller knows
 */
export async function look(db: Db, location: string, type?: SourceType): Promise<Finding> {
  try {
    if (type !== undefined) return await lookAs(db, location, type);
    const kind = await kindOf(location);
    return kind === 'unknown' ? await lookAsBoth(db, location) : await lookAs(db, location, kind);
  } catch (error) {
    if (error instanceof GuestwrightError) return { kind: 'error', location, error };
    throw error;
  }
}

async function lookAs(db: Db, location: string, type: SourceType): Promise<Finding> {
  return type === 'media' ? await lookAtMedia(db, location) : await lookAtTree(db, location);
}

/** A folder is a tree, any other file is media; an address is told by its end, where that is possible. */
async function kindOf(location: string): Promise<SourceType | 'unknown'> {
  if (/^https?:/i.test(location)) {
    const path = location.replace(/[?#].*$/s, '');
    return path.endsWith('/') ? 'tree' : /\.(iso|img|udf|bin|raw)$/i.test(path) ? 'media' : 'unknown';
  }
  try {
    const path = /^file:/i.test(location) ? fileURLToPath(location) : location;
    return (await stat(path)).isDirectory() ? 'tree' : 'media';
  } catch {
    return 'media';
  }
}

/** An address without an ending: an image, or else, where its bytes are no image, a tree. */
async function lookAsBoth(db: Db, location: string): Promise<Finding> {
  try {
    return await lookAtMedia(db, location);
  } catch (error) {
    if (!mayBeTree(error)) throw error;
    try {
      return await lookAtTree(db, location);
    } catch (second) {
      // A server that does not have it at all is better told than what a tree would have.
      throw error instanceof WorkError ? error : second;
    }
  }
}

/** A page that lists a folder is no image; and a server may have no answer for the folder itself. */
function mayBeTree(error: unknown): boolean {
  if (error instanceof InputError) return true;
  const failure = (error as { failure?: { kind?: string; status?: number } }).failure;
  return failure?.kind === 'status' && [401, 403, 404].includes(failure.status ?? 0);
}

async function lookAtMedia(db: Db, location: string): Promise<MediaFinding> {
  const [{ openSource }, { readMedia }, { identifyMedia }] = await Promise.all([
    import('../../osinfo/detect/source/open.js'),
    import('../../osinfo/detect/iso/read.js'),
    import('../../osinfo/detect/identify.js'),
  ]);
  const source = await openSource(location);
  try {
    const info = await readMedia(source);
    return { kind: 'media', location, info, identification: identifyMedia(db, info.facts) };
  } finally {
    await source.close();
  }
}

async function lookAtTree(db: Db, location: string): Promise<TreeFinding> {
  const [{ readTree }, { osByEvidence }, { identifyTree }] = await Promise.all([
    import('../../osinfo/detect/tree/read.js'),
    import('../../osinfo/detect/tree/evidence.js'),
    import('../../osinfo/detect/identify.js'),
  ]);
  const reading = await readTree(location);
  const identification = identifyTree(db, reading.facts);
  const finding = { kind: 'tree', location, reading, identification } as const;
  if (identification.candidates.length > 0 || reading.evidence === undefined) return finding;
  const evidenced = osByEvidence(db, reading.evidence);
  return evidenced === undefined ? finding : { ...finding, evidenced };
}
