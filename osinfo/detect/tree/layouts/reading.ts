// SPDX-License-Identifier: Apache-2.0
import { commonArch } from '../../../arch-names.js';
import { factsOf } from '../treeinfo.js';
import type { LayoutReading } from './types.js';

/** What a tree without treeinfo told of itself. */
export interface Told {
  readonly distro: string;
  readonly family: string;
  readonly version?: string | undefined;
  readonly codename?: string | undefined;
  /** The day of a snapshot: a version to people, and to no entry of the database. */
  readonly day?: string | undefined;
  /** As the tree says it. */
  readonly arch?: string | undefined;
  readonly files: {
    readonly kernel?: string | undefined;
    readonly initrd?: string | undefined;
    readonly bootIso?: string | undefined;
  };
  readonly why: string;
}

/** Facts of the tree, and what they say of its operating system. */
export function layoutReading({ distro, family, version, codename, day, arch, files, why }: Told): LayoutReading {
  return {
    facts: factsOf({
      family,
      variant: undefined,
      version: version ?? codename ?? day,
      arch,
      kernel: files.kernel,
      initrd: files.initrd,
      bootIso: files.bootIso,
    }),
    evidence: {
      distro,
      ...(version === undefined ? {} : { version }),
      ...(codename === undefined ? {} : { codename }),
      // NetBSD names its ports for ARM boards by both.
      ...(arch === undefined ? {} : { arch: commonArch(arch.replace(/^evbarm-/, '')) }),
      why,
    },
  };
}
