// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { WorkError } from '../../../osinfo/errors.js';
import type { StageContext } from '../../run/context.js';
import { sandboxed } from '../../run/sandbox.js';
import { hasInTree, readTreeFile, writeTreeFile } from '../files.js';

export const SELINUX_CONFIG = 'etc/selinux/config';

/** Where the tree is seen beside this machine's programs. */
const SEEN = '/mnt/sysimage';

/** Makes the system label all its files when it first starts, and start once more then (selinux(8)). */
export const RELABEL = '.autorelabel';

/** The policy that the system starts with; undefined where it has none, or it is switched off. */
export function policyOf(tree: string): string | undefined {
  if (!hasInTree(tree, SELINUX_CONFIG)) return undefined;
  const text = readTreeFile(tree, SELINUX_CONFIG).toString('utf8');
  const value = (key: string): string | undefined => new RegExp(`^\\s*${key}\\s*=\\s*(\\S+)\\s*$`, 'm').exec(text)?.[1];
  const type = value('SELINUXTYPE');
  if (type === undefined || !/^[A-Za-z0-9_.-]+$/.test(type) || value('SELINUX') === 'disabled') return undefined;
  return type;
}

/**
 * Gives every file of the finished tree the label that its policy has for its path, by this machine's setfiles(8) and
 * the tree's own rules: files are labelled in the image as they would be by the system. Where the kernel of this machine
 * does not let labels be set, the system is told to do it when it first starts, and a notice says so.
 */
export async function labelTree(context: StageContext): Promise<void> {
  const { tree } = context;
  const policy = policyOf(tree);
  if (policy === undefined) return;
  const rules = `etc/selinux/${policy}/contexts/files/file_contexts`;
  if (!existsSync(join(tree, rules))) {
    relabelAtFirstStart(context, `its policy ${policy} has no rules for files`);
    return;
  }
  context.detail('clean', `SELinux labels, by the policy ${policy}`);
  try {
    await setFiles(context, rules, [], SEEN);
    const left = await setFiles(context, rules, ['-n', '-v'], `${SEEN}/${SELINUX_CONFIG}`);
    if (left.trim() === '') return;
    relabelAtFirstStart(context, 'this machine keeps no labels');
  } catch (error) {
    if (!(error instanceof WorkError)) throw error;
    relabelAtFirstStart(context, error.message);
  }
}

/**
 * `-m` because a kernel without SELinux tells of no mount that it could hold labels; `-F` so that user, role and range are
 * the rules' too.
 */
async function setFiles(context: StageContext, rules: string, words: readonly string[], path: string): Promise<string> {
  const { stdout } = await sandboxed(
    context,
    ['setfiles', '-F', '-m', ...words, '-r', SEEN, `${SEEN}/${rules}`, path],
    { root: 'builder', binds: [[context.tree, SEEN]], timeoutMs: 1_800_000 },
  );
  return stdout;
}

/** @param why a clause */
function relabelAtFirstStart(context: StageContext, why: string): void {
  writeTreeFile(context.tree, RELABEL, '');
  context.emit({
    type: 'notice',
    message: `SELinux labels are not in the image (${why}): the system writes them when it first starts, and starts anew then`,
  });
}
