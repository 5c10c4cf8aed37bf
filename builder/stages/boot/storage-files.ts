// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { CrypttabEntry, StorageLayers } from '../../plan/types.js';
import type { StageContext } from '../../run/context.js';
import { insideTree, writeTreeFile } from '../files.js';

/** As long as the keys of the ciphers are, which no list of passphrases will ever have. */
const KEY_BYTES = 64;

/**
 * What the system, and the initramfs that is made after it, are told of encrypted devices and arrays. Written as the plan
 * says and never found out: the arrays that a scan would find here are those of the machine that builds.
 * @param mdadmConf where the distribution's mdadm reads its arrays
 */
export function writeStorageFiles(context: StageContext, mdadmConf: string): void {
  const { tree, plan } = context;
  const { crypttab, mdadm } = plan.storage;
  if (crypttab.length > 0) {
    writeKeys(tree, crypttab);
    writeTreeFile(tree, 'etc/crypttab', formatCrypttab(crypttab));
  }
  if (mdadm.length > 0) writeTreeFile(tree, mdadmConf, formatMdadm(mdadm));
}

/** Keys of their own, new in each build: what opens one image opens no other. */
function writeKeys(tree: string, crypttab: readonly CrypttabEntry[]): void {
  for (const { key } of crypttab) {
    if (key === undefined) continue;
    const file = insideTree(tree, key);
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    rmSync(file, { force: true });
    writeFileSync(file, randomBytes(KEY_BYTES), { mode: 0o400, flag: 'wx' });
  }
}

/** crypttab(5). */
export function formatCrypttab(crypttab: StorageLayers['crypttab']): string {
  const lines = crypttab.map(({ name, source, key, options }) => [name, source, key ?? 'none', options].join('\t'));
  return `# what is encrypted, and how it is opened: crypttab(5)\n${lines.join('\n')}\n`;
}

/**
 * mdadm.conf(5). Arrays have their names whatever the machine is called: the name in their metadata is of no host.
 */
export function formatMdadm(arrays: readonly string[]): string {
  return `# the arrays of this system: mdadm.conf(5)\nHOMEHOST <ignore>\nMAILADDR root\n${arrays.join('\n')}\n`;
}
