// SPDX-License-Identifier: Apache-2.0
// Makes dist/: one bundle an entry, with shared chunks, so that a command loads only what it uses; programs that answer
// at once are one CommonJS file each, which starts in half the time; and the types.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { makePages } from './pages.mjs';
import { compileSchemas } from './schemas.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const started = Date.now();
rmSync(dist, { recursive: true, force: true });

const tools = readdirSync(join(root, 'tools'))
  .filter((name) => name.endsWith('.ts') && !['main.ts', 'registry.ts'].includes(name))
  .map((name) => name.slice(0, -3));

/** Programs of which scripts call hundreds: 12 modules through the loader of ES modules take them 25 ms more. */
const quick = tools.filter((name) => name.startsWith('osinfo-') || ['ksvalidator', 'ksflatten'].includes(name));

/** Commands of the umbrella that answer at once, and the module of each; their help is the umbrella's. */
const quickCommands = { ks: 'tools/ks/quick.ts', recommend: 'tools/recommend/quick.ts' };

/** commander loads child_process for sub-commands that are programs, which none of ours is: 5 ms of every start. */
const childProcessWhenAsked = {
  name: 'child-process-when-asked',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:child_process$/ }, ({ importer }) =>
      importer.includes('/node_modules/commander/') ? { path: 'child_process', namespace: 'when-asked' } : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'when-asked' }, () => ({
      contents: "module.exports = { get spawn() { return require('child_process').spawn; } };",
    }));
  },
};

/** What the compiled index of a database is tied to: the sources that make its records. */
function buildStamp() {
  const hash = createHash('sha256');
  const files = readdirSync(join(root, 'osinfo'), { recursive: true }).filter((name) => name.endsWith('.ts'));
  for (const name of files.sort()) hash.update(`${name}\0`).update(readFileSync(join(root, 'osinfo', name)));
  return hash.digest('hex').slice(0, 16);
}
const define = { guestwrightBuild: JSON.stringify(buildStamp()) };

const common = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20',
  legalComments: 'linked',
  logLevel: 'warning',
  plugins: [childProcessWhenAsked],
  define,
};

const modules = {
  ...common,
  splitting: true,
  format: 'esm',
  external: ['libxml2-wasm'],
  // Packages in CommonJS call require(), which an ES module does not have.
  banner: {
    js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
  },
};

await build({
  ...modules,
  entryPoints: [
    ...tools.map((name) => ({ in: `tools/${name}.ts`, out: `tools/${name}` })),
    { in: 'osinfo/index.ts', out: 'index' },
    { in: 'builder/index.ts', out: 'builder' },
    { in: 'builder/run/worker.ts', out: 'worker' },
  ],
  outdir: 'dist',
  chunkNames: 'chunks/[name]-[hash]',
});

await build({
  ...common,
  entryPoints: [
    ...quick.map((name) => ({ in: `tools/${name}.ts`, out: name })),
    ...Object.entries(quickCommands).map(([name, file]) => ({ in: file, out: `guestwright-${name}` })),
  ],
  outdir: 'dist/bin',
  format: 'cjs',
  minify: true,
  // Loaded when somebody asks for them, as they are.
  external: ['libxml2-wasm', 'got'],
  define: { ...define, 'import.meta.url': '__moduleUrl' },
  banner: { js: "#!/usr/bin/env node\nconst __moduleUrl=require('url').pathToFileURL(__filename).href;" },
  footer: { js: 'module.exports.main(process.argv.slice(2));' },
});
writeFileSync(join(dist, 'bin/package.json'), '{ "type": "commonjs" }\n');

/** A program: the main of a module with the arguments given. */
function writeProgram(name, module, start) {
  writeFileSync(join(dist, 'bin', `${name}.js`), `#!/usr/bin/env node\nimport('../${module}').then(${start});\n`);
}
for (const name of tools) {
  if (!quick.includes(name)) writeProgram(name, `tools/${name}.js`, '({ main }) => main(process.argv.slice(2))');
  chmodSync(join(dist, 'bin', `${name}.js`), 0o755);
}
writeFileSync(
  join(dist, 'bin/guestwright.js'),
  `#!/usr/bin/env node
const [name, ...words] = process.argv.slice(2);
if (${JSON.stringify(Object.keys(quickCommands))}.includes(name) && !words.some((word) => word === '-h' || word === '--help')) {
  process.argv.splice(2, 1);
  require(\`./guestwright-\${name}.js\`);
} else {
  import('../tools/guestwright.js').then(({ main }) => main(process.argv.slice(2)));
}
`,
);
await makePages(dist, modules);
await compileSchemas(join(dist, 'schema'));
writeProgram('build-worker', 'worker.js', '({ workerMain }) => workerMain()');

if (!process.argv.includes('--no-types')) {
  execFileSync(
    process.execPath,
    [join(root, 'node_modules/typescript/bin/tsc'), '-p', join(root, 'tsconfig.types.json')],
    { stdio: 'inherit' },
  );
}
writeFileSync(join(dist, '.built'), '');
console.log(`built dist/ in ${((Date.now() - started) / 1000).toFixed(1)} s`);
