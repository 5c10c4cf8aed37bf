// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { newFolder } from '../../load/folders.js';

/** Runs a tool as a test may: no shell, its errors shown. */
export function tool(program: string, words: readonly string[], input = ''): string {
  const env = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C.UTF-8' };
  return execFileSync(program, words, { input, env, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'] });
}

export const mib = 1024 * 1024;

const osRelease = `PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
NAME="Debian GNU/Linux"
VERSION_ID="12"
VERSION_CODENAME=bookworm
ID=debian
HOME_URL="https://www.debian.org/"
`;

/** An ELF header of a little-endian program for this machine. */
export function elf(machine: number): Buffer {
  const head = Buffer.alloc(64);
  head.write('\x7fELF\x02\x01\x01', 'latin1');
  head.writeUInt16LE(2, 16);
  head.writeUInt16LE(machine, 18);
  return head;
}

export const manyFiles = 1500;
/** Longer than what fits into an inode, so that it has blocks of its own. */
export const longTarget = `../${'./'.repeat(120)}usr/lib/os-release`;

/** What a small Debian looks like, with what file systems keep in different ways: long links, large folders, large files. */
export function debianFiles(): Record<string, string | Buffer | { readonly link: string }> {
  const packages = Array.from(
    { length: 2000 },
    (_, index) => `Package: package-${index}\nStatus: install ok installed\nVersion: 1.${index}\n`,
  );
  return {
    'usr/lib/os-release': osRelease,
    'etc/os-release': { link: longTarget },
    'etc/debian_version': '12.5\n',
    'etc/hostname': 'mail.example.org\n',
    'etc/machine-id': '',
    'etc/fstab': '# comment\nUUID=1234 / ext4 errors=remount-ro 0 1\n/dev/vg0/data /srv/my\\040data xfs defaults 0 2\n',
    'etc/cloud/cloud.cfg': 'users: []\n',
    'usr/bin/dash': elf(62),
    'usr/bin/sh': { link: 'dash' },
    bin: { link: 'usr/bin' },
    'usr/sbin/qemu-ga': elf(62),
    'boot/vmlinuz-6.1.0-18-amd64': 'kernel',
    'boot/vmlinuz-6.1.0-9-amd64': 'kernel',
    'boot/initrd.img-6.1.0-18-amd64': 'initrd',
    'var/lib/dpkg/status': `${packages.join('\n')}\nPackage: gone\nStatus: deinstall ok config-files\n`,
    ...Object.fromEntries(
      Array.from({ length: manyFiles }, (_, index) => [`usr/share/doc/a-name-that-is-long-enough-${index}`, '']),
    ),
  };
}

export type Files = Record<string, string | Buffer | { readonly link: string }>;

export function treeOf(files: Files): string {
  const folder = newFolder();
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    if (typeof content === 'string' || Buffer.isBuffer(content)) writeFileSync(join(folder, path), content);
    else symlinkSync(content.link, join(folder, path));
  }
  return folder;
}

/** A sparse file of so many bytes. */
export function emptyFile(bytes: number, name = 'disk.raw'): string {
  const path = join(newFolder(), name);
  const file = openSync(path, 'w');
  ftruncateSync(file, bytes);
  closeSync(file);
  return path;
}

/** Puts a file into another one at an offset, without its holes. */
export function putAt(target: string, offset: number, source: string): void {
  tool('dd', [
    `if=${source}`,
    `of=${target}`,
    'bs=1M',
    `oflag=seek_bytes`,
    `seek=${offset}`,
    'conv=notrunc,sparse',
    'status=none',
  ]);
}

export function writeAt(target: string, offset: number, bytes: Uint8Array): void {
  const file = openSync(target, 'r+');
  writeSync(file, bytes, 0, bytes.length, offset);
  closeSync(file);
}

export function ext(tree: string, bytes: number, words: readonly string[] = []): string {
  const path = emptyFile(bytes);
  tool('mke2fs', ['-q', '-F', '-d', tree, ...words, path]);
  return path;
}

export function btrfs(tree: string, words: readonly string[] = []): string {
  const path = emptyFile(256 * mib);
  tool('mkfs.btrfs', ['-q', '--rootdir', tree, ...words, path]);
  return path;
}

/** XFS from a prototype file, which says the tree in a language of its own. */
export function xfs(tree: string, words: readonly string[] = []): string {
  const path = emptyFile(320 * mib);
  const lines = ['/none', '0 0', 'd--755 0 0', ...prototype(tree), '$'];
  const proto = join(newFolder(), 'proto');
  writeFileSync(proto, `${lines.join('\n')}\n`);
  tool('mkfs.xfs', ['-q', '-f', '-p', proto, ...words, path]);
  return path;
}

function prototype(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return [`${entry.name} d--755 0 0`, ...prototype(path), '$'];
    if (entry.isSymbolicLink()) return [`${entry.name} l--777 0 0 ${readlinkSync(path)}`];
    return [`${entry.name} ---644 0 0 ${path}`];
  });
}

export function fat(files: Readonly<Record<string, string>>, bytes: number, bits: number): string {
  const path = emptyFile(bytes);
  tool('mkfs.vfat', ['-F', String(bits), '-n', 'ESP', path]);
  const folders = new Set<string>();
  for (const [name, content] of Object.entries(files)) {
    const parts = name.split('/').slice(0, -1);
    parts.forEach((_, index) => {
      folders.add(parts.slice(0, index + 1).join('/'));
    });
    for (const folder of folders) {
      try {
        tool('mdir', ['-i', path, `::${folder}`]);
      } catch {
        tool('mmd', ['-i', path, `::${folder}`]);
      }
    }
    const source = join(newFolder(), 'source');
    writeFileSync(source, content);
    tool('mcopy', ['-i', path, source, `::${name}`]);
  }
  return path;
}

/** A disk with these partitions, as sfdisk writes the table. Starts and sizes are MiB. */
export function partitioned(
  label: 'gpt' | 'dos',
  bytes: number,
  parts: readonly { start: number; size: number; type: string; content?: string }[],
): string {
  const path = emptyFile(bytes);
  const lines = parts.map((part) => `start=${part.start}MiB, size=${part.size}MiB, type=${part.type}`);
  tool('sfdisk', ['-q', '--no-reread', '--no-tell-kernel', path], `label: ${label}\n${lines.join('\n')}\n`);
  for (const part of parts) if (part.content) putAt(path, part.start * mib, part.content);
  return path;
}

export function converted(source: string, format: string, words: readonly string[] = []): string {
  const path = join(newFolder(), `image.${format}`);
  tool('qemu-img', ['convert', '-O', format, ...words, source, path]);
  return path;
}
