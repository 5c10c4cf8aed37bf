// SPDX-License-Identifier: Apache-2.0
import type { TreeFolder } from '../folder.js';
import type { BootFiles } from './types.js';

/** The first pair whose kernel is there; the RAM disk is left out where it is not beside it. */
export async function findBootFiles(folder: TreeFolder, pairs: readonly BootFiles[]): Promise<Partial<BootFiles>> {
  for (const { kernel, initrd } of pairs) {
    if (!(await folder.has(kernel))) continue;
    return initrd !== undefined && (await folder.has(initrd)) ? { kernel, initrd } : { kernel };
  }
  return {};
}

/** Every kernel of `kernels` with every RAM disk that may lie beside it is too many to ask for: the pairs, spelled out. */
export function pairs(...rows: readonly (readonly [kernel: string, initrd?: string])[]): readonly BootFiles[] {
  return rows.map(([kernel, initrd]) => (initrd === undefined ? { kernel } : { kernel, initrd }));
}
