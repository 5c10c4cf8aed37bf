// SPDX-License-Identifier: Apache-2.0
import { lstatSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { WorkError } from '../../../osinfo/errors.js';
import { kernelFiles } from '../../plan/outputs.js';
import type { StageContext } from '../../run/context.js';
import type { KernelResult } from '../../run/protocol.js';
import { hasInitramfsTools } from '../boot/initramfs.js';
import { kernelWords, rootWords } from '../boot/kernel-words.js';
import { insideTree, readTreeFile } from '../files.js';

/** How images of kernels are called: on PCs, on 64-bit ARM of SUSE, on POWER. */
const IMAGES = ['vmlinuz', 'Image', 'vmlinux'];
/** How the initramfs of a kernel is called: by Debian, by Fedora and Red Hat, by SUSE. */
const INITRAMFS: readonly ((version: string) => string)[] = [
  (version) => `initrd.img-${version}`,
  (version) => `initramfs-${version}.img`,
  (version) => `initrd-${version}`,
];

/**
 * Puts the newest kernel of the finished tree, its initramfs, and the words that the boot menu would give to it, beside the
 * images: what a hypervisor starts without a boot loader. The disk of the root is needed besides.
 * @throws WorkError where the tree has no kernel with an initramfs
 */
export function keepKernelFiles(context: StageContext): KernelResult {
  const { tree, plan, outFolder } = context;
  const found = findKernel(tree);
  const files = kernelFiles(plan.name);
  writeFileSync(join(outFolder, files.kernel), readTreeFile(tree, found.image));
  writeFileSync(join(outFolder, files.initrd), readTreeFile(tree, found.initramfs));
  writeFileSync(join(outFolder, files.commandLine), `${commandLine(context)}\n`);
  return { version: found.version, ...files };
}

function commandLine({ tree, plan }: StageContext): string {
  if (plan.os.family === 'rpm' || !hasInitramfsTools(tree)) return kernelWords(plan);
  return [...rootWords(plan), plan.boot.append].join(' ').trim();
}

interface Found {
  readonly version: string;
  readonly image: string;
  readonly initramfs: string;
}

function findKernel(tree: string): Found {
  const folder = insideTree(tree, 'boot/.');
  const names = lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() ? readdirSync(folder) : [];
  const kernels = names.flatMap((name) => {
    const image = IMAGES.find((one) => name.startsWith(`${one}-`));
    if (image === undefined) return [];
    const version = name.slice(image.length + 1);
    const initramfs = INITRAMFS.map((nameOf) => nameOf(version)).find((one) => names.includes(one));
    return initramfs === undefined ? [] : [{ version, name, image, initramfs }];
  });
  const [newest] = kernels.sort((a, b) => b.version.localeCompare(a.version, 'en', { numeric: true }));
  if (!newest)
    throw new WorkError(
      'no-kernel',
      'the finished tree has no kernel with an initramfs in /boot; leave kernel out of -f',
    );
  // SUSE's are links to where the package has them.
  const image = isFile(tree, `boot/${newest.name}`)
    ? `boot/${newest.name}`
    : `usr/lib/modules/${newest.version}/${newest.image}`;
  return { version: newest.version, image, initramfs: `boot/${newest.initramfs}` };
}

function isFile(tree: string, path: string): boolean {
  return lstatSync(insideTree(tree, path)).isFile();
}
