// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../osinfo/package-root.js';
import { folderOf } from '../osinfo/load/folders.js';

const folder = folderOf({
  'a.ks': 'lang a\npart / --size=2000\nreboot\n%post\nx\n%end\n',
  'sub/b.cfg': 'lang a\nlang b\nrealm join x\n%include /tmp/none\n',
  'c.ks': 'part / --size=2000 --fstype=nonesuch\n',
  'd.ks': 'frob\n',
  'notes.txt': 'frob\n',
});

function run(...argv: string[]) {
  return spawnSync(process.execPath, [join(packageRoot(), 'scripts/ks-coverage.mjs'), ...argv], { encoding: 'utf8' });
}

describe('npm run ks:coverage', () => {
  it('counts what the pieces of kickstarts do to an image, and what becomes of their storage', () => {
    const { status, stdout } = run('--json', folder);
    const said = JSON.parse(stdout);
    expect(status).toBe(0);
    expect(said).toMatchObject({ files: 4, read: 3, notRead: { 'unknown-command': 1 } });
    expect(said.commands[0]).toEqual({
      name: 'lang',
      files: 2,
      implemented: 3,
      approximated: 0,
      noEffect: 0,
      refused: 0,
    });
    expect(said.commands).toContainEqual(expect.objectContaining({ name: 'reboot', noEffect: 1 }));
    expect(said.commands).toContainEqual(expect.objectContaining({ name: 'realm', refused: 1 }));
    expect(said.storage).toMatchObject({ asked: 2, laidOut: 1, broken: [] });
    expect(said.storage.refused).toEqual([expect.objectContaining({ file: join(folder, 'c.ks') })]);
  });

  it('prints tables for people, and refuses what is not there', () => {
    expect(run(join(folder, 'a.ks')).stdout).toMatch(
      /^command +files +implemented .*\n.*\n1 with storage: 1 laid out, 0 refused/s,
    );
    expect(run(join(folder, 'none'))).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/^ks:coverage: there is no /),
    });
    expect(run('--what').status).toBe(2);
  });
});
