// SPDX-License-Identifier: Apache-2.0
import { programNames } from '../help/programs.js';
import { bashScript } from './bash.js';
import { fishScript } from './fish.js';
import { zshScript } from './zsh.js';

/** The three scripts, with the names that the shells look for them by. */
export function completionScripts(): readonly {
  readonly shell: 'bash' | 'zsh' | 'fish';
  readonly file: string;
  readonly text: string;
}[] {
  return [
    { shell: 'bash', file: 'guestwright', text: bashScript(programNames) },
    { shell: 'zsh', file: '_guestwright', text: zshScript(programNames) },
    { shell: 'fish', file: 'guestwright.fish', text: fishScript(programNames) },
  ];
}
