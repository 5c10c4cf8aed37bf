// SPDX-License-Identifier: Apache-2.0
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { chooseMedium } from '../../../builder/install/choose-medium.js';
import { prepareInstallation, type SystemRequest } from '../../../builder/install/install.js';
import { installCommand } from '../../../builder/install/install-command.js';
import { prepareMedia } from '../../../builder/install/prepare-media.js';
import { openQuestion, panicOf } from '../../../builder/install/questions.js';
import { openDb } from '../../../osinfo/open.js';
import { newFolder } from '../../osinfo/load/folders.js';
import { makeIso, type TinyEntry, tinyPlaces } from './database.js';
import { serve, type TestServer } from './server.js';

const bundled = openDb();
const usual = openDb({ env: tinyPlaces() });
const tinyDb = (entry?: TinyEntry) => (entry === undefined ? usual : openDb({ env: tinyPlaces(entry) }));
const config = new Map([['admin-password', ['top secret']]]);
const request = (what: string, more: Partial<SystemRequest> = {}): SystemRequest => ({
  what,
  script: { profile: 'jeos' },
  config,
  wishes: {},
  to: 'qemu',
  arch: 'x86_64',
  ...more,
});
const iso = makeIso({ 'boot/linux': 'the kernel', 'boot/initrd': 'the initrd' });

let server: TestServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

describe('which medium', () => {
  it.each([
    ['debian12', /amd64-netinst\.iso$/, /small/],
    ['fedora42', /Fedora-Server-netinst-x86_64/, /no live system/],
    ['ubuntu24.04', /live-server-amd64/, /servers/],
    ['opensuse15.6', /-NET-x86_64-/, /small/],
    ['freebsd14.0', /-disc1\.iso$/, /DVD/],
  ])('of %s is fetched', (id, address, why) => {
    const chosen = chooseMedium(bundled.os(id), 'x86_64', true);
    expect(chosen.address).toMatch(address);
    expect(chosen.why).toMatch(why);
  });

  it('is said to be missing, with the way out', () => {
    expect(() => chooseMedium(bundled.os('win11'), 'x86_64', true)).toThrow(
      /has no address of an installation medium of .*Windows 11; give an ISO image or its address: guestwright install FILE\.iso --os win11/,
    );
    expect(() => chooseMedium(bundled.os('debian12'), 'alpha', true)).toThrow(/for x86_64, .* and none for alpha/);
  });
});

describe('the plan of an installation', () => {
  it('of Debian: netinst, its kernel started by itself, the answers behind its initrd, no secret in the plan', async () => {
    const { plan, answers } = await prepareInstallation(bundled, request('debian12'));
    expect(plan).toMatchObject({
      name: 'debian12',
      answers: { injection: 'initrd', scripts: ['http://debian.org/debian/preseed/jeos'] },
      start: {
        by: 'kernel',
        kernel: 'install.amd/vmlinuz',
        words: ['console=ttyS0', 'DEBIAN_FRONTEND=text', 'TERM=dumb'],
      },
      restarts: 1,
      machine: { firmware: { type: 'bios' }, disk: { bus: 'virtio' } },
      disk: { file: 'debian12.qcow2', bytes: 20 * 2 ** 30 },
    });
    expect(plan.medium.checksums[0]).toMatch(/\/SHA512SUMS$/);
    expect(JSON.stringify(plan)).not.toContain('top secret');
    expect(answers?.kernelWords).toContain('priority=critical');
    const [, preseed] = answers!.scripts[0]!;
    expect(preseed.text).toContain('debian12');
    expect(preseed.text).toContain('/dev/vda');
  });

  it('starts from UEFI where that is wanted, or where the system starts from nothing else, and says what that means', async () => {
    const { plan } = await prepareInstallation(bundled, request('debian12', { wishes: { firmware: 'uefi' } }));
    expect(plan.machine.firmware.type).toBe('uefi');
    expect(plan.files).toContain('debian12.vars.fd');
    expect(plan.warnings.join()).toContain('debian12.vars.fd');
    const { plan: other } = await prepareInstallation(bundled, request(iso, { os: 'win11', wishes: { name: 'win' } }));
    expect(other).toMatchObject({
      os: { shortId: 'win11' },
      start: { by: 'medium' },
      restarts: 2,
      answers: { injection: 'iso' },
      machine: { firmware: { type: 'uefi' } },
    });
  });

  it.each([
    ['alpinelinux3.20', /reads no answers by itself .*--script none/],
    ['openbsd7.5', /which is not done here; say --script none/],
    ['macosx10.7', /no address|no install script/],
    ['ubuntu24.04', /needs user-login and user-password; give them with --config-file/],
    ['no-such-os', /no operating system "no-such-os"/],
    ['./not-there.iso', /there is no such file/],
  ])('of %s is refused in one line', async (what, message) => {
    const error = (await prepareInstallation(bundled, request(what)).catch((thrown: unknown) => thrown)) as Error;
    expect(error.message).toMatch(message);
    expect(error.message).not.toContain('\n');
  });

  it.each([
    [{ script: { profile: 'jeos', kind: 'kickstart' } }, /has no install script of kind kickstart; it has preseed/],
    [{ script: { profile: 'palace' } }, /of profile palace; it has jeos, desktop/],
    [{ wishes: { name: '../x' } }, /is no name for a machine/],
    [{ wishes: { diskBytes: 5 } }, /cannot be/],
    [{ os: 'debian12' }, /is no file and no address/],
  ])('with %j is refused', async (more, message) => {
    await expect(prepareInstallation(bundled, request('debian12', more))).rejects.toThrow(message);
  });

  it('of a medium reads its label, from a file and over the network', async () => {
    const local = await prepareInstallation(tinyDb(), request(iso));
    expect(local.plan).toMatchObject({
      os: { shortId: 'tiny1' },
      medium: { volumeId: 'TINY_1', from: { kind: 'file', path: iso } },
    });
    server = await serve({ files: { '/t.iso': readFileSync(iso) } });
    const remote = await prepareInstallation(tinyDb(), request(`${server.address}/t.iso`));
    expect(remote.plan.medium).toMatchObject({ volumeId: 'TINY_1', from: { kind: 'address' } });
    await expect(prepareInstallation(bundled, request(iso))).rejects.toThrow(
      /knows no medium "TINY_1"; say what it is of: --os/,
    );
    const withPassword = `${server.address}/t.iso`.replace('//', '//me:hush@');
    expect(JSON.stringify((await prepareInstallation(tinyDb(), request(withPassword))).plan)).not.toContain('hush');
    await expect(prepareInstallation(bundled, request(withPassword))).rejects.toThrow(/^http:\/\/127/);
    const said = await prepareInstallation(bundled, request(iso, { os: 'fedora42' }));
    expect(said.plan.start).toMatchObject({ by: 'kernel', kernel: 'images/pxeboot/vmlinuz' });
    expect(said.plan).toMatchObject({
      os: { shortId: 'fedora42' },
      medium: { why: expect.stringContaining('said to be') },
    });
  });

  it('refuses a script that wants its kernel told something that it cannot be told', async () => {
    await expect(prepareInstallation(tinyDb({ kernel: false }), request(iso))).rejects.toThrow(
      /has to be told tiny\.auto=1, .*--script none/,
    );
  });

  it('leaves a person to answer where there is no script', async () => {
    const { script: _, ...attended } = request('archlinux');
    const { plan, answers } = await prepareInstallation(bundled, attended);
    expect(answers).toBeUndefined();
    expect(plan.start).toMatchObject({ by: 'kernel', words: ['console=ttyS0'] });
  });
});

describe('what is plugged in', () => {
  it('is the medium as it is, and its kernel with the answers behind its initrd, for the owner alone', async () => {
    const { plan, answers } = await prepareInstallation(tinyDb(), request(iso));
    const work = newFolder();
    const media = await prepareMedia(plan, iso, answers, work);
    expect(media).toEqual({
      disc: iso,
      kernel: {
        kernel: join(work, 'kernel'),
        initrd: join(work, 'answers.initrd'),
        words: ['tiny.auto=1', 'console=ttyS0'],
      },
    });
    expect(readFileSync(media.kernel!.kernel, 'utf8')).toBe('the kernel');
    const initrd = readFileSync(media.kernel!.initrd, 'latin1');
    expect(initrd.startsWith('the initrd')).toBe(true);
    expect(initrd).toMatch(/hostname=tiny1\npassword=top secret\ncrypted=\$6\$.*\ndisk=\/dev\/vda\n/);
    expect(statSync(media.kernel!.initrd).mode & 0o077).toBe(0);
    const argv = installCommand(plan, {
      disk: join(work, 'd.qcow2'),
      media,
      startsBefore: 0,
      accelerator: 'tcg',
      display: 'none',
    });
    expect(argv.join(' ')).toContain('-append tiny.auto=1 console=ttyS0');
    expect(argv).toContain('-no-reboot');
    expect(argv.join(' ')).not.toContain('secret');
    const again = installCommand(plan, {
      disk: join(work, 'd.qcow2'),
      media,
      startsBefore: 1,
      accelerator: 'tcg',
      display: 'none',
    });
    expect(again).not.toContain('-kernel');
  });

  it('says in one line that a medium lacks what its entry says', async () => {
    const { plan, answers } = await prepareInstallation(tinyDb(), request(iso));
    const other = makeIso({ x: '' });
    await expect(prepareMedia(plan, other, answers, newFolder())).rejects.toThrow(
      /boot\/linux and boot\/initrd, .*cannot be taken/,
    );
  });
});

describe('a console', () => {
  it.each([
    'Continue with autoinstall? (yes|no)',
    "  !! Select a language\nPrompt: '?' for help> ",
    'Really erase all of it? [y/N]: ',
    'New password: ',
    "Please make a selection from the above ['b' to begin installation, 'q' to quit]: ",
  ])('that ends in %j has a question', (text) => {
    expect(openQuestion(`Starting\n${text}`)).toContain(text.trim().split('\n').at(-1)!.trim().slice(0, 10));
  });

  it('that tells what it does has none', () => {
    expect(
      openQuestion('Was it so? yes.\nUnpacking libc6 (2.36-9) ...\nSetting up libc6\n[ 12.3] random: crng init done\n'),
    ).toBeUndefined();
  });

  it('of a kernel that gave up says why', () => {
    expect(panicOf('[ 1.2] Kernel panic - not syncing: VFS: Unable to mount root fs\n')).toBe(
      'VFS: Unable to mount root fs',
    );
    expect(panicOf('all is well')).toBeUndefined();
  });
});
