// SPDX-License-Identifier: Apache-2.0
// What became of the tests of one run of vitest.
import { readFileSync } from 'node:fs';

/**
 * Tests by what became of them. A file that cannot be loaded, or whose end fails, has failed as one more, and so has a run
 * that ends badly though no test failed: by an error that no test waited for, say, of which the report knows nothing.
 * @param report path of what vitest's JSON reporter wrote
 * @param exitCode vitest's; null where a signal ended it
 */
export function countTests(report, exitCode) {
  const counts = readReport(report);
  if (counts === undefined) return { passed: 0, failed: 1, skipped: 0, said: 'vitest left no report' };
  if (exitCode === 0 || counts.failed > 0) return counts;
  const how = exitCode === null ? 'was ended by a signal' : `ended with exit code ${exitCode}`;
  return { ...counts, failed: 1, said: `vitest ${how}, though no test failed` };
}

function readReport(report) {
  try {
    const result = JSON.parse(readFileSync(report, 'utf8'));
    const broken = result.testResults.filter(
      (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
    );
    return {
      passed: result.numPassedTests,
      failed: result.numFailedTests + broken.length,
      skipped: result.numPendingTests + result.numTodoTests,
    };
  } catch {
    return undefined;
  }
}
