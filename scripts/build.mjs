// SPDX-License-Identifier: Apache-2.0
// Makes dist/: one bundle an entry, with shared chunks, so that a command loads only what it uses; and the types.
import { execFileSync } from 'node:child_process';
import { chmodSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const started = Date.now();
rmSync(dist, { recursive: true, force: true });

const tools = readdirSync(join(root, 'tools'))
  .filter((name) => name.endsWith('.ts') && !['main.ts', 'registry.ts'].includes(name))
  .map((name) => name.slice(0, -3));

await build({
  absWorkingDir: root,
  entryPoints: [
    ...tools.map((name) => ({ in: `tools/${name}.ts`, out: `tools/${name}` })),
    { in: 'osinfo/index.ts', out: 'index' },
    { in: 'builder/index.ts', out: 'builder' },
    { in: 'builder/run/worker.ts', out: 'worker' },
  ],
  outdir: 'dist',
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  chunkNames: 'chunks/[name]-[hash]',
  external: ['libxml2-wasm'],
  legalComments: 'linked',
  logLevel: 'warning',
  // Packages in CommonJS call require(), which an ES module does not have.
  banner: {
    js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
  },
});

/** A program: the bundle's main with the arguments given. */
function writeProgram(name, text) {
  const file = join(dist, 'bin', `${name}.js`);
  writeFileSync(file, text);
  chmodSync(file, 0o755);
}
execFileSync('mkdir', ['-p', join(dist, 'bin')]);
for (const name of tools) {
  writeProgram(
    name,
    `#!/usr/bin/env node\nimport { main } from '../tools/${name}.js';\nawait main(process.argv.slice(2));\n`,
  );
}
writeProgram('build-worker', "#!/usr/bin/env node\nimport { workerMain } from '../worker.js';\nawait workerMain();\n");

if (!process.argv.includes('--no-types')) {
  execFileSync(
    process.execPath,
    [join(root, 'node_modules/typescript/bin/tsc'), '-p', join(root, 'tsconfig.types.json')],
    { stdio: 'inherit' },
  );
}
writeFileSync(join(dist, '.built'), '');
console.log(`built dist/ in ${((Date.now() - started) / 1000).toFixed(1)} s`);
