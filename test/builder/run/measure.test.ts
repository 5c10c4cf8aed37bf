// SPDX-License-Identifier: Apache-2.0
import { linkSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { takenBytes, whileWatched } from '../../../builder/run/measure.js';
import type { WorkerEvent } from '../../../builder/run/protocol.js';
import { newFolder } from '../../osinfo/load/folders.js';

it('counts what files take, those of several names once, and folders that are not there as nothing', () => {
  const folder = newFolder();
  mkdirSync(join(folder, 'deep'));
  writeFileSync(join(folder, 'deep/a'), Buffer.alloc(65_536, 1));
  const one = takenBytes([folder]);
  linkSync(join(folder, 'deep/a'), join(folder, 'b'));
  expect(takenBytes([folder, join(folder, 'none')])).toBe(one);
  expect(one).toBeGreaterThanOrEqual(65_536);
});

it('tells what came since it began and how fast, while something comes', async () => {
  const folder = newFolder();
  writeFileSync(join(folder, 'before'), Buffer.alloc(1_000_000, 1));
  const events: WorkerEvent[] = [];
  const done = await whileWatched({ emit: (event) => void events.push(event) }, [folder], async () => {
    writeFileSync(join(folder, 'now'), Buffer.alloc(2_000_000, 1));
    await pause(2500);
    return 'done';
  });
  expect(done).toBe('done');
  expect(events).toHaveLength(1);
  const [rate] = events as Extract<WorkerEvent, { type: 'rate' }>[];
  expect(rate!.bytes).toBeGreaterThanOrEqual(2_000_000);
  expect(rate!.bytes).toBeLessThan(2_200_000);
  expect(rate!.bytesPerSecond).toBeGreaterThan(500_000);
  expect(rate!.bytesPerSecond).toBeLessThan(2_200_000);
});
