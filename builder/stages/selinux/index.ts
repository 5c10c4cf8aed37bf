// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { StageContext } from '../../run/context.js';
import { hasInTree, readTreeFile, rewriteTreeFile, writeTreeFile } from '../files.js';
import { refuseOrTell } from '../refuse.js';
import { RELABEL, SELINUX_CONFIG } from './labels.js';

export { labelTree } from './labels.js';

/** Policies of the families' packages, the one that is meant where nothing says it first. */
const POLICIES = { deb: ['default'], rpm: ['targeted', 'minimum', 'mls'] } as const;

/** What has to be installed for it. */
const PACKAGES = { deb: 'selinux-basics', rpm: 'selinux-policy-targeted' } as const;

/**
 * The mode of SELinux in its own file. A deb system labels all its files when it first starts; those of an rpm system get
 * their labels in the end, when the tree is finished (`labelTree`).
 * @throws InputError with the line, where it is to be on and the system has none
 */
export function setUpSelinux(context: StageContext): void {
  const { tree, plan } = context;
  const { selinux } = plan.system;
  const { family } = plan.os;
  if (!selinux) return;
  if (!hasInTree(tree, SELINUX_CONFIG)) {
    if (selinux.mode === 'disabled') return;
    const message = `selinux --${selinux.mode}: this system has no SELinux: add ${PACKAGES[family]} to %packages`;
    refuseOrTell(context, { name: 'selinux', code: 'no-selinux', at: selinux.at, message });
    return;
  }
  const hasType = /^SELINUXTYPE=/m.test(readTreeFile(tree, SELINUX_CONFIG).toString('utf8'));
  const known = POLICIES[family].find((name) => existsSync(join(tree, 'etc/selinux', name))) ?? POLICIES[family][0];
  rewriteTreeFile(tree, SELINUX_CONFIG, (line) => !/^\s*SELINUX=/.test(line), [
    `SELINUX=${selinux.mode}`,
    ...(hasType ? [] : [`SELINUXTYPE=${known}`]),
  ]);
  if (family === 'deb' && selinux.mode !== 'disabled') writeTreeFile(tree, RELABEL, '');
}
