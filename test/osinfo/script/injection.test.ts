// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { main } from '../../../tools/osinfo-install-script.js';
import { hasCommand } from '../../builder/stages/tree.js';
import { newFolder } from '../load/folders.js';
import { db } from './asking.js';

const folder = newFolder();
const answers = join(folder, 'answers.conf');
writeFileSync(
  answers,
  '[install-script]\nadmin-password=top secret\nuser-login=berta\nuser-password=also secret\nhostname=box\ntarget-disk=/dev/vda\n',
);

/** Runs the program in a folder of its own; what it wrote there. */
async function inject(source: string, kind: string, ...more: string[]): Promise<{ code: number; path: string }> {
  const out = newFolder();
  const words = [source, '-q', '-f', answers, '-d', out, '--db', 'db', '--inject', kind, ...more];
  const code = await main(words);
  const [name = ''] = readdirSync(out);
  return { code, path: join(out, name) };
}

const env = { ...process.env, PATH: `/usr/sbin:/sbin:${process.env['PATH']}` };
const ask = (...words: [string, ...string[]]): string =>
  execFileSync(words[0], words.slice(1), { encoding: 'utf8', env, stdio: ['ignore', 'pipe', 'pipe'] });

/** Paths of files on a disc, and its label. */
function readDisc(path: string): { label: string; files: string[]; text: (name: string) => string } {
  const out = newFolder();
  ask('xorriso', '-osirrox', 'on', '-indev', path, '-extract', '/', join(out, 'all'));
  // Folders of a disc may not be written to, and those of the test are removed.
  ask('chmod', '-R', 'u+w', join(out, 'all'));
  const label = /Volume id: (.*)/.exec(ask('isoinfo', '-d', '-i', path))?.[1] ?? '';
  const files = (readdirSync(join(out, 'all'), { recursive: true }) as string[]).filter((name) =>
    statSync(join(out, 'all', name)).isFile(),
  );
  return { label, files: files.sort(), text: (name) => readFileSync(join(out, 'all', name), 'utf8') };
}

describe('--inject iso', () => {
  it.each([
    ['fedora41', 'OEMDRV', ['fedora.ks', 'ks.cfg']],
    ['rhel9.4', 'OEMDRV', ['ks.cfg', 'rhel.ks']],
    ['ubuntu24.04', 'cidata', ['meta-data', 'user-data']],
    ['win11', 'UNATTEND', ['autounattend.xml']],
    ['opensuse15.6', 'OEMDRV', ['autoinst.xml']],
  ])('makes the disc that the installer of %s looks for', async (os, label, files) => {
    const { code, path } = await inject(os, 'iso');
    expect(code).toBe(0);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const disc = readDisc(path);
    expect([disc.label, disc.files]).toEqual([label, files]);
    expect(disc.text(files.find((name) => name !== 'meta-data')!)).toMatch(/box/);
    if (files.includes('meta-data')) expect(disc.text('meta-data')).toBe('');
  });

  it('puts the script of FreeBSD onto a copy of its own disc, which starts as before', async () => {
    const tree = join(newFolder(), 'disc');
    mkdirSync(join(tree, 'boot/grub/i386-pc'), { recursive: true });
    writeFileSync(join(tree, 'boot/boot.img'), Buffer.alloc(2048, 7));
    writeFileSync(join(tree, 'README'), 'as it was');
    const disc = join(newFolder(), 'FreeBSD-14.iso');
    const start = ['-b', 'boot/boot.img', '-no-emul-boot', '-boot-load-size', '4'];
    ask('genisoimage', '-quiet', '-V', '14_2_RELEASE_AMD64_DVD', '-sysid', 'FreeBSD', '-r', ...start, '-o', disc, tree);
    const before = readFileSync(disc);
    const { code, path } = await inject(disc, 'iso');
    expect(code).toBe(0);
    expect(readFileSync(disc).equals(before)).toBe(true);
    const made = readDisc(path);
    expect(made.files).toContain('etc/installerconfig');
    expect(made.text('README')).toBe('as it was');
    expect(ask('xorriso', '-indev', path, '-report_el_torito', 'plain')).toMatch(/El Torito boot img .*BIOS/);
    expect((await inject('freebsd14.2', 'iso')).code).toBe(251);
  });
});

describe('--inject floppy', () => {
  it.each([
    ['win11', 'UNATTEND', ['autounattend.xml']],
    ['fedora41', 'OEMDRV', ['fedora.ks', 'ks.cfg']],
    ['debian12', '', ['preseed.cfg']],
  ])('makes an image of 1.44 MB for %s', async (os, label, files) => {
    const { code, path } = await inject(os, 'floppy');
    expect(code).toBe(0);
    expect(statSync(path).size).toBe(1440 * 1024);
    expect(ask('mdir', '-b', '-i', path, '::/').trim().split('\n').sort()).toEqual(files.map((name) => `::/${name}`));
    if (label !== '') expect(ask('mlabel', '-s', '-i', path, '::')).toContain(label);
  });
});

describe('--inject dir', () => {
  it('makes a folder with all that is to be served, for its owner alone, and leaves one that is there', async () => {
    const { code, path } = await inject('ubuntu24.04', 'dir');
    expect(code).toBe(0);
    expect(readdirSync(path).sort()).toEqual(['meta-data', 'user-data']);
    expect(statSync(path).mode & 0o777).toBe(0o700);
    expect(statSync(join(path, 'user-data')).mode & 0o777).toBe(0o600);
    const again = await main([
      'ubuntu24.04',
      '-q',
      '-f',
      answers,
      '-d',
      join(path, '..'),
      '--db',
      'db',
      '--inject',
      'dir',
    ]);
    expect(again).toBe(251);
  });
});

describe('--inject initrd', () => {
  const cpio = hasCommand('cpio');
  it.skipIf(!cpio)('makes an archive that goes behind an initrd', async () => {
    const { code, path } = await inject('debian12', 'initrd');
    expect(code).toBe(0);
    const input = readFileSync(path);
    expect(execFileSync('cpio', ['-it', '--quiet'], { input, encoding: 'utf8' })).toBe('preseed.cfg\n');
    const out = newFolder();
    execFileSync('cpio', ['-id', '--quiet'], { input, cwd: out });
    expect(readFileSync(join(out, 'preseed.cfg'), 'utf8')).toContain('d-i netcfg/get_hostname string box');
    expect(statSync(join(out, 'preseed.cfg')).mode & 0o777).toBe(0o600);
  });

  it('puts it behind the one that is given, at a place where the kernel goes on reading', async () => {
    const initrd = join(newFolder(), 'initrd.gz');
    const own = gzipSync(Buffer.from('an archive'));
    writeFileSync(initrd, own);
    const { code, path } = await inject('debian12', 'initrd', '--initrd', initrd);
    expect(code).toBe(0);
    const made = readFileSync(path);
    expect(gunzipSync(made.subarray(0, own.length)).toString()).toBe('an archive');
    expect(made.indexOf('070701') % 4).toBe(0);
    expect(made.indexOf('070701') - own.length).toBeLessThan(4);
  });
});

describe('a medium that the installer does not look at', () => {
  it.each([
    ['ubuntu24.04', 'initrd', '--inject iso or floppy or dir'],
    ['openbsd7.6', 'iso', '--inject dir'],
    ['win11', 'initrd', '--inject iso or floppy or dir'],
  ])('is refused: %s by %s', async (os, kind, says) => {
    const write = process.stderr.write;
    let said = '';
    process.stderr.write = (text) => {
      said += String(text);
      return true;
    };
    try {
      const { code, path } = await inject(os, kind);
      expect(code).toBe(251);
      expect(existsSync(path) && statSync(path).isFile()).toBe(false);
    } finally {
      process.stderr.write = write;
    }
    expect(said).toContain(says);
  });

  it('is told to the kernel of the installer by the command line of its kind', async () => {
    const write = process.stdout.write;
    let said = '';
    process.stdout.write = (text) => {
      said += String(text);
      return true;
    };
    try {
      for (const kind of ['initrd', 'floppy', 'iso']) await inject('debian12', kind, '--command-line');
      await inject('fedora41', 'initrd', '--command-line');
    } finally {
      process.stdout.write = write;
    }
    expect(said.split('\n').map((line) => /file[=:]\S+/.exec(line)?.[0])).toEqual([
      undefined,
      'file=/floppy/preseed.cfg',
      'file=/cdrom/preseed.cfg',
      'file:/fedora.ks',
      undefined,
    ]);
    expect(db.os('debian12')).toBeDefined();
  });
});
