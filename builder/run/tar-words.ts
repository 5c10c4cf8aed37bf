// SPDX-License-Identifier: Apache-2.0

/**
 * What tar(1) is told, writing and reading, so that nothing of a tree is lost: all extended attributes, with capabilities
 * and ACLs among them, and owners as numbers; with them it takes pax's format, which keeps parts of seconds. Never
 * `--acls`: it writes an ACL once more, as text with the names that this machine's users have, and who reads the archive
 * with other users in its passwd(5) gets that one.
 */
export const WHOLE_TREE = ['--xattrs', '--xattrs-include=*', '--numeric-owner'] as const;

/** The same in a script for sh(1). */
export const WHOLE_TREE_QUOTED = WHOLE_TREE.map((word) => `'${word}'`).join(' ');
