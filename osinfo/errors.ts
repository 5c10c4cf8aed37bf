// SPDX-License-Identifier: Apache-2.0

/** A place in a text that came from outside. Lines and columns count from 1. */
export interface Place {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

/** `file:line:column`, as far as they are known. */
export function formatPlace(at: Place): string {
  let text = at.file;
  if (at.line !== undefined) text += `:${at.line}`;
  if (at.line !== undefined && at.column !== undefined) text += `:${at.column}`;
  return text;
}

/** The base of every error that guestwright throws on purpose. `code` is stable; the message is one line for a person. */
export class GuestwrightError extends Error {
  readonly code: string;
  constructor(code: string, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** What was given is wrong: a file, an option, a name. Exit code 2. The message begins with the place where there is one. */
export class InputError extends GuestwrightError {
  readonly at?: Place;
  constructor(code: string, message: string, at?: Place, options?: { cause?: unknown }) {
    super(code, at ? `${formatPlace(at)}: ${message}` : message, options);
    if (at) this.at = at;
  }
}

/** A name that nothing answers to, with the names that come near it. Exit code 2. */
export class NotFoundError extends InputError {
  readonly near: readonly string[];
  constructor(code: string, message: string, near: readonly string[] = [], at?: Place) {
    super(code, near.length > 0 ? `${message}; did you mean ${near.join(', ')}?` : message, at);
    this.near = near;
  }
}

/** The input was right and the work failed: a program, the network, the disk. Exit code 1. */
export class WorkError extends GuestwrightError {}

/** A program of the system ended badly. `log` names the file with all that it said, where one is kept. */
export class ToolError extends WorkError {
  readonly program: string;
  readonly exitCode: number | null;
  readonly log?: string;
  constructor(program: string, exitCode: number | null, message: string, log?: string) {
    super('tool-failed', message);
    this.program = program;
    this.exitCode = exitCode;
    if (log !== undefined) this.log = log;
  }
}

/** A program, a right or a kernel ability that this machine lacks. The message ends with the command that mends it. Exit code 1. */
export class MissingError extends WorkError {}

/** The exit code of the house: 2 for wrong input or usage, 1 for work that failed. */
export function exitCodeOf(error: unknown): 1 | 2 {
  return error instanceof InputError ? 2 : 1;
}

/**
 * The names among `candidates` that are nearest to `name`, at most `most`, best first: prefix matches,
 * then those within an edit distance of a third of the length.
 */
export function nearest(name: string, candidates: Iterable<string>, most = 3): string[] {
  const wanted = name.toLowerCase().slice(0, 64);
  const bound = Math.max(1, Math.ceil(wanted.length / 3));
  const scored: { candidate: string; score: number }[] = [];
  for (const candidate of new Set(candidates)) {
    const other = candidate.toLowerCase().slice(0, 64);
    const score = editDistance(wanted, other);
    if (score <= bound) scored.push({ candidate, score });
    else if (wanted.length > 2 && other.startsWith(wanted)) scored.push({ candidate, score: bound + score / 100 });
  }
  scored.sort((a, b) => a.score - b.score || (a.candidate < b.candidate ? -1 : 1));
  return scored.slice(0, most).map((entry) => entry.candidate);
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1;
      current.push(Math.min(previous[j]! + 1, current[j - 1]! + 1, previous[j - 1]! + change));
    }
    previous = current;
  }
  return previous[b.length]!;
}
