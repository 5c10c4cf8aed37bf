// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { program, runTool } from '../e2e/machine.js';

const folder = mkdtempSync(join(tmpdir(), 'guestwright-creator-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const create = (...words: string[]) =>
  runTool([program('appliance-creator'), ...words], { cache: join(folder, 'cache') });

describe('appliance-creator’s usage, as the original answers', () => {
  it('no kickstart', async () => {
    expect(await create()).toMatchObject({ code: 2, stderr: "Kickstart config 'None' does not exist\n" });
    expect(await create('-c', 'nowhere.ks')).toMatchObject({
      code: 2,
      stderr: "Kickstart config 'nowhere.ks' does not exist\n",
    });
  });

  it('an included file that is not there', async () => {
    const file = join(folder, 'a.ks');
    writeFileSync(file, '# osinfo: debian12\npart / --size=100\n');
    expect(await create('-c', file, '-i', '/nowhere')).toMatchObject({
      code: 2,
      stderr: "included file '/nowhere' does not exist\n",
    });
  });

  it('a packaging or format that is none', async () => {
    const { code, stderr } = await create('-c', 'x', '-p', 'rar');
    expect(code).toBe(2);
    expect(stderr).toContain(
      'bad option rar, Currently only none, zip, zip.64, tar, tar.gz, and tar.bz2 are supported',
    );
    expect((await create('-c', 'x', '-f', 'floppy')).code).toBe(2);
    expect((await create('--nosuch')).code).toBe(2);
  });

  it('a long option by its beginning, as optparse takes it; an ambiguous one is refused', async () => {
    expect((await create('--conf', 'nowhere.ks')).stderr).toBe("Kickstart config 'nowhere.ks' does not exist\n");
    expect((await create('--v', '1')).stderr).toMatch(/unknown option '--v'/);
  });

  it('a kickstart that cannot be read as one ends with 1 and its line', async () => {
    const file = join(folder, 'bad.ks');
    writeFileSync(file, '# osinfo: debian12\nnosuchcommand\n');
    const { code, stderr } = await create('-c', file, '-q', '-o', join(folder, 'out'));
    expect(code).toBe(1);
    expect(stderr).toMatch(
      new RegExp(
        `^Unable to load kickstart file '${file}' : Failed to parse kickstart file '${file}' : ${file}:2:1: .*nosuchcommand`,
      ),
    );
  });
});
