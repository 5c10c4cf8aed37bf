// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleTool, type Program } from './bundle.js';

describe('guestwright', () => {
  let program: Program;
  beforeAll(async () => {
    program = await bundleTool('guestwright');
  });
  afterAll(() => program.remove());

  const call = (words: readonly string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [program.path, ...words], { encoding: 'utf8' });
    return { status, stdout, stderr };
  };

  it.each([
    [
      ['help', 'build'],
      ['build', '--help'],
    ],
    [
      ['help', 'db', 'import'],
      ['db', 'import', '--help'],
    ],
    [['help'], ['--help']],
  ])('%j says what %j says', (asked, same) => {
    const help = call(asked);
    expect(help).toEqual(call(same));
    expect(help.stdout).toContain(same.slice(0, -1).join(' '));
    expect(help.stdout.length).toBeGreaterThan(200);
  });

  it('names what is near to a command that it does not know', () => {
    expect(call(['biuld']).stderr).toMatch(/unknown command 'biuld'; did you mean build/);
  });
});
