// SPDX-License-Identifier: Apache-2.0
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { StageContext } from '../../run/context.js';
import { sandboxed } from '../../run/sandbox.js';
import { hasInTree, readTreeFile, rewriteTreeFile, writeTreeFile } from '../files.js';
import { OVERLAY_ROOT, OVERLAY_SCRIPT } from './overlay.js';

/** Settings of cryptsetup's hook, which takes keys into the initramfs by their names. */
const CRYPT_HOOK = 'etc/cryptsetup-initramfs/conf-hook';

/**
 * Makes the initramfs of each kernel by initramfs-tools(7), from configuration that is written first: its hooks look for
 * the devices of the running machine, and here are none. What no hook has to find (`MODULES=most`, the default) is in.
 */
export async function makeInitramfs(context: StageContext, versions: readonly string[]): Promise<void> {
  writeConfiguration(context);
  await restoreUpdateInitramfs(context);
  for (const version of versions) {
    context.detail('configure', `initramfs of ${version}`);
    // zstd packs on one processor unless it is told (zstd(1)); on more it writes the same bytes.
    const env = { ZSTD_NBTHREADS: String(availableParallelism()) };
    await sandboxed(context, ['update-initramfs', '-c', '-k', version], { env, binds: quickFunctions(context) });
  }
}

const FUNCTIONS = 'usr/share/initramfs-tools/hook-functions';

/** initramfs-tools' functions as they are, but quicker, seen in their place; none where they are written in another way. */
function quickFunctions({ tree, scratch }: StageContext): readonly (readonly [string, string])[] {
  if (!hasInTree(tree, FUNCTIONS)) return [];
  const text = quicken(readTreeFile(tree, FUNCTIONS).toString('latin1'));
  if (text === undefined) return [];
  const quick = join(scratch, 'hook-functions');
  writeFileSync(quick, text, 'latin1');
  return [[quick, `/${FUNCTIONS}`]];
}

/**
 * Lets initramfs-tools' `copy_file` answer at once for a module that it has copied: it is called for each module by each
 * other that needs it, and starts several programs to find that out. Its answer is 1, as it documents it.
 * @returns undefined where there is no such function
 */
export function quicken(functions: string): string | undefined {
  const begin = /^copy_file ?\(\)\s*\{\n/m.exec(functions);
  if (!begin) return undefined;
  const at = begin.index + begin[0].length;
  const line = '\t[ "$1" = module ] && [ $# -eq 2 ] && [ -f "${DESTDIR}$2" ] && return 1\n';
  return functions.slice(0, at) + line + functions.slice(at);
}

function writeConfiguration({ tree, plan }: StageContext): void {
  const { storage, boot } = plan;
  writeTreeFile(tree, 'etc/initramfs-tools/conf.d/resume', `RESUME=${storage.resume ?? 'none'}\n`);
  // Without it the hook probes a device that is not there, and leaves fsck out of the initramfs.
  writeTreeFile(tree, 'etc/initramfs-tools/conf.d/fstype', `FSTYPE=${boot.rootFilesystem}\n`);
  if (storage.crypttab.some((one) => one.key !== undefined)) {
    writeTreeFile(tree, 'etc/initramfs-tools/conf.d/keys', '# a key is in the initramfs\nUMASK=0077\n');
    rewriteTreeFile(tree, CRYPT_HOOK, (line) => !line.startsWith('KEYFILE_PATTERN='), [
      'KEYFILE_PATTERN="/etc/keys/*.key"',
    ]);
  }
  if (storage.root.readOnly) {
    const modules = ['overlay', boot.rootFilesystem];
    rewriteTreeFile(tree, 'etc/initramfs-tools/modules', (line) => !modules.includes(line.trim()), modules);
    writeTreeFile(tree, OVERLAY_SCRIPT, OVERLAY_ROOT, 0o755);
  }
}

/** Packages were installed with `true` in its place, so that none of them makes an initramfs. */
export async function restoreUpdateInitramfs(context: StageContext): Promise<void> {
  const { tree } = context;
  const program = 'usr/sbin/update-initramfs';
  rmSync(join(tree, program), { force: true });
  await sandboxed(context, ['dpkg-divert', '--quiet', '--local', '--no-rename', '--remove', `/${program}`]);
  const diverted = join(tree, `${program}.distrib`);
  if (existsSync(diverted)) await context.tool(['mv', diverted, join(tree, program)]);
}

/** Whether the tree makes its initramfs by initramfs-tools. */
export function hasInitramfsTools(tree: string): boolean {
  return hasInTree(tree, 'usr/sbin/mkinitramfs');
}
