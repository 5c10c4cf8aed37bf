// SPDX-License-Identifier: Apache-2.0
import { dirname, join } from 'node:path';
import { compareOutputs, type OutputComparison } from '../../builder/compare/outputs.js';
import type { Plan } from '../../builder/plan/types.js';
import { type BuildOptions, type BuildResult, buildAppliance } from '../../builder/run/build.js';
import { makeWorkFolder } from '../../builder/run/work-folder.js';
import { monotonicMs, outputEpoch } from '../../osinfo/doors/clock.js';
import { WorkError } from '../../osinfo/errors.js';
import type { Progress } from './progress.js';
import { titleOf } from './progress-lines.js';

const DAY_SECONDS = 24 * 3600;

/** What `--check-reproducible --json` prints, obeying `schema/reproducible.schema.json`. */
export interface Check {
  readonly format: 'guestwright/reproducible/1';
  readonly name: string;
  readonly sourceDateEpoch: number;
  readonly same: boolean;
  readonly files: readonly OutputComparison[];
}

/** Without a SOURCE_DATE_EPOCH of the caller's, both builds are of today's first second (UTC). */
export function provideEpoch(): void {
  const now = outputEpoch();
  process.env['SOURCE_DATE_EPOCH'] ??= String(now - (now % DAY_SECONDS));
}

/**
 * Builds a plan once more, taking nothing that is kept and in a folder of its own, and compares every output with those
 * of the first build.
 */
export async function checkReproducible(
  plan: Plan,
  first: BuildResult,
  options: Pick<BuildOptions, 'tmpFolder' | 'postOffline' | 'signal'>,
  progress: Progress,
): Promise<Check> {
  const started = monotonicMs();
  progress.event({ type: 'stage', stage: 'check', status: 'start' });
  const place = await makeWorkFolder(join(dirname(first.outputFolder), '.guestwright-work'));
  try {
    const second = await buildAppliance(plan, {
      ...options,
      outputFolder: join(place.path, 'again'),
      cold: true,
      onEvent: (event) => {
        if (event.type === 'stage' && event.status === 'start')
          progress.event({
            type: 'detail',
            stage: 'check',
            text: titleOf(event.stage),
          });
      },
    });
    progress.event({ type: 'detail', stage: 'check', text: 'comparing' });
    const files = await compareOutputs(plan, {
      first: { folder: first.outputFolder, files: first.files },
      second: { folder: second.outputFolder, files: second.files },
      scratch: join(place.path, 'unpacked'),
    });
    const same = files.every((one) => one.same);
    progress.event({ type: 'stage', stage: 'check', status: 'done', ms: Math.round(monotonicMs() - started) });
    return {
      format: 'guestwright/reproducible/1',
      name: plan.name,
      sourceDateEpoch: plan.outputs.sourceDateEpoch!,
      same,
      files,
    };
  } finally {
    await place.remove();
  }
}

/** For people: that all is the same, or each file with its first difference. */
export function formatCheck({ sourceDateEpoch, same, files }: Check): string {
  if (same) return `✓ the same bytes twice: ${files.length} files, SOURCE_DATE_EPOCH=${sourceDateEpoch}\n`;
  return files
    .filter((one) => !one.same)
    .map((one) => `✗ ${formatDifference(one)}\n`)
    .join('');
}

/** @throws WorkError naming the first file that differs, and where */
export function refuseDifferences({ same, files }: Check): void {
  if (same) return;
  const different = files.filter((one) => !one.same);
  throw new WorkError(
    'not-reproducible',
    `${different.length} of ${files.length} files are other bytes in a second build; the first is ${formatDifference(different[0]!)}`,
  );
}

/** `web.xml, byte 12: line 3`, as far as that is known. */
function formatDifference({ file, offset, place }: OutputComparison): string {
  return `${file}${offset === undefined ? '' : `, byte ${offset}`}${place === undefined ? '' : `: ${place}`}`;
}
