// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { filesIn, makeFolder, program, remains, root, runTool } from './machine.js';

const folder = makeFolder();
const cache = join(folder, 'cache');
const minimal = readFileSync(join(root, 'kickstarts/debian-12-minimal.ks'), 'utf8');

afterAll(() => rmSync(folder, { recursive: true, force: true }));

let count = 0;
/** Builds a changed copy of the shipped kickstart; answers with what was said. */
async function build(change: (text: string) => string, ...words: string[]) {
  const file = join(folder, `case-${++count}.ks`);
  const out = join(folder, `out-${count}`);
  writeFileSync(file, change(minimal));
  const ended = await runTool([program('guestwright'), 'build', file, '-o', out, '-q', ...words], { cache });
  return { ...ended, file, out, lines: ended.stderr.trim().split('\n') };
}

/** 1-based line of the first line that begins so. */
function lineOf(text: string, start: string): number {
  return text.split('\n').findIndex((line) => line.startsWith(start)) + 1;
}

const CASES: readonly { name: string; change: (text: string) => string; line: string; says: RegExp }[] = [
  {
    name: 'an unknown command',
    change: (text) => text.replace('timezone Etc', 'timezoen Etc'),
    line: 'timezoen',
    says: /timezoen.*timezone/,
  },
  {
    name: 'a partition that does not fit',
    change: (text) => text.replace('--size=1981', '--size=120'),
    line: 'part / ',
    says: /120 MiB do not hold the \d+ MiB of its files/,
  },
  {
    name: 'an unknown package',
    change: (text) => text.replace('\nless\n', '\nlesss-nosuch\n'),
    line: 'lesss-nosuch',
    says: /lesss-nosuch is not in the package sources/,
  },
  { name: 'an unknown OS', change: (text) => text.replace('debian12', 'debain12'), line: '# osinfo', says: /debian12/ },
  {
    name: 'a partition of no size',
    change: (text) => text.replace('--size=1981', '--size=0'),
    line: 'part / ',
    says: /needs --size in MiB/,
  },
  {
    name: 'a file system that is not made',
    change: (text) => text.replace('--fstype=ext4', '--fstype=zfs'),
    line: 'part / ',
    says: /zfs/,
  },
  {
    name: 'a service that is not there',
    change: (text) => `${text}services --enabled=nosuch\n`,
    line: 'services',
    says: /no service nosuch/,
  },
  {
    name: 'a password with a line break in a user line that is not there',
    change: (text) => `${text}sshkey --username=nobody-here "ssh-ed25519 AAAA"\n`,
    line: 'sshkey',
    says: /no user nobody-here/,
  },
];

describe('wrong input is one line with its place, exit 2, and nothing left', () => {
  for (const { name, change, line, says } of CASES) {
    it(name, async () => {
      const { code, lines, file, out } = await build(change);
      expect(lines, lines.join('\n')).toHaveLength(1);
      expect(lines[0]).toContain(`${file}:${lineOf(change(minimal), line)}`);
      expect(lines[0]).toMatch(says);
      expect(code).toBe(2);
      expect(filesIn(out)).toEqual([]);
      expect(await remains(folder, join(cache, 'work'))).toEqual([]);
    });
  }

  it('a missing %end', async () => {
    const { code, lines, file } = await build((text) => text.slice(0, text.lastIndexOf('%end')));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(new RegExp(`${file}:\\d+.*%end`));
    expect(code).toBe(2);
  });

  it('a kickstart that is not there', async () => {
    const { code, stderr } = await runTool([program('guestwright'), 'build', join(folder, 'nowhere.ks')], { cache });
    expect(code).toBe(2);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});

/** Layouts in the place of the shipped kickstart's three partitions. */
const LAYOUTS: readonly { name: string; layout: string; words?: string[]; line: string; says: RegExp }[] = [
  {
    name: 'sizes beyond the disk, with what was added to start from BIOS and UEFI',
    layout: 'part / --size=1000',
    words: ['--disk-size', '1065M'],
    line: 'part / ',
    says: /sda of 1065 MiB cannot hold the 1067 MiB .*\(biosboot 1, \/boot\/efi 64, \/ 1000\)/,
  },
  {
    name: 'volumes beyond their group',
    layout: 'part pv.01 --size=1000\nvolgroup vg pv.01\nlogvol / --vgname=vg --name=root --size=1000',
    line: 'volgroup',
    says: /volgroup vg has 996 MiB for volumes .* give its pv 4 MiB more/,
  },
  {
    name: 'a file system that is too small for its kind',
    layout: 'part /boot --size=200\npart / --fstype=xfs --size=200',
    line: 'part / ',
    says: /xfs needs 300 MiB or more/,
  },
  {
    name: 'a fifth primary partition of an MBR',
    layout: `clearpart --all --disklabel=msdos\n${['/', '/a', '/b', '/c'].map((at) => `part ${at} --size=900 --asprimary`).join('\n')}\npart /d --size=9`,
    line: 'part /c ',
    says: /an MBR takes 3 primary ones/,
  },
  {
    name: 'a /boot that GRUB cannot open',
    layout: 'part / --size=1000 --encrypted --passphrase=x --luks-version=luks2 --pbkdf=argon2id',
    line: 'part / ',
    says: /--pbkdf=argon2id: the boot loader cannot open it.*--pbkdf=pbkdf2, or add a part \/boot/,
  },
  {
    name: 'a /boot that GRUB cannot read',
    layout: 'part / --size=1000 --fstype=erofs',
    line: 'part / ',
    says: /the boot loader does not read its files from erofs; add a `part \/boot/,
  },
  {
    name: 'a file system that nobody knows',
    layout: 'part / --size=1000 --fstype=reiserfs',
    line: 'part / ',
    says: /--fstype=reiserfs is not made here/,
  },
];

describe('a layout that cannot be is refused with its line before the mirror is asked', () => {
  it.each(LAYOUTS)('$name', async ({ layout, words = [], line, says }) => {
    const change = (text: string): string => text.replace(/^clearpart[\s\S]*^part \/ .*$/m, layout);
    const { code, lines, file, out } = await build(change, '--mirror', 'http://127.0.0.1:9/debian', ...words);
    expect(lines, lines.join('\n')).toHaveLength(1);
    expect(lines[0]).toContain(`${file}:${lineOf(change(minimal), line)}:`);
    expect(lines[0]).toMatch(says);
    expect(code).toBe(2);
    expect(filesIn(out)).toEqual([]);
  });
});

describe('work that fails is one line, exit 1, and nothing left', () => {
  it('a mirror that cannot be reached, before anything is downloaded', async () => {
    const { code, lines, out } = await build((text) => text, '--mirror', 'http://127.0.0.1:9/debian');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/mirror http:\/\/127\.0\.0\.1:9\/debian cannot be reached.*--mirror/);
    expect(code).toBe(1);
    expect(filesIn(out)).toEqual([]);
  });

  it('a %post that fails, with its line and last words', async () => {
    const { code, lines, file } = await build(
      (text) => `${text}\n%post --erroronfail\necho so it goes\nexit 7\n%end\n`,
    );
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(new RegExp(`${file}:\\d+: %post ended with exit code 7: so it goes`));
    expect(code).toBe(1);
  });

  it.runIf(process.getuid?.() === 0)('a disk with no space left, found before the work', async () => {
    const small = join(folder, 'small');
    mkdirSync(small);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=40m', 'guestwright-test', small]);
    try {
      const file = join(folder, 'space.ks');
      writeFileSync(file, minimal);
      const { code, stderr } = await runTool([program('guestwright'), 'build', file, '-o', join(small, 'out'), '-q'], {
        cache,
      });
      expect(stderr.trim().split('\n')).toHaveLength(1);
      expect(stderr).toMatch(/has \d+ MiB free, and this build needs \d+ MiB/);
      expect(code).toBe(1);
      expect(filesIn(small)).toEqual([]);
    } finally {
      execFileSync('umount', [small]);
    }
  });
});
