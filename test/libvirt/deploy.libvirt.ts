// SPDX-License-Identifier: Apache-2.0
import { existsSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../osinfo/doors/process.js';
import { packageRoot } from '../../osinfo/package-root.js';
import { newFolder } from '../osinfo/load/folders.js';
import { domains, removeDomains, runProgram, uri, virsh } from './machine.js';

const images = '/var/lib/libvirt/images';
const guestwright = (...words: readonly string[]) =>
  runProgram(join(packageRoot(), 'dist/bin/guestwright.js'), ...words);
const deploy = (...words: readonly string[]) =>
  guestwright('deploy', '--to', 'libvirt', '--connect', uri, '--network', 'user', '-q', ...words);

const folder = newFolder();
const descriptor = join(folder, 'web.xml');

beforeAll(async () => {
  await run(['qemu-img', 'create', '-q', '-f', 'qcow2', join(folder, 'sda.qcow2'), '64M']);
  writeFileSync(join(folder, 'sdb.raw'), 'data of the second disk');
  truncateSync(join(folder, 'sdb.raw'), 1024 * 1024);
  writeFileSync(
    descriptor,
    `<image><name>web</name><domain><boot type='hvm'><guest><arch>x86_64</arch></guest><os><loader dev='hd'/></os>
    <drive disk='sda.qcow2' target='hda'/><drive disk='sdb.raw' target='hdb'/><drive disk='sdc.raw' target='hdc'/></boot>
    <devices><vcpu>1</vcpu><memory>262144</memory><interface/></devices></domain>
    <storage><disk file='sda.qcow2' format='qcow2' use='system'/><disk file='sdb.raw' use='system'/><disk file='sdc.raw' use='scratch' size='4'/></storage></image>`,
  );
});

afterAll(removeDomains);

describe('guestwright deploy --to libvirt', () => {
  it('uploads the disks into a pool that it makes, defines the machine and starts it', async () => {
    const { exitCode, stderr } = await deploy(folder);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(await virsh('domstate', 'web')).toContain('running');
    expect(readdirSync(images).sort()).toEqual(['web-1.qcow2', 'web-2.raw', 'web-3.raw']);
    expect(readFileSync(join(images, 'web-2.raw')).equals(readFileSync(join(folder, 'sdb.raw')))).toBe(true);
    expect(await virsh('domblklist', 'web')).toMatch(/hda +\/var\/lib\/libvirt\/images\/web-1\.qcow2/);
    expect(existsSync(join(folder, 'sdc.raw'))).toBe(false);
  });

  it('leaves everything as it was where the name is taken, or the machine cannot start', async () => {
    const before = (await virsh('domuuid', 'web')).trim();
    const taken = await deploy(folder);
    expect(taken).toMatchObject({ exitCode: 2 });
    expect(taken.stderr).toBe("guestwright deploy: Guest name 'web' is already in use.\n");
    const broken = await deploy('--replace', '--name', 'web', '--network', 'bridge=no-such-br', folder);
    expect(broken.exitCode).toBe(1);
    expect((await virsh('domuuid', 'web')).trim()).toBe(before);
    expect(await virsh('domstate', 'web')).toContain('running');
    expect(readdirSync(images).sort()).toEqual(['web-1.qcow2', 'web-2.raw', 'web-3.raw']);
    const nowhere = await deploy('--pool', 'nowhere', '--name', 'other', folder);
    expect(nowhere).toMatchObject({ exitCode: 2 });
    expect(nowhere.stderr).toBe("guestwright deploy: there is no storage pool 'nowhere'; there are: default\n");
  });

  it('replaces a machine with its disks, and undeploy takes all of it away', async () => {
    expect((await deploy('--replace', '--no-start', folder)).exitCode).toBe(0);
    expect(await virsh('domstate', 'web')).toContain('shut off');
    expect(readdirSync(images)).toHaveLength(3);
    const { exitCode, stdout } = await guestwright('undeploy', 'web', '--connect', uri);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^web is gone, and its disks default\/web-1-2\.qcow2, /);
    expect(await domains()).toEqual([]);
    expect(readdirSync(images)).toEqual([]);
    const again = await guestwright('undeploy', 'web', '--connect', uri);
    expect(again).toMatchObject({ exitCode: 2 });
    expect(again.stderr).toBe("guestwright undeploy: there is no machine 'web' to take away\n");
  });

  it('takes no machine away that it did not bring', async () => {
    await deploy('--no-start', folder);
    const xml = (await virsh('dumpxml', 'web')).replace(/<metadata>[\s\S]*<\/metadata>/, '');
    await guestwright('undeploy', 'web', '--connect', uri);
    const file = join(folder, 'foreign.domain');
    writeFileSync(file, xml);
    await virsh('define', file);
    const { exitCode, stderr } = await guestwright('undeploy', 'web', '--connect', uri);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/was not brought by guestwright deploy/);
    expect(await domains()).toEqual(['web']);
  });
});
