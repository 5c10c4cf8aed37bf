// SPDX-License-Identifier: Apache-2.0
import { InputError, WorkError } from '../../errors.js';
import type { TreeFacts } from '../types.js';
import { openFolder } from './folder.js';
import { layouts } from './layouts/index.js';
import type { LayoutReading, OsEvidence } from './layouts/types.js';
import { parseTreeinfo } from './treeinfo.js';

/** What an installation tree says of itself. */
export interface TreeReading {
  readonly location: string;
  readonly facts: TreeFacts;
  /** `.treeinfo`, `treeinfo`, or the name of the layout that was found. */
  readonly from: string;
  /** What speaks for an operating system beside the facts; absent with a treeinfo. */
  readonly evidence?: OsEvidence;
}

const treeinfoFiles = ['.treeinfo', 'treeinfo'] as const;

/**
 * Reads the installation tree at a folder's path, or a `file://`, http or https address: its treeinfo, or else what its
 * layout tells. Few small files are read, a remote tree's one after the other.
 * @throws InputError where there is no such folder, no tree that is known, or a treeinfo that cannot be read
 * @throws WorkError where the network or the disk fails
 */
export async function readTree(location: string): Promise<TreeReading> {
  const folder = await openFolder(location);
  for (const file of treeinfoFiles) {
    const text = await folder.read(file);
    if (text === undefined) continue;
    return { location, from: file, facts: parseTreeinfo(text, `${location.replace(/\/$/, '')}/${file}`) };
  }
  const hinted = layouts.filter((layout) => layout.hint.test(folder.path));
  for (const layout of [...hinted, ...layouts.filter((one) => !hinted.includes(one))]) {
    const found = await attempt(() => layout.probe(folder));
    if (found !== undefined) return { location, from: layout.name, ...found };
  }
  throw new InputError(
    'no-tree',
    `${location}: is no installation tree that is known: it has no .treeinfo or treeinfo, and none of the layouts ${layouts.map(({ name }) => name).join(', ')}`,
  );
}

/** A file that is far too large is not the one that a layout has by that name. */
async function attempt(probe: () => Promise<LayoutReading | undefined>): Promise<LayoutReading | undefined> {
  try {
    return await probe();
  } catch (error) {
    const code = error instanceof InputError || error instanceof WorkError ? error.code : '';
    if (code === 'tree-file-too-large' || code === 'http-too-large') return undefined;
    throw error;
  }
}
