// SPDX-License-Identifier: Apache-2.0
import { relative } from 'node:path';

/** A folder as it would be typed here: relative where that is shorter to read. */
export function shownFolder(folder: string): string {
  const near = relative(process.cwd(), folder);
  return near === '' ? '.' : near.startsWith('..') ? folder : near;
}
