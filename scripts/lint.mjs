// SPDX-License-Identifier: Apache-2.0
// `npm run lint`: every rule of the house, side by side, with the output of those that found something. Needs a build
// only for the last: publint looks at the package as npm would pack it.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = (name) => join(root, 'node_modules/.bin', name);

const checks = [
  ['biome', [bin('biome'), 'check', '.']],
  ['arrows', [process.execPath, 'scripts/arrows.mjs']],
  ['tsc', [bin('tsc'), '--noEmit']],
  ['knip', [bin('knip'), '--no-progress']],
  ['publint', [bin('publint'), '--strict']],
];

/** Ends with the exit code and all that the check said. */
function run([name, [program, ...args]]) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk));
    child.on('error', (error) => resolve({ name, code: 1, said: `${error.message}\n` }));
    child.on('close', (code) => resolve({ name, code: code ?? 1, said }));
  });
}

const built = existsSync(join(root, 'dist/.built'));
if (!built) console.log('lint: publint is left out, there is no dist/ yet (npm run build)');
const results = await Promise.all(checks.filter(([name]) => built || name !== 'publint').map(run));
for (const { name, code, said } of results)
  if (code !== 0) console.error(`${said.trimEnd()}\nlint: ${name} is not content`);
process.exit(results.every(({ code }) => code === 0) ? 0 : 1);
