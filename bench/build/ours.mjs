// SPDX-License-Identifier: Apache-2.0
// A build of ours, measured, with its manifest.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { measure } from '../measure.mjs';
import { cacheBeside, GUESTWRIGHT } from './case.mjs';
import { sizesOf } from './steps.mjs';

/**
 * Builds into a folder; what it keeps lies beside that.
 * @param formats of `-f`
 */
export async function buildOne(kickstart, out, { formats }) {
  const words = ['build', kickstart, '-n', 'bench', '-f', formats, '-q', '-o', out];
  const figures = await measure([...GUESTWRIGHT, ...words], { env: cacheBeside(out) });
  const manifest = JSON.parse(readFileSync(join(out, 'bench.manifest.json'), 'utf8'));
  return { ...figures, manifest, out, image: sizesOf(join(out, manifest.disks[0].images[0].file)) };
}
