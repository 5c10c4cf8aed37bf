// SPDX-License-Identifier: Apache-2.0
// `npm test`: sets up, then lints and runs every test of the quick set. `npm run test:images`: sets up and runs the long
// set, which builds and boots image after image; `npm run test:install` lets a real installer read our answers. All end with
// the line `N passed, N failed`.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setUp } from './setup.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const long = { '--images': 'images', '--install': 'install', '--libvirt': 'libvirt' }[process.argv[2]];
const projects = long === undefined ? ['unit', 'e2e'] : [long];
const words = process.argv.slice(long === undefined ? 2 : 3);
setUp(long ?? 'test');

const lint =
  long !== undefined ? undefined : spawnSync('npm', ['run', '--silent', 'lint'], { cwd: root, stdio: 'inherit' });
const folder = mkdtempSync(join(tmpdir(), 'guestwright-test-'));

/** Runs one project; what it says is kept until it ended where another is on the screen. */
function runProject(project, kept) {
  const output = kept ? openSync(join(folder, `${project}.log`), 'w') : 'inherit';
  const child = spawn(
    'npx',
    [
      ...['vitest', 'run', '--project', project, '--passWithNoTests', ...words],
      ...['--reporter=default', '--reporter=json', `--outputFile.json=${join(folder, `${project}.json`)}`],
    ],
    { cwd: root, stdio: ['inherit', output, output] },
  );
  return new Promise((done) => child.once('close', done));
}

/** Tests by what became of them; a file that cannot be loaded, or whose end fails, has failed as one more. */
function readReport(project) {
  try {
    const result = JSON.parse(readFileSync(join(folder, `${project}.json`), 'utf8'));
    const broken = result.testResults.filter(
      (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
    );
    return {
      passed: result.numPassedTests,
      failed: result.numFailedTests + broken.length,
      skipped: result.numPendingTests + result.numTodoTests,
    };
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

// Builds wait for one processor most of the time: they and the other tests are run side by side.
const [first, ...others] = projects;
if (others.length > 0) console.log(`tests of ${others.join(', ')} run meanwhile; what they say follows`);
await Promise.all([runProject(first, false), ...others.map((project) => runProject(project, true))]);
for (const project of others) process.stdout.write(readFileSync(join(folder, `${project}.log`)));
const counts = projects.map(readReport);
rmSync(folder, { recursive: true, force: true });
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
