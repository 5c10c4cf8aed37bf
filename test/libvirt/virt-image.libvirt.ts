// SPDX-License-Identifier: Apache-2.0
import { copyFileSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Session } from '../../builder/boot-test/session.js';
import { packageRoot } from '../../osinfo/package-root.js';
import { newFolder } from '../osinfo/load/folders.js';
import { domains, openConsole, removeDomains, runProgram, uri, virsh } from './machine.js';

const root = packageRoot();
const virtImage = (...words: readonly string[]) =>
  runProgram(join(root, 'dist/bin/virt-image.js'), '--connect', uri, ...words);

/** Seconds that an emulated machine on a busy one may take. */
const SLOW = 600;

const folder = join(newFolder(), 'two-disks');
const descriptor = join(folder, 'two-disks.xml');
const bad = newFolder();

/** Everything of a machine's that libvirt keeps anywhere. */
function left(name: string): string[] {
  return ['/var/lib/libvirt', '/etc/libvirt', '/run/libvirt'].flatMap((place) =>
    readdirSync(place, { recursive: true, encoding: 'utf8' }).filter((path) => basename(path).includes(name)),
  );
}

interface Manifest {
  readonly recommendation: { readonly memoryBytes: number; readonly cpu: { readonly count: number } };
}

beforeAll(async () => {
  const words = ['build', join(root, 'kickstarts/two-disks.ks'), '-f', 'qcow2', '--checksum', '-o', folder];
  const { exitCode, stderr } = await runProgram(join(root, 'dist/bin/guestwright.js'), ...words);
  if (exitCode !== 0) throw new Error(`the appliance cannot be built: ${stderr.slice(-2000)}`);
  // As they were before they ran.
  for (const file of ['two-disks-sda.qcow2', 'two-disks-sdb.qcow2']) copyFileSync(join(folder, file), join(bad, file));
});

describe('an appliance of two disks', () => {
  afterAll(removeDomains);

  it('has a data disk of 1 GB in at most 460 KB', () => {
    expect(statSync(join(folder, 'two-disks-sdb.qcow2')).size).toBeLessThanOrEqual(460_000);
  });

  it('becomes a machine that starts, by one command', async () => {
    const { exitCode, stdout, stderr } = await virtImage(descriptor);
    expect({ exitCode, errors: stderr.split('\n').filter((line) => line.startsWith('ERROR')) }).toEqual({
      exitCode: 0,
      errors: [],
    });
    expect(stdout).toBe('\n\nCreating guest two-disks...\n');
    expect(await virsh('domstate', 'two-disks')).toContain('running');
  });

  it('has the memory and the processors that were recommended', async () => {
    const { recommendation } = JSON.parse(readFileSync(join(folder, 'two-disks.manifest.json'), 'utf8')) as Manifest;
    const info = await virsh('dominfo', 'two-disks');
    expect(info).toMatch(new RegExp(`^CPU\\(s\\): +${recommendation.cpu.count}$`, 'm'));
    expect(info).toMatch(new RegExp(`^Max memory: +${recommendation.memoryBytes / 1024} KiB$`, 'm'));
  });

  it('reaches its login prompt, and both disks are mounted', async () => {
    const { serial, close } = openConsole('two-disks');
    try {
      await serial.expect(/login: /, SLOW, 'login prompt');
      const session = await Session.logIn(serial, 'guestwright', SLOW);
      const { output } = await session.run(
        'findmnt -rno SOURCE,TARGET,FSTYPE / ; findmnt -rno SOURCE,TARGET,FSTYPE /srv',
      );
      const lines = output.trim().split(/\s*\n/);
      expect(lines[0]).toMatch(/^\/dev\/vda\d \/ ext4$/);
      expect(lines[1]).toMatch(/^\/dev\/vdb1 \/srv ext4$/);
    } finally {
      close();
    }
  });

  it('keeps its name for itself', async () => {
    const { exitCode, stderr } = await virtImage('--quiet', descriptor);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: "ERROR    Guest name 'two-disks' is already in use.\n",
    });
    expect(await virsh('domstate', 'two-disks')).toContain('running');
  });

  it('is the same again where its replacement cannot start', async () => {
    const before = (await virsh('domuuid', 'two-disks')).trim();
    const words = ['--quiet', '--replace', '--network', 'bridge=no-such-br', '--skip-checksum', descriptor];
    const { exitCode, stderr } = await virtImage(...words);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^ERROR {4}[^\n]*no-such-br[^\n]*\n$/);
    expect((await virsh('domuuid', 'two-disks')).trim()).toBe(before);
    expect(await virsh('domstate', 'two-disks')).toContain('running');
  });

  it('is replaced, and leaves nothing behind when it is undefined', async () => {
    const before = (await virsh('domuuid', 'two-disks')).trim();
    const words = ['--quiet', '--replace', '--noreboot', descriptor];
    const { exitCode, stderr } = await virtImage(...words);
    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/sda\.qcow2 does not match: .*--skip-checksum where the machine has run/),
    });
    expect((await virtImage('--skip-checksum', ...words)).exitCode).toBe(0);
    expect(await domains()).toEqual(['two-disks']);
    expect((await virsh('domuuid', 'two-disks')).trim()).not.toBe(before);
    expect(await virsh('domstate', 'two-disks')).toContain('shut off');
    await virsh('undefine', '--nvram', 'two-disks');
    expect(await domains()).toEqual([]);
    expect(left('two-disks')).toEqual([]);
    expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([]);
  });
});

describe('what cannot be is one line, and nothing is defined or made', () => {
  afterAll(removeDomains);

  const scratch = join(bad, 'scratch.qcow2');
  const write = (name: string, change: (xml: string) => string): string => {
    const path = join(bad, name);
    const xml = readFileSync(descriptor, 'utf8').replace(
      '</storage>',
      '<disk file="scratch.qcow2" use="scratch" size="16" format="qcow2"/></storage>',
    );
    writeFileSync(path, change(xml.replace('</boot>', '<drive disk="scratch.qcow2" target="hdc"/></boot>')));
    return path;
  };

  it.each([
    [
      'a wrong checksum',
      (xml: string) => xml.replace(/(type="sha256">)./, '$1x'),
      [],
      /two-disks-sda\.qcow2 does not match/,
    ],
    [
      'a missing disk',
      (xml: string) => xml.replaceAll('two-disks-sdb', 'gone'),
      [],
      /System disk \S*gone\.qcow2 does not exist/,
    ],
    [
      'no boot that fits',
      (xml: string) => xml.replace('x86_64', 'm68040'),
      [],
      /Could not find suitable boot descriptor/,
    ],
    ['an unknown network', (xml: string) => xml, ['--network', 'network=nowhere'], /there is no network 'nowhere'/],
    ['a bridge that is not there', (xml: string) => xml, ['--bridge', 'no-such-br'], /no-such-br/],
    ['a processor that the host does not have', (xml: string) => xml, ['--cpu', 'no-such-cpu'], /no-such-cpu/i],
  ])('%s', async (name, change, words, message) => {
    const { exitCode, stdout, stderr } = await virtImage(
      '--quiet',
      ...words,
      write(`${name.replaceAll(' ', '-')}.xml`, change),
    );
    expect(stderr).toMatch(/^ERROR {4}[^\n]+\n$/);
    expect(stderr).toMatch(message);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(await domains()).toEqual([]);
    expect(existsSync(scratch)).toBe(false);
    expect(readdirSync(bad).filter((one) => one.startsWith('.'))).toEqual([]);
    expect(left('two-disks')).toEqual([]);
  });

  it('and what can be makes its scratch disk', async () => {
    const { exitCode } = await virtImage(
      '--quiet',
      '--noreboot',
      write('good.xml', (xml) => xml),
    );
    expect(exitCode).toBe(0);
    expect(statSync(scratch).size).toBeGreaterThan(100_000);
    expect(await virsh('domblklist', 'two-disks')).toMatch(/vdc +\S+scratch\.qcow2/);
    await virsh('undefine', '--nvram', 'two-disks');
  });
});
