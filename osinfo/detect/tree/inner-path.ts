// SPDX-License-Identifier: Apache-2.0

/**
 * A path below a tree, as a tree's own file names it; undefined for one that is absolute, leads out of the tree, or has
 * characters that no file of a tree has. `./` and doubled slashes go.
 */
export function innerPath(path: string | undefined): string | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  if (path === undefined || path.length > 1024 || path.startsWith('/') || /[\u0000-\u001F\u007F\\]/.test(path)) {
    return undefined;
  }
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  return parts.length === 0 || parts.includes('..') ? undefined : parts.join('/');
}
