// SPDX-License-Identifier: Apache-2.0
// `npm test`: sets up, then lints and runs every test of the quick set. `npm run test:images`: sets up and runs the long
// set, which builds and boots image after image; `npm run test:install` lets a real installer read our answers. All end with
// the line `N passed, N failed`, and how many were skipped where some were.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { countTests } from './count-tests.mjs';
import { setUp } from './setup.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const long = { '--images': 'images', '--install': 'install', '--libvirt': 'libvirt' }[process.argv[2]];
const projects = long === undefined ? ['unit', 'e2e'] : [long];
const words = process.argv.slice(long === undefined ? 2 : 3);
setUp(long ?? 'test');

const lint =
  long !== undefined ? undefined : spawnSync('npm', ['run', '--silent', 'lint'], { cwd: root, stdio: 'inherit' });
const folder = mkdtempSync(join(tmpdir(), 'guestwright-test-'));

const reportOf = (project) => join(folder, `${project}.json`);

/** Runs one project, to vitest's exit code; what it says is kept until it ended where another is on the screen. */
function runProject(project, kept) {
  const output = kept ? openSync(join(folder, `${project}.log`), 'w') : 'inherit';
  const child = spawn(
    'npx',
    [
      ...['vitest', 'run', '--project', project, '--passWithNoTests', ...words],
      ...['--reporter=default', '--reporter=json', `--outputFile.json=${reportOf(project)}`],
    ],
    { cwd: root, stdio: ['inherit', output, output] },
  );
  return new Promise((done) => child.once('close', done));
}

// Builds wait for one processor most of the time: they and the other tests are run side by side.
const [first, ...others] = projects;
if (others.length > 0) console.log(`tests of ${others.join(', ')} run meanwhile; what they say follows`);
const exitCodes = await Promise.all([runProject(first, false), ...others.map((project) => runProject(project, true))]);
for (const project of others) process.stdout.write(readFileSync(join(folder, `${project}.log`)));
const counts = projects.map((project, index) => countTests(reportOf(project), exitCodes[index]));
rmSync(folder, { recursive: true, force: true });
for (const [index, { said }] of counts.entries()) if (said !== undefined) console.log(`${projects[index]}: ${said}`);
const sum = (what) => counts.reduce((total, count) => total + count[what], 0);
let passed = sum('passed');
let failed = sum('failed');
const skipped = sum('skipped');
if (lint !== undefined && lint.status !== 0) {
  console.log('the lint rules are not met (npm run lint)');
  failed += 1;
} else if (lint !== undefined) passed += 1;
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exit(failed === 0 && passed > (lint === undefined ? 0 : 1) ? 0 : 1);
