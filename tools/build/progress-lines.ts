// SPDX-License-Identifier: Apache-2.0
import { type BuildEvent, type BuildStage, type HelperShare, STAGES } from '../../builder/run/progress.js';
import { formatBytes } from '../../builder/sizes/format-sizes.js';
import type { Loudness, Progress } from './progress.js';

/** A log gets the speed of a download that often. */
const RATE_EVERY_BYTES = 32 * 1024 * 1024;

export function seconds(ms: number | undefined): string {
  return `${((ms ?? 0) / 1000).toFixed(1)} s`;
}

/** `helper machine (User Mode Linux) for xfs on /: 9.1 s`. */
export function formatHelper({ purpose, machine, ms }: HelperShare): string {
  return `helper machine (${machine === 'uml' ? 'User Mode Linux' : 'QEMU'}) for ${purpose}: ${seconds(ms)}`;
}

export function titleOf(stage: BuildStage): string {
  return STAGES.find((one) => one.name === stage)!.title;
}

/** `45 MiB, 12.3 MiB/s`. */
export function formatRate({ bytes, bytesPerSecond }: Extract<BuildEvent, { type: 'rate' }>): string {
  return `${formatBytes(bytes)}, ${formatBytes(bytesPerSecond)}/s`;
}

/** `12.3 s, 431 MiB`, or `kept from before, 1.2 s`. */
export function formatDone({ status, ms, bytes }: Extract<BuildEvent, { type: 'stage' }>): string {
  return [
    ...(status === 'cached' ? ['kept from before'] : []),
    ...(ms === undefined ? [] : [seconds(ms)]),
    ...(bytes === undefined ? [] : [formatBytes(bytes)]),
  ].join(', ');
}

/** A line an event, for logs: when a stage begins and when it is done; what it is at, too, when it is to be verbose. */
export function makeLines(loudness: Loudness, write: (text: string) => void): Progress {
  let told = 0;
  return {
    event(event) {
      if (event.type === 'notice') write(`note: ${event.message}`);
      else if (event.type === 'helper') write(`  disks: ${formatHelper(event)}`);
      else if (event.type === 'rate') {
        if (loudness !== 'verbose' || event.bytes - told < RATE_EVERY_BYTES) return;
        told = event.bytes;
        write(`  ${event.stage}: ${formatRate(event)}`);
      } else if (event.type === 'detail') {
        if (loudness === 'verbose') write(`  ${event.stage}: ${event.text}`);
      } else if (event.status === 'start') write(`${titleOf(event.stage)} …`);
      else write(`${titleOf(event.stage)}: ${event.status === 'cached' ? '' : 'done, '}${formatDone(event)}`);
    },
    notice: (text) => write(`note: ${text}`),
    end: async () => undefined,
  };
}
