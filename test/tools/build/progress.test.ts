// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { BuildEvent } from '../../../builder/run/progress.js';
import { makeLines } from '../../../tools/build/progress-lines.js';

const MIB = 1024 * 1024;
const EVENTS: readonly BuildEvent[] = [
  { type: 'stage', stage: 'install', status: 'start' },
  { type: 'detail', stage: 'install', text: 'downloading packages with apt...' },
  { type: 'rate', stage: 'install', bytes: 10 * MIB, bytesPerSecond: 5 * MIB },
  { type: 'rate', stage: 'install', bytes: 40 * MIB, bytesPerSecond: 12.5 * MIB },
  { type: 'stage', stage: 'install', status: 'done', ms: 12_340, bytes: 412 * MIB },
  { type: 'stage', stage: 'configure', status: 'cached' },
  { type: 'stage', stage: 'clean', status: 'cached', ms: 900 },
  { type: 'detail', stage: 'scripts', text: 'the last line of %post' },
  { type: 'helper', purpose: 'xfs on /', machine: 'uml', ms: 9100 },
  { type: 'notice', message: 'no SELinux labels' },
];

function lines(loudness: 'normal' | 'verbose'): string[] {
  const said: string[] = [];
  const shown = makeLines(loudness, (text) => void said.push(text));
  for (const event of EVENTS) shown.event(event);
  return said;
}

describe('lines of progress', () => {
  it('say when a stage begins and ends, its time and its size, and what was kept', () => {
    expect(lines('normal')).toEqual([
      'install packages …',
      'install packages: done, 12.3 s, 412 MiB',
      'configure the system: kept from before',
      'clean up: kept from before, 0.9 s',
      '  disks: helper machine (User Mode Linux) for xfs on /: 9.1 s',
      'note: no SELinux labels',
    ]);
  });

  it('say with --verbose what a stage is at, the speed now and then, and what %post prints', () => {
    expect(lines('verbose').filter((line) => line.startsWith('  '))).toEqual([
      '  install: downloading packages with apt...',
      '  install: 40 MiB, 12.5 MiB/s',
      '  scripts: the last line of %post',
      '  disks: helper machine (User Mode Linux) for xfs on /: 9.1 s',
    ]);
  });
});
