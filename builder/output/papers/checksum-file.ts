// SPDX-License-Identifier: Apache-2.0

/**
 * The text of a checksum file as `sha256sum --check` and its like read it: a line for each file, in order of name.
 * @param digests lower-case hex, by name of file without a folder
 */
export function formatChecksumFile(digests: ReadonlyMap<string, string>): string {
  return [...digests]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([file, digest]) => `${digest}  ${file}\n`)
    .join('');
}
