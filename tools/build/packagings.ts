// SPDX-License-Identifier: Apache-2.0

/** What the original packs into, and `tar.zst`; `none` is a folder. */
export const PACKAGINGS = ['none', 'zip', 'zip.64', 'tar', 'tar.gz', 'tar.bz2', 'tar.zst'] as const;
export type Packaging = (typeof PACKAGINGS)[number];
