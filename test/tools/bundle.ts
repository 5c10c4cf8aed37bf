// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { packageRoot } from '../../osinfo/package-root.js';

export interface Program {
  /** Path for `node`. */
  readonly path: string;
  readonly remove: () => void;
}

/** A tool as it is shipped: bundled, started by node. Inside the package, so that it finds the bundled database. */
export async function bundleTool(name: string): Promise<Program> {
  const cache = join(packageRoot(), 'node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, `test-${name}-`));
  await build({
    entryPoints: [join(packageRoot(), 'tools', `${name}.ts`)],
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    external: ['libxml2-wasm'],
    logLevel: 'warning',
    banner: { js: "import{createRequire as r}from'node:module';const require=r(import.meta.url);" },
  });
  const path = join(folder, 'program.mjs');
  writeFileSync(path, `import { main } from './${name}.mjs';\nawait main(process.argv.slice(2));\n`);
  return { path, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
