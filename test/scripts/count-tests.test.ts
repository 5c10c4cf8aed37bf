// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../osinfo/package-root.js';
import { countTests } from '../../scripts/count-tests.mjs';
import { folderOf } from '../osinfo/load/folders.js';

/** What is counted of a real run of vitest over these files. */
function countsOf(files: Record<string, string>) {
  const folder = folderOf({ 'package.json': '{}', 'vitest.config.mjs': 'export default {};\n', ...files });
  const report = join(folder, 'report.json');
  const vitest = join(packageRoot(), 'node_modules/vitest/vitest.mjs');
  const words = ['run', '--root', folder, '--globals', '--reporter=json', `--outputFile.json=${report}`];
  const { status } = spawnSync(process.execPath, [vitest, ...words], { env: { PATH: process.env['PATH'] } });
  return countTests(report, status);
}

const good = "it('does', () => undefined);\nit.skip('is left out', () => undefined);\n";
const bad = "it('does not', () => { throw new Error('no'); });\n";

describe('the counts of a run of tests', () => {
  it('are those of its tests', () => {
    expect(countsOf({ 'a.test.js': good })).toEqual({ passed: 1, failed: 0, skipped: 1 });
  });

  it('have a file that cannot be loaded, or whose end fails, as one more that failed', () => {
    const files = { 'a.test.js': good, 'b.test.js': bad, 'c.test.js': "import './none.js';\n" };
    const end = `${good}afterAll(() => { throw new Error('no'); });\n`;
    expect(countsOf({ ...files, 'd.test.js': end })).toEqual({ passed: 2, failed: 3, skipped: 2 });
  });

  it('have an error that no test waited for as one that failed, and say so', () => {
    const lost = "it('does', () => { Promise.reject(new Error('lost')); });\n";
    expect(countsOf({ 'a.test.js': lost })).toEqual({
      passed: 1,
      failed: 1,
      skipped: 0,
      said: 'vitest ended with exit code 1, though no test failed',
    });
  });

  it('are one that failed where vitest left no report', () => {
    const report = join(folderOf({}), 'none.json');
    expect(countTests(report, null)).toEqual({ passed: 0, failed: 1, skipped: 0, said: 'vitest left no report' });
  });

  it('have a run that a signal ended as one that failed', () => {
    const tests = { numPassedTests: 1, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, testResults: [] };
    const folder = folderOf({ 'report.json': JSON.stringify(tests) });
    expect(countTests(join(folder, 'report.json'), null)).toMatchObject({
      failed: 1,
      said: 'vitest was ended by a signal, though no test failed',
    });
  });
});
