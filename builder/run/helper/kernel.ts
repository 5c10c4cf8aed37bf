// SPDX-License-Identifier: Apache-2.0
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { MissingError } from '../../../osinfo/errors.js';
import type { HelperContext } from './types.js';

/** A kernel that QEMU can start, and the folder of its modules. */
export interface Kernel {
  readonly image: string;
  readonly modules: string;
}

/** The bytes by which a boot protocol is known, by Node's name of the architecture. */
const MAGIC: Readonly<Record<string, { readonly offset: number; readonly text: string }>> = {
  x64: { offset: 0x202, text: 'HdrS' },
  arm64: { offset: 56, text: 'ARM\x64' },
};

/**
 * Finds a kernel of this machine's architecture and hands it to `use`: the one of the tree that is being built, since
 * every image that boots has one and then nothing is needed of this machine; else this machine's own.
 *
 * While the disks are made, empty folders lie over the tree's mount points, `/boot` among them: the tree is then looked at
 * through a second mount of it, which has what lies below.
 * @throws MissingError when there is none
 */
export async function withKernel<T>(
  context: HelperContext,
  folder: string,
  use: (kernel: Kernel) => Promise<T>,
): Promise<T> {
  const open = findKernel(context.tree);
  if (open) return await use(open);
  if (existsSync(context.tree)) {
    const below = join(folder, 'tree');
    mkdirSync(below);
    await context.tool(['mount', '--bind', '--', context.tree, below]);
    try {
      const hidden = findKernel(below);
      if (hidden) return await use(hidden);
    } finally {
      await context.tool(['umount', '--', below]);
    }
  }
  const own = findKernel('/');
  if (own) return await use(own);
  throw new MissingError(
    'no-helper-machine',
    'the helper machine needs User Mode Linux or a kernel for QEMU, and found neither; sudo apt-get install user-mode-linux',
  );
}

function findKernel(root: string): Kernel | undefined {
  for (const base of ['usr/lib/modules', 'lib/modules']) {
    const folder = join(root, base);
    if (!existsSync(folder)) continue;
    for (const version of readdirSync(folder).sort().toReversed()) {
      const modules = join(folder, version);
      const images = [join(root, 'boot', `vmlinuz-${version}`), join(modules, 'vmlinuz')];
      const image = images.find(isKernel);
      if (image !== undefined && existsSync(join(modules, 'modules.dep'))) return { image, modules };
    }
  }
  return undefined;
}

/** A kernel of this machine's architecture that may be read: Ubuntu keeps its own from ordinary users. */
function isKernel(path: string): boolean {
  const magic = MAGIC[process.arch];
  if (!magic || !existsSync(path)) return false;
  try {
    const file = openSync(path, 'r');
    try {
      const bytes = new Uint8Array(magic.text.length);
      readSync(file, bytes, 0, bytes.length, magic.offset);
      return new TextDecoder().decode(bytes) === magic.text;
    } finally {
      closeSync(file);
    }
  } catch {
    return false;
  }
}
