// SPDX-License-Identifier: Apache-2.0
// `npm test`: sets up, then lints and runs every test of the quick set. `npm run test:images`: sets up and runs the long
// set, which builds and boots image after image; `npm run test:install` lets a real installer read our answers. All end with
// the line `N passed, N failed`.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setUp } from './setup.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const long = { '--images': 'images', '--install': 'install' }[process.argv[2]];
const projects = long === undefined ? ['unit', 'e2e'] : [long];
setUp(long ?? 'test');

const lint =
  long !== undefined ? undefined : spawnSync('npm', ['run', '--silent', 'lint'], { cwd: root, stdio: 'inherit' });
const folder = mkdtempSync(join(tmpdir(), 'guestwright-test-'));
const report = join(folder, 'report.json');
const args = [
  'vitest',
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${report}`,
  ...projects.flatMap((project) => ['--project', project]),
  ...process.argv.slice(long === undefined ? 2 : 3),
];
spawnSync('npx', args, { cwd: root, stdio: 'inherit' });

let passed = 0;
let failed = 0;
let skipped = 0;
try {
  const result = JSON.parse(readFileSync(report, 'utf8'));
  passed = result.numPassedTests;
  // A file that cannot even be loaded has no tests, and has failed.
  failed =
    result.numFailedTests +
    result.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length;
  skipped = result.numPendingTests + result.numTodoTests;
} catch {
  failed = 1;
}
rmSync(folder, { recursive: true, force: true });
if (lint !== undefined && lint.status !== 0) {
  console.log('the lint rules are not met (npm run lint)');
  failed += 1;
} else if (lint !== undefined) passed += 1;
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exit(failed === 0 && passed > (lint === undefined ? 0 : 1) ? 0 : 1);
