// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from '../../../osinfo/doors/process.js';
import { GuestwrightError } from '../../../osinfo/errors.js';
import { command } from '../../../tools/virt-image.js';
import { newFolder } from '../../osinfo/load/folders.js';
import { bundleTool } from '../bundle.js';
import { appliance, call, env, hasVirsh, hvmBoot, type Parts, virtImage, xenBoot } from './calls.js';

/** What a call in this process throws: for the many that end before anything happens. */
async function faultOf(words: readonly string[]): Promise<unknown> {
  return await command()
    .exitOverride()
    .parseAsync(['--connect', 'test:///default', '-q', ...words], { from: 'user' })
    .then(
      () => undefined,
      (error: unknown) => error,
    );
}

describe.skipIf(!hasVirsh)(`what virt-image refuses${hasVirsh ? '' : ' (left out: no virsh here)'}`, () => {
  const sha = (type: string, text: string): string =>
    `<checksum type='${type}'>${createHash(type).update(text).digest('hex')}</checksum>`;
  const withDigest = (digest: string): Parts => ({
    disks: `<disk file='root.raw' use='system'>${digest}</disk><disk file='scratch.raw' use='scratch' size='1'/>`,
  });

  it.each(['sha1', 'sha256', 'sha512', 'sha384', 'md5'])('verifies %s', async (type) => {
    expect((await virtImage('--dry-run', appliance(withDigest(sha(type, 'root'))).file)).exitCode).toBe(0);
    const { exitCode, stderr } = await virtImage('--dry-run', appliance(withDigest(sha(type, 'other'))).file);
    expect(exitCode).toBe(1);
    // The grammar knows two kinds of digests; where a descriptor leaves it is said before.
    expect(stderr).toMatch(
      /^(?:WARNING {2}[^\n]+\n)*ERROR {4}\S+web\.xml:3: Disk signature for root\.raw does not match: its \w+ is [^\n]+\n$/,
    );
  });

  it('takes a digest in capitals and with spaces around it, looks at all, and at none when told so', async () => {
    const loud = sha('sha256', 'root').replace(/>(\w+)</, (_, hex: string) => `> ${hex.toUpperCase()}\n<`);
    expect(await faultOf(['--dry-run', appliance(withDigest(loud)).file])).toBeUndefined();
    const mixed = appliance(withDigest(sha('sha256', 'root') + sha('sha512', 'other')));
    expect(String(await faultOf(['--dry-run', mixed.file]))).toContain('its sha512 is');
    expect(await faultOf(['--dry-run', '--skip-checksum', mixed.file])).toBeUndefined();
  });

  const faults: readonly (readonly [string, readonly string[], Parts, RegExp])[] = [
    ['a wrong checksum', [], withDigest(sha('sha256', 'x')), /Disk signature for root\.raw does not match/],
    [
      'a missing disk',
      [],
      { disks: "<disk id='root.raw' file='gone.raw'/><disk file='scratch.raw' use='scratch' size='1'/>" },
      /web\.xml:3: System disk \S+gone\.raw does not exist/,
    ],
    [
      'a blank without a size',
      [],
      { disks: "<disk file='root.raw'/>\n<disk file='scratch.raw' use='user'/>" },
      /web\.xml:4: Size must be specified for non existent volume path '\S+scratch\.raw'/,
    ],
    [
      'a blank of a strange size',
      [],
      { disks: "<disk file='root.raw'/><disk file='scratch.raw' use='user' size='-5'/>" },
      /size of a disk is a number of MiB, but is '-5'/,
    ],
    [
      'a blank with a checksum',
      [],
      { disks: `<disk file='root.raw'/><disk file='scratch.raw' use='user' size='5'>${sha('sha1', 'a')}</disk>` },
      /its checksum says that it is no blank/,
    ],
    [
      'a disk that is no image of its format',
      [],
      { disks: "<disk file='root.raw' format='qcow2'/><disk file='scratch.raw' use='scratch' size='1'/>" },
      /root\.raw is no qcow2 image/,
    ],
    [
      'no boot that fits',
      [],
      { boots: xenBoot.replace('i686', 'ppc') },
      /web\.xml: Could not find suitable boot descriptor for this host/,
    ],
    ['a boot that is not there', ['--boot', '7'], {}, /The index for --boot must be between 0 and 1/],
    [
      'a boot that the host cannot',
      ['--boot', '0'],
      { boots: hvmBoot.replace('i686', 'x86_64') },
      /Host does not support virtualization type 'hvm' for arch 'x86_64'/,
    ],
    ['a name that is taken', ['-n', 'test'], {}, /Guest name 'test' is already in use\./],
    ['a name with a space', ['-n', 'a b'], {}, /Guest name 'a b' can not contain ' ' character\./],
    ['no name', [], { name: '' }, /--name is required/],
    ['an unknown network', ['-w', 'network=nope'], {}, /there is no network 'nope'; there are: default/],
    ['a network that is none', ['--network=FOO'], {}, /Error: --network FOO: Unknown network type FOO/],
    ['a MAC that is none', ['--mac', '1234'], {}, /Error: --mac 1234: MAC address must be of the format/],
    ['memory that is none', ['--ram', '1G'], {}, /Error: --ram 1G: "1G" is no whole number above 0/],
    ['no memory at all', [], { devices: '<vcpu>1</vcpu>' }, /does not say how much memory/],
    ['processors that are none', [], { devices: '<vcpu>two</vcpu><memory>262144</memory>' }, /Error: --vcpus two/],
    ['two ways to a network', ['-b', 'br0', '-w', 'user'], {}, /Cannot mix both --bridge and --network arguments/],
    [
      'two kinds of screens',
      ['--vnc', '--sdl'],
      {},
      /Can't specify more than one of VNC, SDL, --graphics or --nographics/,
    ],
    [
      'old and new words for screens',
      ['--vnc', '--graphics', 'spice'],
      {},
      /Cannot mix --graphics and old style graphical options/,
    ],
    [
      'a UUID of another domain',
      ['-u', '6695eb01-f6a4-8304-79aa-97f2502e193f'],
      {},
      /already (active|exists with uuid)/,
    ],
    [
      'two drives in one place',
      ['--boot', '0'],
      { boots: xenBoot.replace('xvdc', 'xvda') },
      /the target xvda is given to two drives/,
    ],
    ['a document that is none', [], { name: '<name>' }, /web\.xml:\d/],
  ];
  it.each(faults)('%s is one line, and nothing is left', async (_, words, parts, message) => {
    const { file, folder } = appliance(parts);
    const error = await faultOf([...words, file]);
    expect(error).toBeInstanceOf(GuestwrightError);
    expect((error as Error).message).toMatch(message);
    expect((error as Error).message).not.toContain('\n');
    expect(readdirSync(folder).sort()).toEqual(['root.raw', 'web.xml']);
  });

  it('a fault is one line, and the exit code is 1', async () => {
    const { exitCode, stderr } = await virtImage('-q', '--boot', '7', appliance().file);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: 'ERROR    The index for --boot must be between 0 and 1\n',
    });
  });

  it('ends with 130 when it is interrupted, at once and without anything made', async () => {
    const { file, folder } = appliance(withDigest(sha('sha512', 'other')));
    // Long enough to be read for a while, and without a block on the disk.
    truncateSync(join(folder, 'root.raw'), 200 * 1024 ** 3);
    const words = ['--connect', 'test:///default', file];
    const { exitCode, stderr } = await call(words, {}, ['timeout', '--signal=INT', '4']);
    expect(exitCode).toBe(124);
    expect(stderr).toBe('ERROR    Installation aborted at user request\n');
    expect(readdirSync(folder).sort()).toEqual(['root.raw', 'web.xml']);
  });

  it('no descriptor, and options that there are not', async () => {
    expect(await virtImage()).toMatchObject({
      exitCode: 1,
      stderr: 'ERROR    You need to provide an image XML descriptor\n',
    });
    expect(await virtImage('gone.xml')).toMatchObject({
      exitCode: 1,
      stderr: "ERROR    [Errno 2] No such file or directory: 'gone.xml'\n",
    });
    const { exitCode, stderr } = await virtImage('--frobnicate', 'x.xml');
    expect(exitCode).toBe(2);
    expect(stderr).toBe("Usage: virt-image [options] image.xml\n\nvirt-image: error: unknown option '--frobnicate'\n");
  });

  it('says that a disk is packed, and when it looks like another format', async () => {
    const packed = appliance({ disks: "<disk id='root.raw' file='sda.raw'/><disk file='scratch.raw'/>" });
    writeFileSync(join(packed.folder, 'sda.raw.xz'), '');
    expect((await virtImage('-q', packed.file)).stderr).toMatch(/unpack \S+sda\.raw\.xz first/);
    const odd = appliance();
    writeFileSync(join(odd.folder, 'root.raw'), Buffer.from('QFI\u00fb0000', 'latin1'));
    expect((await virtImage('--dry-run', odd.file)).stderr).toMatch(
      /^WARNING {2}\S+web\.xml:3: the disk \S+root\.raw is raw by the descriptor, but begins as a qcow2 image\n/,
    );
  });

  it('a libvirt that is not there is one line', async () => {
    // With a socket that nobody made: an ordinary user's own libvirt would be started, and the machine with it.
    const session = `qemu+unix:///session?socket=${join(newFolder(), 'nobody')}`;
    const { exitCode, stderr } = await call(['--connect', session, appliance().file]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^ERROR {4}[^\n]+\n$/);
    const nowhere = await call(['--connect', 'foo:///bar', appliance().file]);
    expect(nowhere.exitCode).toBe(1);
    expect(nowhere.stderr).toMatch(/^ERROR {4}foo:\/\/\/bar does not answer: [^\n]+\n$/);
  });

  it('below guestwright it ends as all commands of the house do', async () => {
    const { file } = appliance();
    const words = ['virt-image', '--connect', 'test:///default', '-n', 'test', file];
    const umbrella = await bundleTool('guestwright');
    const result = await run([process.execPath, umbrella.path, ...words], { env, okCodes: [2] }).finally(
      umbrella.remove,
    );
    expect(result.stderr).toBe("guestwright virt-image: Guest name 'test' is already in use.\n");
  });
});
