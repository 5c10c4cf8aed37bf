// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, readdirSync, readlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeWorkFolder } from '../../../builder/run/work-folder.js';
import { newFolder } from '../../osinfo/load/folders.js';

const spaces = /\d+/.exec(readlinkSync('/proc/self/ns/pid'))![0];
/** Above the most that the kernel gives: nobody has it. */
const NOBODY = 2 ** 22 + 1;

it('sweeps what dead builds left behind, and never what a build of another container works in', async () => {
  const parent = newFolder();
  const make = (name: string, ageHours = 0): void => {
    const path = join(parent, name);
    mkdirSync(join(path, 'place'), { recursive: true });
    const time = (performance.timeOrigin + performance.now()) / 1000 - ageHours * 3600;
    utimesSync(path, time, time);
  };
  make(`build-${spaces}-${NOBODY}-dead`);
  make(`build-${spaces}-${process.pid}-alive`, 100);
  make(`build-1${spaces}-${NOBODY}-elsewhere`, 23);
  make(`build-1${spaces}-${NOBODY}-forgotten`, 25);
  make('something-else', 100);
  const work = await makeWorkFolder(parent);
  expect(readdirSync(parent).sort()).toEqual(
    [`build-${spaces}-${process.pid}-alive`, `build-1${spaces}-${NOBODY}-elsewhere`, 'something-else']
      .concat(work.path.slice(parent.length + 1))
      .sort(),
  );
  await work.remove();
  expect(readdirSync(parent)).toHaveLength(3);
});
