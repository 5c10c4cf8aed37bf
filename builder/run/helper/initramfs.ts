// SPDX-License-Identifier: Apache-2.0
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { MissingError } from '../../../osinfo/errors.js';
import { findProgram } from '../probes.js';
import { writeCpio } from './cpio.js';
import { orderModules } from './kernel-modules.js';
import type { HelperContext } from './types.js';

/** What the start script runs, and any job may. */
const BASE_PROGRAMS = [
  'sh',
  'cat',
  'chmod',
  'chown',
  'cp',
  'dd',
  'insmod',
  'ln',
  'ls',
  'mkdir',
  'mount',
  'mv',
  'readlink',
  'rm',
  'rmdir',
  'sleep',
  'stat',
  'sync',
  'tar',
  'touch',
  'umount',
  'wc',
] as const;

/** What QEMU's disks need of a kernel. */
const DISK_MODULES = ['virtio_pci', 'virtio_blk'] as const;

/** Loads the modules in order, then goes on as User Mode Linux does. */
const INIT = `#!/bin/sh
export PATH=/bin
mount -t devtmpfs devtmpfs /dev
while read -r module; do insmod "/modules/$module" || echo "no $module"; done </modules/order
exec sh /dev/vda
`;

const UNPACK: readonly (readonly [string, readonly string[]])[] = [
  ['.xz', ['xz', '--decompress', '--force', '--']],
  ['.zst', ['zstd', '--decompress', '--quiet', '--force', '--rm', '--']],
  ['.gz', ['gzip', '--decompress', '--force', '--']],
];

/**
 * Makes the first root of the QEMU machine: programs of this machine with the libraries that they are linked to, and
 * modules of the kernel that is started.
 * @throws MissingError for a program that this machine has not
 * @throws WorkError for a module that the kernel has not
 */
export async function makeInitramfs(
  context: HelperContext,
  folder: string,
  modulesFolder: string,
  wanted: { readonly programs: readonly string[]; readonly modules: readonly string[] },
): Promise<string> {
  const root = join(folder, 'initramfs');
  for (const name of ['bin', 'dev', 'proc', 'run', 'sys', 'tmp', 'modules', 'etc'])
    mkdirSync(join(root, name), { recursive: true, mode: 0o755 });
  for (const name of new Set([...BASE_PROGRAMS, ...wanted.programs])) await copyProgram(context, root, name);
  symlinkSync('bin', join(root, 'sbin'));
  const order: string[] = [];
  for (const file of orderModules(modulesFolder, [...DISK_MODULES, ...wanted.modules])) {
    const name = file.slice(file.lastIndexOf('/') + 1);
    const target = join(root, 'modules', name);
    copyFileSync(join(modulesFolder, file), target);
    const packed = UNPACK.find(([suffix]) => name.endsWith(suffix));
    if (packed) await context.tool([...packed[1], target]);
    order.push(packed ? name.slice(0, -packed[0].length) : name);
  }
  writeFileSync(join(root, 'modules/order'), order.map((name) => `${name}\n`).join(''));
  writeFileSync(join(root, 'init'), INIT);
  chmodSync(join(root, 'init'), 0o755);
  const target = join(folder, 'initrd');
  writeCpio(root, target);
  rmSync(root, { recursive: true });
  return target;
}

/** ldd(1) says which libraries a program of this machine's own is linked to, one a line, by path. */
async function copyProgram(context: HelperContext, root: string, name: string): Promise<void> {
  const path = findProgram(name);
  if (path === undefined)
    throw new MissingError('program-missing', `the program ${name} is missing; install the package that has it`);
  const real = realpathSync(path);
  copyFileSync(real, join(root, 'bin', name));
  chmodSync(join(root, 'bin', name), 0o755);
  const { stdout } = await context.tool(['ldd', real], { okCodes: [0, 1] });
  for (const match of stdout.matchAll(/(?:^|\s)(\/[^\s()]+) \(0x/g)) {
    const library = match[1]!;
    const target = join(root, library);
    if (existsSync(target)) continue;
    mkdirSync(dirname(target), { recursive: true, mode: 0o755 });
    copyFileSync(library, target);
    chmodSync(target, 0o755);
  }
}
