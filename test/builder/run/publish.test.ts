// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { publish } from '../../../builder/run/publish.js';
import { newFolder } from '../../osinfo/load/folders.js';

const spaces = /\d+/.exec(readlinkSync('/proc/self/ns/pid'))![0];
/** Above the most that the kernel gives: nobody has it. */
const NOBODY = 2 ** 22 + 1;
const NAMES = Array.from({ length: 20 }, (_, index) => `file-${index}`);

function made(text: string): string {
  const folder = newFolder();
  for (const name of NAMES) writeFileSync(join(folder, name), text);
  return folder;
}

it('leaves all of one build where several end in one folder at once', async () => {
  const out = join(newFolder(), 'out');
  await Promise.all(['one', 'two', 'three'].map((text) => publish(made(text), out, NAMES)));
  expect(readdirSync(out).sort()).toEqual([...NAMES].sort());
  expect(new Set(NAMES.map((name) => readFileSync(join(out, name), 'utf8'))).size).toBe(1);
});

it('takes over from a build that died in it, and waits for one that lives', async () => {
  const out = newFolder();
  symlinkSync(`build-${spaces}-${NOBODY}-`, join(out, '.guestwright-publishing'));
  await publish(made('new'), out, NAMES);
  expect(readdirSync(out).sort()).toEqual([...NAMES].sort());
  symlinkSync(`build-${spaces}-${process.pid}-`, join(out, '.guestwright-publishing'));
  await expect(publish(made('newer'), out, NAMES, 200)).rejects.toThrow('another build writes into');
  expect(readFileSync(join(out, NAMES[0]!), 'utf8')).toBe('new');
});

it('says which folder cannot be made', async () => {
  const file = join(newFolder(), 'file');
  writeFileSync(file, '');
  await expect(publish(made('x'), join(file, 'out'), NAMES)).rejects.toThrow(
    `the folder ${join(file, 'out')} cannot be made`,
  );
});
