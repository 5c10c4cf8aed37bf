// SPDX-License-Identifier: Apache-2.0
import type { At, Issue } from '../model.js';
import { parseKickstart } from '../parse.js';
import { parseVersion, type Version } from '../versions.js';
import { formatGiven, formatHeader } from '../write/command.js';
import { formatPiece } from './layout.js';
import { type Piece, readPieces } from './pieces.js';
import { upgradeLine, upgradePackagesOptions } from './upgrades.js';

/** A kickstart rewritten for another version. */
export interface Upgrade {
  readonly text: string;
  /** What was changed: a notice a line, at the line of the text given. */
  readonly changed: readonly Issue[];
  /** What the version refuses all the same, at the line of the text given: a person has to say what to do. */
  readonly left: readonly Issue[];
}

/** Issues that a rewriting is for. */
const GOING =
  /^(?:removed|deprecated)-|^unknown-(?:option|command)$|^(?:unexpected-word|later-option|extension|missing-end)$/;

/**
 * Rewrite a file for a version of the language: what was renamed gets its new name, what means nothing any more goes,
 * a section without `%end` gets one. All other lines stay as they stand, comments too; `%include` is left alone.
 *
 * @param file the name for issues
 * @param to `RHEL10`, `F45`
 * @returns the errors in `issues` where the text is no kickstart of any version
 * @throws InputError for a `to` that does not exist
 */
export function upgradeText(text: string, file: string, to: string): Upgrade | { readonly issues: readonly Issue[] } {
  const version = parseVersion(to);
  const union = parseKickstart(text, file, { follow: 'none' });
  const faults = union.issues.filter(({ severity, code }) => severity === 'error' && code !== 'missing-end');
  if (faults.length > 0) return { issues: faults };
  const openEnds = union.issues.filter(({ code }) => code === 'missing-end').map(({ at }) => at.line);
  const strict = parseKickstart(text, file, { version: version.name, follow: 'none' });
  const going = new Set(strict.issues.filter(({ code }) => GOING.test(code)).map(({ at }) => at.line));

  const output: Output = { lines: [], origins: [], changed: [] };
  const at = (line: number): At => ({ file, line, column: 1 });
  const write = (line: string, origin: number) => {
    output.lines.push(line);
    output.origins.push(origin);
  };
  const say = (line: number, message: string) =>
    output.changed.push({ severity: 'notice', code: 'rewritten', at: at(line), message });
  const pieces = readPieces(text, union, undefined);
  let isOpen = false;
  for (const piece of pieces) {
    if (piece.kind === 'header') {
      if (isOpen) {
        write('%end', piece.line);
        say(piece.line, 'the section before this line gets its %end');
      }
      isOpen = true;
    } else if (piece.kind === 'end') isOpen = false;
    for (const line of upgradePiece(piece, version, going, say)) write(line, piece.line);
  }
  if (isOpen) {
    write('%end', pieces.length);
    say(openEnds.at(-1) ?? pieces.length, 'the last section gets its %end');
  }
  const upgraded = output.lines.map(ended).join('');
  const left = parseKickstart(upgraded, file, { version: version.name, follow: 'none' }).issues.filter(
    ({ severity }) => severity === 'error',
  );
  return {
    text: upgraded,
    changed: output.changed,
    left: left.map((issue) => ({
      ...issue,
      at: { ...issue.at, line: output.origins[issue.at.line - 1] ?? issue.at.line },
    })),
  };
}

interface Output {
  readonly lines: string[];
  /** The line of the text given that each comes from. */
  readonly origins: number[];
  readonly changed: Issue[];
}

/** The lines that take the place of one. */
function upgradePiece(
  piece: Piece,
  to: Version,
  going: ReadonlySet<number>,
  say: (line: number, message: string) => void,
): readonly string[] {
  if (piece.kind === 'comment') return [upgradeComment(piece, to, say)];
  if (!going.has(piece.line)) return [piece.source];
  if (piece.kind === 'header') {
    if (piece.section.kind !== 'packages') return [piece.source];
    const options = upgradePackagesOptions(piece.options);
    const header = formatHeader(piece.section, [], options);
    if (header === formatHeader(piece.section, [], piece.options)) return [piece.source];
    say(piece.line, `the options of %packages are written as they are today: ${header}`);
    return [formatPiece({ ...piece, options }, {})];
  }
  if (piece.kind !== 'command') return [piece.source];
  const upgraded = upgradeLine(piece.command, to);
  if (!upgraded) return [piece.source];
  const lines = upgraded.lines.map((line) => formatGiven(line, { version: to.name }));
  if (lines.length === 1 && lines[0] === piece.raw.trim()) return [piece.source];
  say(piece.line, `${piece.command.name} ${upgraded.sentence}`);
  const [first, ...rest] = lines;
  // The comment of a line that goes would speak of nothing.
  if (first === undefined) return [];
  return [piece.comment === undefined ? first : `${first} ${piece.comment}`, ...rest];
}

/** `#version=RHEL7` names the version that a file is for. */
function upgradeComment(piece: Piece, to: Version, say: (line: number, message: string) => void): string {
  const match = /^#version=(\S+)\s*$/.exec(piece.raw);
  if (!match || match[1] === to.name || match[1] === 'DEVEL') return piece.source;
  say(piece.line, `#version=${match[1]} becomes #version=${to.name}`);
  return `#version=${to.name}`;
}

function ended(line: string): string {
  return /[\n\r]$/.test(line) ? line : `${line}\n`;
}
