// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { folderOf, newFolder, placesEnv } from '../../osinfo/load/folders.js';
import { bundleTool, type Program } from '../bundle.js';
import { image } from '../osinfo-detect-images.js';

const system = folderOf({
  'os/libosinfo.org/linux-2024.xml':
    '<os id="http://libosinfo.org/linux/2024"><short-id>linux2024</short-id><name>Linux of 2024</name><family>linux</family></os>',
});
const user = newFolder();
const env = { ...placesEnv({ system, user }), PATH: process.env['PATH'] };
let program: Program;
beforeAll(async () => {
  program = await bundleTool('guestwright');
});
afterAll(() => program.remove());

function guestwright(...words: string[]) {
  return spawnSync(process.execPath, [program.path, ...words], { encoding: 'utf8', env });
}

describe('guestwright db new-os', () => {
  it('takes an image that nobody knows to one that is recognised', () => {
    const iso = image({ volumeId: 'TINY-3.1-x86_64', publisherId: 'TINY' });
    expect(guestwright('detect', iso).stdout).not.toContain('Tiny');
    const made = guestwright('db', 'new-os', '--id', 'http://tiny.example/tiny/3', '--name', 'Tiny OS', '--iso', iso);
    const file = join(user, 'os/tiny.example/tiny-3.xml');
    expect(made.stderr).toBe('');
    expect(made.stdout).toContain(`${file}\nDevices, firmware and facts come from Linux of 2024.\n`);
    expect(made.stdout).toMatch(/^ {2}guestwright recommend tiny3 +# /m);
    expect(guestwright('detect', iso).stdout).toContain("OS 'Tiny OS (x86_64)'");
    expect(readdirSync(join(user, 'os/tiny.example'))).toEqual(['tiny-3.xml']);
  });

  it('says that an image is taken already', () => {
    const iso = image({ volumeId: 'TINY-3.2-x86_64', publisherId: 'TINY' });
    const { stdout } = guestwright('db', 'new-os', '--id', 'http://tiny.example/tiny/4', '--iso', iso);
    expect(stdout).toContain(`The image is already taken for tiny3 (${join(user, 'os/tiny.example/tiny-3.xml')}:`);
  });

  it('never writes over a file, not even one that says something else', () => {
    const folder = folderOf({ 'os/tiny.example/box-1.xml': '' });
    const file = join(folder, 'os/tiny.example/box-1.xml');
    writeFileSync(file, 'mine');
    const refused = guestwright('db', 'new-os', '--id', 'http://tiny.example/box/1', '--dir', folder);
    expect(refused).toMatchObject({
      status: 2,
      stdout: '',
      stderr: `guestwright db: ${file} is there already; change it, or remove it first\n`,
    });
    expect(readFileSync(file, 'utf8')).toBe('mine');
    expect(readdirSync(join(folder, 'os/tiny.example'))).toEqual(['box-1.xml']);
  });

  it('tells how a folder that is not in force is tried', () => {
    const folder = join(newFolder(), "a folder's");
    const { stdout } = guestwright('db', 'new-os', '--id', 'http://tiny.example/box/2', '--dir', folder);
    const variable = /^ {2}(OSINFO_USER_DIR=.*) guestwright recommend box2 /m.exec(stdout)![1]!;
    const script = `${variable} "$0" "$1" query os -f id short-id=box2`;
    const shell = spawnSync('sh', ['-c', script, process.execPath, program.path], { encoding: 'utf8', env });
    expect(shell.stdout).toContain('http://tiny.example/box/2');
  });

  it('writes nothing where the image is none', () => {
    const folder = newFolder();
    const bad = join(newFolder(), 'bad.iso');
    writeFileSync(bad, 'no image');
    const { status, stderr } = guestwright('db', 'new-os', '--id', 'http://t.e/x/1', '--dir', folder, '--iso', bad);
    expect(status).toBe(2);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(readdirSync(folder)).toEqual([]);
  });
});
