// SPDX-License-Identifier: Apache-2.0
import type { StageContext } from '../run/context.js';
import { hasInTree, readTreeFile, rewriteTreeFile, writeTreeFile } from './files.js';
import { refuseOrTell } from './refuse.js';

const CONFIG = 'etc/selinux/config';

/**
 * The mode of SELinux in its own file, and a new labelling of all files at the first boot, as the tree was written by a
 * system without labels.
 * @throws InputError with the line, where it is to be on and the system has none
 */
export function setUpSelinux(context: StageContext): void {
  const { selinux } = context.plan.system;
  if (!selinux) return;
  const { tree } = context;
  if (!hasInTree(tree, CONFIG)) {
    if (selinux.mode === 'disabled') return;
    const message = `selinux --${selinux.mode}: this system has no SELinux: add selinux-basics (Debian) or selinux-policy-targeted to %packages`;
    refuseOrTell(context, { name: 'selinux', code: 'no-selinux', at: selinux.at, message });
    return;
  }
  const mode = `SELINUX=${selinux.mode}`;
  const hasType = /^SELINUXTYPE=/m.test(readTreeFile(tree, CONFIG).toString('utf8'));
  rewriteTreeFile(tree, CONFIG, (line) => !/^\s*SELINUX=/.test(line), [
    mode,
    ...(hasType ? [] : ['SELINUXTYPE=default']),
  ]);
  if (selinux.mode !== 'disabled') writeTreeFile(tree, '.autorelabel', '');
}
