// SPDX-License-Identifier: Apache-2.0
import picocolors from 'picocolors';
import { formatBytes } from '../../builder/sizes/format-sizes.js';
import { exitCodeOf } from '../../osinfo/errors.js';
import type { MatrixResult } from './matrix.js';
import { seconds } from './progress-lines.js';

const { bold, dim, green, red } = picocolors;

/** What became of several builds: a line each, with its time, the length of its images and what came from the cache. */
export function formatMatrix(results: readonly MatrixResult[]): string {
  const rows = results.map(({ build, ms, finished, error }) => {
    const images = finished?.result.images ?? [];
    const length = images.reduce((sum, { sizes }) => sum + sizes.lengthBytes, 0);
    const kept = finished?.result.stages.filter((one) => one.cached).map((one) => one.stage) ?? [];
    return [
      `${error === undefined ? green('✓') : red('✗')} ${build.label}`,
      seconds(ms),
      error === undefined ? formatBytes(length) : `exit code ${exitCodeOf(error)}`,
      kept.length === 0 ? '' : `kept: ${kept.join(', ')}`,
      error === undefined ? `${build.request.outputFolder}/` : '',
    ];
  });
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  const failed = results.filter(({ error }) => error !== undefined).length;
  return [
    '',
    ...rows.map(([name, time, size, kept, folder]) =>
      `  ${name!.padEnd(widths[0]!)}  ${time!.padStart(widths[1]!)}  ${size!.padStart(widths[2]!)}  ${dim(kept!.padEnd(widths[3]!))}  ${folder}`.trimEnd(),
    ),
    '',
    bold(failed === 0 ? `${results.length} builds are done` : `${failed} of ${results.length} builds failed`),
    '',
  ].join('\n');
}
