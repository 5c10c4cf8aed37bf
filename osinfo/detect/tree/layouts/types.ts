// SPDX-License-Identifier: Apache-2.0
import type { Arch } from '../../../model/types.js';
import type { TreeFacts } from '../../types.js';
import type { TreeFolder } from '../folder.js';

/** What speaks for an operating system where no entry of a tree does: words of the database's own properties. */
export interface OsEvidence {
  /** `distro` of the operating system. */
  readonly distro: string;
  /** As the tree says it; `12.5` speaks for `12` too. */
  readonly version?: string;
  /** As the tree says it: `jammy` is the `Jammy Jellyfish`. */
  readonly codename?: string;
  /** In the database's words. */
  readonly arch?: Arch;
  /** What said so, in words: `.disk/info says …`. */
  readonly why: string;
}

export interface LayoutReading {
  readonly facts: TreeFacts;
  readonly evidence: OsEvidence;
}

/** How the trees of one family lie, where they have no treeinfo. To add one: a file here, and a line in `index.ts`. */
export interface Layout {
  readonly name: string;
  /** What the path of such a tree often has in it: then the layout is tried first. */
  readonly hint: RegExp;
  /** What the tree says; undefined where it is none of these. */
  readonly probe: (folder: TreeFolder) => Promise<LayoutReading | undefined>;
}

/** A kernel and its initial RAM disk, as paths below the tree. */
export interface BootFiles {
  readonly kernel: string;
  readonly initrd?: string;
}
