// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunResult, run } from '../../osinfo/doors/process.js';
import { GuestwrightError } from '../../osinfo/errors.js';
import { command } from '../../tools/virt-image.js';
import { hidden } from '../osinfo/formats/real-libvirt.js';
import { newFolder } from '../osinfo/load/folders.js';
import { bundleTool, type Program } from './bundle.js';

const hasVirsh = existsSync('/usr/bin/virsh');
const hasQemu = hasVirsh && existsSync('/usr/bin/qemu-system-x86_64') && process.getuid?.() === 0;
const without = (has: boolean): string => (has ? '' : ' (left out: no virsh here, no QEMU, or not root)');

let program: Program;
let umbrella: Program;
beforeAll(async () => {
  program = await bundleTool('virt-image');
  umbrella = await bundleTool('guestwright');
});
afterAll(() => {
  program.remove();
  umbrella.remove();
});

const home = newFolder();
const env = { PATH: '/usr/bin:/bin', HOME: home, LC_ALL: 'C.UTF-8', GUESTWRIGHT_CACHE_DIR: join(home, 'cache') };

async function call(
  words: readonly string[],
  more: Readonly<Record<string, string>> = {},
  before: readonly string[] = [],
): Promise<RunResult> {
  return await run([...before, process.execPath, program.path, ...words], {
    env: { ...env, ...more },
    okCodes: [0, 1, 2, 130],
    timeoutMs: 110_000,
  });
}

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

/** virt-image with libvirt's test driver, whose host has one domain `test` and one network `default`. */
const virtImage = (...words: readonly string[]): Promise<RunResult> => call(['--connect', 'test:///default', ...words]);

interface Parts {
  readonly boots?: string;
  readonly devices?: string;
  readonly disks?: string;
  readonly name?: string;
}

const xenBoot =
  "<boot type='xen'><guest><arch>i686</arch><features><pae/></features></guest><os><loader>pygrub</loader></os><drive disk='root.raw' target='xvda'/><drive disk='scratch.raw' target='xvdc'/></boot>";
const hvmBoot =
  "<boot type='hvm'><guest><arch>i686</arch></guest><os><loader dev='hd'/></os><drive disk='root.raw' target='hda'/></boot>";

/** A folder with a descriptor and its system disk. */
function appliance(parts: Parts = {}): { readonly file: string; readonly folder: string } {
  const folder = newFolder();
  const file = join(folder, 'web.xml');
  const {
    boots = xenBoot + hvmBoot,
    devices = '<vcpu>2</vcpu><memory>262144</memory><interface/><graphics/>',
    disks = "<disk file='root.raw' use='system'/>\n<disk file='scratch.raw' use='scratch' size='1.5'/>",
    name = '<name>web</name>',
  } = parts;
  writeFileSync(
    file,
    `<image>${name}<domain>${boots}<devices>${devices}</devices></domain>\n<storage>\n${disks}</storage></image>`,
  );
  writeFileSync(join(folder, 'root.raw'), 'root');
  return { file, folder };
}

describe.skipIf(!hasVirsh)(`virt-image${without(hasVirsh)}`, () => {
  it('makes missing disks, defines and starts the machine, and says so', async () => {
    const { file, folder } = appliance();
    const { exitCode, stdout, stderr } = await virtImage(file);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toBe(`\n\nCreating guest web...\nmade the blank disk ${join(folder, 'scratch.raw')}\n`);
    expect(readFileSync(join(folder, 'scratch.raw'))).toEqual(Buffer.alloc(1.5 * 1024 * 1024));
    expect(readdirSync(folder).sort()).toEqual(['root.raw', 'scratch.raw', 'web.xml']);
  });

  it('prints the domain and does nothing else', async () => {
    const { file, folder } = appliance();
    for (const option of ['-p', '--print', '--print-xml', '--print-x']) {
      const { exitCode, stdout, stderr } = await virtImage(option, '--boot', '1', file);
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
      expect(stdout).toMatch(/^<domain type="test">\n {2}<name>web<\/name>/);
      expect(stdout).toContain('<target dev="hda" bus="ide"/>');
    }
    expect(existsSync(join(folder, 'scratch.raw'))).toBe(false);
  });

  it('says with --dry-run what it would do, and checks the disks', async () => {
    const { file, folder } = appliance();
    const { exitCode, stdout } = await virtImage('--dry-run', file);
    expect(exitCode).toBe(0);
    expect(stdout).toBe(
      `boot descriptor 0 (xen, i686) fits\nwould make the blank disk ${join(folder, 'scratch.raw')}, 1572864 bytes\nwould define web, and start it\nDry run completed successfully\n`,
    );
    expect(existsSync(join(folder, 'scratch.raw'))).toBe(false);
  });

  it('has all options of the original in the domain', async () => {
    const { file } = appliance();
    const words = ['-n', 'db', '-r', '512', '-u', '00000000111122223333444444444444', '--vcpus', '2,maxvcpus=4'];
    const more = ['--cpuset', '0-1', '--cpu', 'core2duo,+vmx', '--boot', '1', '--noacpi', '--os-type', 'windows'];
    const devices = ['-w', 'network:default,model=e1000', '-w', 'user', '-m', '00:11:22:33:44:55', '-m', 'RANDOM'];
    const screens = ['--vnc', '--vncport', '5950', '--vnclisten', '1.2.3.4', '-k', 'ja', '--check-cpu', '--force'];
    const { exitCode, stdout, stderr } = await virtImage('-p', ...words, ...more, ...devices, ...screens, file);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    for (const part of [
      '<name>db</name>',
      '<uuid>00000000-1111-2222-3333-444444444444</uuid>',
      '<memory unit="KiB">524288</memory>',
      '<vcpu placement="static" cpuset="0-1" current="2">4</vcpu>',
      '<model>core2duo</model>',
      '<feature policy="require" name="vmx"/>',
      '<clock offset="localtime"/>',
      '<mac address="00:11:22:33:44:55"/>\n      <source network="default"/>\n      <model type="e1000"/>',
      '<graphics type="vnc" port="5950" listen="1.2.3.4" keymap="ja"/>',
    ])
      expect(stdout).toContain(part);
    expect(stdout).not.toContain('<acpi/>');
    expect(stdout.match(/<interface /g)).toHaveLength(2);
    expect(stdout).toMatch(/<interface type="user">\n {6}<mac address="52:54:00(:[0-9a-f]{2}){3}"\/>/);
  });

  it.each([
    ['--sdl', /<graphics type="sdl"\/>/],
    ['--graphics=spice,port=5901,password=a b', /<graphics type="spice" port="5901" passwd="a b"\/>/],
    ['--memory=128,maxmemory=256', /<memory unit="KiB">262144<\/memory>\n {2}<currentMemory unit="KiB">131072</],
    ['--network=type=direct,source=eth0', /<interface type="direct">[\s\S]*<source dev="eth0" mode="vepa"\/>/],
    ['--bridge=br0', /<interface type="bridge">[\s\S]*<source bridge="br0"\/>/],
    ['--os-variant=none', /<domain type="test">/],
  ])('%s', async (option, wanted) => {
    const { exitCode, stdout } = await virtImage('-p', option, appliance().file);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(wanted);
  });

  it('has no screen where none is wanted', async () => {
    expect((await virtImage('-p', '--nographics', appliance().file)).stdout).not.toContain('<graphics');
    const silent = appliance({ devices: '<memory>262144</memory>' });
    expect((await virtImage('-p', silent.file)).stdout).not.toContain('<graphics');
  });

  it('lists what a value can have', async () => {
    const { exitCode, stdout } = await virtImage('--network=?');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('  bridge\n');
  });

  it('replaces a machine of the same name', async () => {
    const { exitCode, stderr } = await virtImage('--name', 'test', '--replace', appliance().file);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  });

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
    const words = [
      'timeout',
      '--signal=INT',
      '4',
      process.execPath,
      program.path,
      '--connect',
      'test:///default',
      file,
    ];
    const { exitCode, stderr } = await run(words, { env, okCodes: [124, 130], timeoutMs: 60_000 });
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
    const { exitCode, stderr } = await call(['--connect', 'qemu:///session', appliance().file], {
      XDG_RUNTIME_DIR: newFolder(),
      PATH: '/usr/bin',
    });
    if (exitCode !== 0) expect(stderr).toMatch(/^ERROR {4}[^\n]+\n$/);
    const nowhere = await call(['--connect', 'foo:///bar', appliance().file]);
    expect(nowhere.exitCode).toBe(1);
    expect(nowhere.stderr).toMatch(/^ERROR {4}foo:\/\/\/bar does not answer: [^\n]+\n$/);
  });

  it('below guestwright it ends as all commands of the house do', async () => {
    const { file } = appliance();
    const words = ['virt-image', '--connect', 'test:///default', '-n', 'test', file];
    const result = await run([process.execPath, umbrella.path, ...words], { env, okCodes: [2] });
    expect(result.stderr).toBe("guestwright virt-image: Guest name 'test' is already in use.\n");
  });
});

describe.skipIf(!hasQemu)(`a machine of QEMU's${without(hasQemu)}`, () => {
  const root = newFolder();
  const embedded = (...words: readonly string[]) =>
    call(['--connect', `qemu:///embed?root=${root}`, ...words], {}, hidden(root));
  const pc = hvmBoot.replace('i686', 'x86_64');

  it('is recommended for its OS, with what the descriptor says in its place', async () => {
    const { file, folder } = appliance({ boots: pc, disks: "<disk file='root.raw' use='system'/>" });
    truncateSync(join(folder, 'root.raw'), 1024 * 1024);
    const { exitCode, stdout } = await embedded('-p', '--os-variant', 'debian12', file);
    expect(exitCode).toBe(0);
    // Old descriptors know BIOS alone; their names of drives stay, whatever the bus.
    expect(stdout).not.toContain('firmware="efi"');
    expect(stdout).toContain('<target dev="hda" bus="virtio"/>');
    expect(stdout).toContain('<memory unit="KiB">262144</memory>');
    expect(stdout).toContain('<model type="virtio"/>');
    expect(stdout).toContain('<libosinfo:os id="http://debian.org/debian/12"/>');
  });

  it('has what every system drives where nothing is known of its OS, and with none what the original made', async () => {
    const { file } = appliance({ boots: pc, disks: "<disk file='root.raw' use='system'/>" });
    const unknown = (await embedded('-p', file)).stdout;
    expect(unknown).toMatch(/machine="pc-i440fx-[\d.]+"/);
    expect(unknown).toContain('<target dev="hda" bus="ide"/>');
    expect(unknown).toContain('<model type="e1000"/>');
    const plain = (await embedded('-p', '--os-variant', 'none', file)).stdout;
    expect(plain).toContain('<type arch="x86_64">hvm</type>\n    <boot dev="hd"/>');
    expect(plain).not.toContain('e1000');
  });

  it('is what the extension says, and the memory is recommended where nobody says it', async () => {
    const own = `xmlns:gw='urn:guestwright:virt-image:1'`;
    const { file } = appliance({
      boots: pc.replace("target='hda'", `${own} gw:bus='virtio' target='hda'`),
      devices: '<vcpu>3</vcpu><interface/>',
      disks: "<disk file='root.raw' use='system'/>",
    });
    const block = `<gw:appliance ${own}><gw:os id='http://debian.org/debian/12'/><gw:deployment boot='0'><gw:machine type='q35'/><gw:firmware type='uefi'/><gw:video model='vga'/></gw:deployment></gw:appliance>`;
    writeFileSync(file, readFileSync(file, 'utf8').replace('</image>', `${block}</image>`));
    const { exitCode, stdout, stderr } = await embedded('-p', file);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/<os firmware="efi">\n {4}<type arch="x86_64" machine="pc-q35-/);
    expect(stdout).toContain('<target dev="vda" bus="virtio"/>');
    expect(stdout).toContain('<video>\n      <model type="vga"/>');
    expect(stdout).toContain('<vcpu placement="static">3</vcpu>');
    expect(stdout).toContain('<memory unit="KiB">2097152</memory>');
    expect(stdout).not.toContain('<serial');
  });

  it('an OS that nobody knows is one line', async () => {
    const { file } = appliance({ boots: pc, disks: "<disk file='root.raw' use='system'/>" });
    const { exitCode, stderr } = await embedded('-p', '--os-variant', 'debain12', file);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^ERROR {4}[^\n]*debain12[^\n]*did you mean [^\n]*debian12[^\n]*\n$/);
  });
});
