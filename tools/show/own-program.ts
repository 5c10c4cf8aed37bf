// SPDX-License-Identifier: Apache-2.0
import { dirname, join } from 'node:path';
import { shownFolder } from './shown-folder.js';

/** How another of our programs is called here: by its name where they are installed, else as this one was. */
export function ownProgram(name: 'guestwright' | 'virt-image'): string[] {
  const script = process.argv[1] ?? '';
  return script.endsWith('.js') ? ['node', shownFolder(join(dirname(script), `${name}.js`))] : [name];
}
