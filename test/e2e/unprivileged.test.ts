// SPDX-License-Identifier: Apache-2.0
import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { filesIn, makeFolder, remains, runTool, shareProgram } from './machine.js';
import { type MadeUser, makeUser } from './users.js';

/** Only root can make users; a run as an ordinary user is this test by itself, in every other file. */
describe.runIf(process.getuid?.() === 0)('an ordinary user', () => {
  const folder = makeFolder();
  let able: MadeUser;
  let bare: MadeUser;
  let tool: string;

  beforeAll(() => {
    tool = shareProgram(folder);
    able = makeUser(folder, 'gwtest-able', 'one');
    bare = makeUser(folder, 'gwtest-bare', 'none');
  });

  afterAll(() => {
    for (const user of [able, bare]) user?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  it('builds the same appliance, with no sudo, no loop device and no mount left', async () => {
    const { home, name, uid } = able;
    const { code, stderr } = await runTool(
      [tool, 'build', join(folder, 'program/kickstarts/debian-12-minimal.ks'), '-o', join(home, 'out')],
      {
        cache: join(home, 'cache'),
        user: name,
        cwd: home,
      },
    );
    expect(code, stderr).toBe(0);
    expect(filesIn(join(home, 'out'))).toEqual([
      'debian-12-minimal-sda.qcow2',
      'debian-12-minimal.libvirt.xml',
      'debian-12-minimal.manifest.json',
      'debian-12-minimal.xml',
    ]);
    expect(statSync(join(home, 'out/debian-12-minimal-sda.qcow2')).uid).toBe(uid);
    expect(await remains(folder, join(home, 'cache/work'))).toEqual([]);
    expect(filesIn(join(home, 'cache/work'))).toEqual([]);
  });

  it('without ranges of ids is told so in one line, with the command that mends it', async () => {
    const { home, name } = bare;
    const { code, stderr } = await runTool(
      [tool, 'build', join(folder, 'program/kickstarts/debian-12-minimal.ks'), '-o', join(home, 'out'), '-q'],
      {
        cache: join(home, 'cache'),
        user: name,
        cwd: home,
      },
    );
    expect(code).toBe(1);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toMatch(/gwtest-bare has no range of 65536 ids in \/etc\/subuid; sudo usermod --add-subuids/);
    expect(filesIn(join(home, 'out'))).toEqual([]);
  });
});
