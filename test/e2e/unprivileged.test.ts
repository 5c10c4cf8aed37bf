// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { filesIn, makeFolder, remains, runTool, shareProgram } from './machine.js';

/** Only root can make users; a run as an ordinary user is this test by itself, in every other file. */
describe.runIf(process.getuid?.() === 0)('an ordinary user', () => {
  const folder = makeFolder();
  const names = { able: 'gwtest-able', bare: 'gwtest-bare' };
  let tool: string;

  beforeAll(() => {
    chmodSync(folder, 0o755);
    tool = shareProgram(folder);
    for (const name of Object.values(names)) {
      execFileSync('useradd', ['--no-create-home', '--home-dir', join(folder, name), name]);
      mkdirSync(join(folder, name));
      execFileSync('chown', [`${name}:`, join(folder, name)]);
    }
    // useradd gives a range by itself where login.defs says so: one user is to have one, the other none.
    const ranges = (name: string): number =>
      readFileSync('/etc/subuid', 'utf8')
        .split('\n')
        .filter((line) => line.startsWith(`${name}:`)).length;
    if (ranges(names.able) === 0)
      execFileSync('usermod', ['--add-subuids', '700000-765535', '--add-subgids', '700000-765535', names.able]);
    for (const file of ['/etc/subuid', '/etc/subgid']) execFileSync('sed', ['-i', `/^${names.bare}:/d`, file]);
  });

  afterAll(() => {
    for (const name of Object.values(names)) execFileSync('userdel', [name]);
    rmSync(folder, { recursive: true, force: true });
  });

  it('builds the same appliance, with no sudo, no loop device and no mount left', async () => {
    const home = join(folder, names.able);
    const { code, stderr } = await runTool(
      [tool, 'build', join(folder, 'program/kickstarts/debian-12-minimal.ks'), '-o', join(home, 'out')],
      {
        cache: join(home, 'cache'),
        user: names.able,
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
    expect(statSync(join(home, 'out/debian-12-minimal-sda.qcow2')).uid).toBe(
      Number(execFileSync('id', ['-u', names.able], { encoding: 'utf8' })),
    );
    expect(await remains(folder, join(home, 'cache/work'))).toEqual([]);
    expect(filesIn(join(home, 'cache/work'))).toEqual([]);
  });

  it('without ranges of ids is told so in one line, with the command that mends it', async () => {
    const home = join(folder, names.bare);
    const { code, stderr } = await runTool(
      [tool, 'build', join(folder, 'program/kickstarts/debian-12-minimal.ks'), '-o', join(home, 'out'), '-q'],
      {
        cache: join(home, 'cache'),
        user: names.bare,
        cwd: home,
      },
    );
    expect(code).toBe(1);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toMatch(/gwtest-bare has no range of 65536 ids in \/etc\/subuid; sudo usermod --add-subuids/);
    expect(filesIn(join(home, 'out'))).toEqual([]);
  });
});
