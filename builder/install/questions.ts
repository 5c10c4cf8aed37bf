// SPDX-License-Identifier: Apache-2.0

/** How installers that speak in lines end a question. Only the last lines of a console that has gone silent are held against them. */
const QUESTIONS: readonly RegExp[] = [
  // Debian's, by DEBIAN_FRONTEND=text.
  /Prompt: '\?' for help/,
  // Anaconda's text mode.
  /Please make (?:your|a) (?:selection|choice) from/i,
  /Please respond 'yes' or 'no'/i,
  // Subiquity, where its kernel was not told `autoinstall`.
  /Continue with autoinstall\? \(yes\|no\)/i,
  // What many ask.
  /[([](?:yes|y)[/|](?:no|n)[)\]][ :?]*$/i,
  /(?:password|passphrase)(?: \(again\))?: *$/i,
  /press (?:any key|enter|return)/i,
  /\? *(?:\[[^\]]{0,60}\])? *:? *$/,
];

/** What kernels say before they stand still for ever. */
const PANIC = /Kernel panic - not syncing: ([^\n]{0,200})/;

/** How many lines of the end of a console are looked at, and shown. */
const LINES = 3;
const SHOWN = 300;

/** The last words of a console, in one line. */
export function lastWords(text: string): string {
  const lines = lastLines(text);
  return lines.length === 0 ? 'nothing' : lines.join(' / ').slice(-SHOWN);
}

/** The question that a silent console ends in; undefined where it ends in none. */
export function openQuestion(text: string): string | undefined {
  const lines = lastLines(text);
  return QUESTIONS.some((question) => lines.some((line) => question.test(line))) ? lastWords(text) : undefined;
}

/** Why the guest's kernel has given up; undefined where it has not. */
export function panicOf(text: string): string | undefined {
  return PANIC.exec(text.slice(-16_384))?.[1]?.trim();
}

function lastLines(text: string): string[] {
  return text
    .slice(-8192)
    .split('\n')
    .map((line) =>
      line
        .replace(/\p{Cc}/gu, ' ')
        .trim()
        .slice(-1000),
    )
    .filter((line) => line !== '')
    .slice(-LINES);
}
