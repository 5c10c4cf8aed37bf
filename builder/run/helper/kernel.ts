// SPDX-License-Identifier: Apache-2.0
import { closeSync, existsSync, openSync, readdirSync, readSync } from 'node:fs';
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
 * A kernel of this machine's architecture: the one of the tree that is being built, since every image that boots has one
 * and then nothing is needed of this machine; else this machine's own.
 * @throws MissingError when there is none
 */
export function chooseKernel(context: HelperContext): Kernel {
  const kernel = findKernel(context.tree) ?? findKernel('/');
  if (kernel) return kernel;
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
