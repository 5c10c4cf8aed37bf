// SPDX-License-Identifier: Apache-2.0
import { explainKickstart } from '../../builder/kickstart/explain.js';
import type { Kickstart } from '../../builder/kickstart/model.js';

/** What each piece of a kickstart does to an image, a line each. */
export function explainText(kickstart: Kickstart, allowIgnored: readonly string[]): string {
  const lines = explainKickstart(kickstart, { allowIgnored }).map(
    ({ at, name, outcome, sentence }) =>
      `${at.file}:${at.line}: ${outcome.padEnd(9)}  ${sentence.startsWith(name) ? sentence : `${name} ${sentence}`}\n`,
  );
  return lines.join('');
}
