// SPDX-License-Identifier: Apache-2.0
import { findCommand } from '../commands/index.js';
import { quoteWord } from '../words.js';
import { formatGiven, formatHeader, type WriteOptions } from '../write/command.js';
import type { Piece } from './pieces.js';

/** A line as it is written, in canonical form and with its line end. */
export function formatPiece(piece: Piece, options: WriteOptions): string {
  switch (piece.kind) {
    case 'blank':
      return '\n';
    case 'comment':
    case 'unread':
      return `${piece.raw.trim()}\n`;
    case 'command': {
      // Of a command whose words are kept the comment is one of them.
      const comment = findCommand(piece.command.name)?.raw ? undefined : piece.comment;
      return withComment(formatGiven(piece.command, options), comment);
    }
    case 'directive':
      return withComment(piece.words.map(quoteWord).join(' '), piece.comment);
    case 'header':
      return withComment(formatHeader(piece.section, piece.words, piece.options), piece.comment);
    case 'package':
      return withComment(formatEntry(piece.entry), piece.comment);
    case 'body':
      return piece.source;
    default:
      return withComment('%end', piece.comment);
  }
}

function withComment(text: string, comment: string | undefined): string {
  if (comment === undefined) return `${text}\n`;
  return text === '' ? `${comment}\n` : `${text} ${comment}\n`;
}

/** `-@ Core  --nodefaults` → `-@Core --nodefaults`: nothing between the marks and the name, one blank between words. */
function formatEntry(entry: string): string {
  const marked = /^(-?@\^?)\s*(.*)$/s.exec(entry);
  return marked ? `${marked[1]}${marked[2]!.split(/\s+/).join(' ')}` : entry;
}

/**
 * Lines one below the other: blank lines only one at a time, none at the beginning and the end, one before and one
 * behind each section. What stands in a script is not touched.
 */
export function layOut(pieces: readonly Piece[], options: WriteOptions): string {
  const parts: string[] = [];
  let before: Piece | undefined;
  let blanks = 0;
  for (const piece of pieces) {
    if (piece.kind === 'blank') {
      blanks++;
      continue;
    }
    if (before && needsBlank(before, piece, blanks > 0)) parts.push('\n');
    parts.push(formatPiece(piece, options));
    before = piece;
    blanks = 0;
  }
  return parts.join('');
}

function needsBlank(before: Piece, piece: Piece, given: boolean): boolean {
  if (piece.kind === 'end' || before.kind === 'header') return false;
  if (given || before.kind === 'end') return true;
  // A comment right above a section speaks of it.
  return piece.kind === 'header' && (before.kind === 'command' || before.kind === 'directive');
}
