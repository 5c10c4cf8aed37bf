// SPDX-License-Identifier: Apache-2.0
// Manual pages and completion scripts, made of the commands' own trees of options.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

/**
 * Writes `man/` and `completion/` into `folder`, which lies below the package.
 * @param options esbuild's, as for the programs
 */
export async function makePages(folder, options) {
  const generator = join(folder, '.pages');
  await build({
    ...options,
    entryPoints: ['tools/man/write-pages.ts'],
    outdir: generator,
    outExtension: { '.js': '.mjs' },
  });
  try {
    const { writePages } = await import(pathToFileURL(join(generator, 'write-pages.mjs')).href);
    return await writePages(folder);
  } finally {
    rmSync(generator, { recursive: true, force: true });
  }
}
