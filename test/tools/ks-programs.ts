// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { packageRoot } from '../../osinfo/package-root.js';

/** What a process said. */
export interface Said {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/**
 * A program as it is shipped: one file of CommonJS. Returns what runs it.
 * @param contents what begins it, with imports relative to the package
 * @param folder where it is put
 */
export function bundleQuick(
  name: string,
  contents: string,
  folder: string,
): (argv: readonly string[], input?: string) => Said {
  const path = join(folder, `${name}.cjs`);
  buildSync({
    stdin: { contents, resolveDir: packageRoot(), loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    outfile: path,
    external: ['libxml2-wasm', 'got'],
    define: { 'import.meta.url': '__moduleUrl' },
    // The package is found from the module: here, from a file that lies in it.
    banner: {
      js: `const __moduleUrl = require('url').pathToFileURL(${JSON.stringify(join(packageRoot(), 'tools/main.ts'))}).href;`,
    },
  });
  return (argv, input = '') => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [path, ...argv], {
      cwd: folder,
      input,
      encoding: 'utf8',
      timeout: 20_000,
    });
    return { status, out: stdout, err: stderr };
  };
}
