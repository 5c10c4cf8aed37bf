// SPDX-License-Identifier: Apache-2.0
// A build of ours, measured, with its manifest.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { measure } from '../measure.mjs';
import { GUESTWRIGHT } from './case.mjs';
import { sizesOf } from './steps.mjs';

/**
 * Builds into a folder; what it keeps lies beside that.
 * @param formats of `-f`
 */
export async function buildOne(kickstart, out, { formats }) {
  const env = { ...process.env, GUESTWRIGHT_CACHE_DIR: join(dirname(out), 'cache') };
  const words = ['build', kickstart, '-n', 'bench', '-f', formats, '-q', '-o', out];
  const figures = await measure([...GUESTWRIGHT, ...words], { env });
  const manifest = JSON.parse(readFileSync(join(out, 'bench.manifest.json'), 'utf8'));
  return { ...figures, manifest, out, image: sizesOf(join(out, manifest.disks[0].images[0].file)) };
}
