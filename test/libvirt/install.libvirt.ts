// SPDX-License-Identifier: Apache-2.0
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Session } from '../../builder/boot-test/session.js';
import { LABEL, tinyPlaces } from '../builder/install/database.js';
import { makeFolder, program, type Running, runTool, startTool } from '../e2e/machine.js';
import { missing, PASSWORD, setUpTiny, skipped, type TinyMedia } from '../install/tiny-installer.js';
import { domains, openConsole, removeDomains, runProgram, uri, virsh } from './machine.js';

/** Seconds that an emulated machine on a busy one may take. */
const SLOW = 300;

const folder = makeFolder();
let answers: string;
let media: TinyMedia;

const lacking = missing();

beforeAll(async () => {
  if (lacking !== '') return;
  ({ media, answers } = await setUpTiny(folder, LABEL));
});

afterAll(async () => {
  await removeDomains();
  rmSync(folder, { recursive: true, force: true });
});

const output = (name: string): string => join(folder, 'machines', name);
const environment = { cache: join(folder, 'cache'), env: tinyPlaces() };
const wordsFor = (name: string, ...more: readonly string[]): string[] => [
  ...[program('guestwright'), 'install', media.plain, '--to', 'libvirt', '--connect', uri],
  ...['-f', answers, '--name', name, '-o', output(name), ...more],
];
const install = (name: string, ...more: readonly string[]) => runTool(wordsFor(name, ...more), environment);

/** Starts the installer, and does something while it writes. */
async function installWhile(name: string, work: () => Promise<unknown>): ReturnType<typeof install> {
  const running: Running = startTool(wordsFor(name, '--console'), environment);
  await running.saw('Writing the system');
  await work();
  return await running.ended;
}

describe(`guestwright install --to libvirt${skipped(lacking)}`, () => {
  it.skipIf(lacking !== '')('leaves a machine that libvirt knows and has not started, and says how it is', async () => {
    const { code, stdout, stderr } = await install('box');
    expect(code, stderr).toBe(0);
    expect(stdout).toContain(`start it: virsh --connect ${uri} start --console box\n`);
    expect(await virsh('domstate', 'box')).toContain('shut off');
    expect(await virsh('domblklist', 'box')).toMatch(
      new RegExp(`vda +${output('box').replaceAll('.', '\\.')}/box\\.qcow2`),
    );
    expect(readdirSync(output('box')).sort()).toEqual([
      'box.SHA256SUMS',
      'box.install.json',
      'box.libvirt.xml',
      'box.qcow2',
      'box.xml',
    ]);
  });

  it.skipIf(lacking !== '')('which starts, to the login of what was installed', async () => {
    await virsh('start', 'box');
    const { serial, close } = openConsole('box');
    try {
      await serial.expect(/login: /, SLOW, 'login prompt');
      const session = await Session.logIn(serial, PASSWORD, SLOW);
      expect((await session.run('hostname')).output.trim()).toBe('box');
    } finally {
      close();
    }
  });

  it.skipIf(lacking !== '')('is told of a name that is taken before anything is done', async () => {
    const { code, stderr } = await install('box', '-o', output('other'));
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: "guestwright install: Guest name 'box' is already in use.\n",
    });
    expect(existsSync(output('other'))).toBe(false);
    expect(await virsh('domstate', 'box')).toContain('running');
  });

  it.skipIf(lacking !== '')('does nothing where no libvirt answers', async () => {
    const { code, stderr } = await install('nobody', '--connect', `qemu+unix:///system?socket=${join(folder, 'none')}`);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^guestwright install: [^\n]* does not answer: [^\n]*\n$/);
    expect(existsSync(output('nobody'))).toBe(false);
  });

  it.skipIf(lacking !== '')('does nothing for a libvirt that would not find the disk', async () => {
    const { code, stderr } = await install('nobody', '--connect', 'qemu+ssh://nowhere.example.org/system');
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /is on another machine: install without --to, then guestwright deploy \S+nobody --to libvirt/,
    );
    expect(existsSync(output('nobody'))).toBe(false);
  });

  it.skipIf(lacking !== '')('keeps what was installed where libvirt refuses it in the end', async () => {
    const { code, stderr } = await installWhile('late', async () => {
      const other = join(folder, 'late.domain');
      writeFileSync(
        other,
        "<domain type='qemu'><name>late</name><memory>65536</memory><os><type arch='x86_64'>hvm</type></os></domain>",
      );
      await virsh('define', other);
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /late is installed in \S+, and libvirt does not take it: Guest name 'late' is already in use\.; virt-image --connect qemu:\/\/\/system --noreboot \S+late\.xml tries again\n$/,
    );
    expect(existsSync(join(output('late'), 'late.qcow2'))).toBe(true);
    expect(await virsh('domblklist', 'late')).not.toContain('late.qcow2');
  });

  it.skipIf(lacking !== '')('gives the machine the variables of UEFI that its installer left', async () => {
    const { code, stderr } = await install('efi', '--uefi');
    expect(code, stderr).toBe(0);
    const variables = join(output('efi'), 'efi.vars.fd');
    const before = readFileSync(variables);
    await virsh('start', 'efi');
    const own = /<nvram[^>]*>([^<]+)</.exec(await virsh('dumpxml', 'efi'))?.[1];
    expect(own).toBeDefined();
    expect(own).not.toBe(variables);
    expect(await virsh('dumpxml', '--inactive', 'efi')).toContain(`template='${variables}'`);
    await virsh('destroy', 'efi');
    expect(readFileSync(own!)).toHaveLength(before.length);
    // Its own copy goes with it; what the appliance has stays.
    await virsh('undefine', '--nvram', 'efi');
    expect(existsSync(own!)).toBe(false);
    expect(readFileSync(variables).equals(before)).toBe(true);
    expect(await domains()).not.toContain('efi');
    const again = ['--connect', uri, '--noreboot', '--quiet', join(output('efi'), 'efi.xml')];
    expect(await runProgram(program('virt-image'), ...again)).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await virsh('dumpxml', '--inactive', 'efi')).toContain(`template='${variables}'`);
  });
});
