// SPDX-License-Identifier: Apache-2.0
import { alpine } from './alpine.js';
import { arch } from './arch.js';
import { freebsd, netbsd, openbsd } from './bsd.js';
import { debian } from './debian.js';
import { redhat } from './redhat.js';
import { suse } from './suse.js';
import type { Layout } from './types.js';

/** Trees without a treeinfo, in the order they are tried; those whose hint the path has come first. */
export const layouts: readonly Layout[] = [debian, suse, redhat, alpine, arch, freebsd, openbsd, netbsd];
