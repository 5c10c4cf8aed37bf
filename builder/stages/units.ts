// SPDX-License-Identifier: Apache-2.0
import { hasInTree } from './files.js';

/** Whether the system has a unit, packaged or its own. */
export function hasUnit(tree: string, name: string): boolean {
  return ['usr/lib/systemd/system', 'etc/systemd/system'].some((folder) => hasInTree(tree, `${folder}/${name}`));
}
