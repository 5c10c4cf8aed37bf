// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { formatPlace } from '../../osinfo/errors.js';
import { packageRoot } from '../../osinfo/package-root.js';
import { validatePaths } from '../../osinfo/validate/validate.js';

/**
 * Holds a descriptor against the grammar of the format, `schema/virt-image.rng`, which is stricter than its readers:
 * what loads and does not conform was written by a program that went its own way, as most did.
 * @returns a line for each fault, with file:line; none where it conforms
 * @throws WorkError where there is no such file
 */
export async function findNonconformance(file: string): Promise<string[]> {
  const { findings } = await validatePaths([file], join(packageRoot(), 'schema/virt-image.rng'));
  return findings.map(({ message, line }) => {
    const place = formatPlace({ file, ...(line === undefined ? {} : { line }) });
    return `${place}: ${message}`;
  });
}
