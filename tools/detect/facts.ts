// SPDX-License-Identifier: Apache-2.0
import { createReadStream } from 'node:fs';
import { identifyMedia, identifyTree } from '../../osinfo/detect/identify.js';
import type { MediaCandidate, TreeCandidate } from '../../osinfo/detect/types.js';
import { InputError } from '../../osinfo/errors.js';
import type { Db, Os } from '../../osinfo/model/types.js';
import { type FactsLine, parseFactsLine } from './facts-line.js';
import { fieldJson } from './json.js';
import { readLines } from './lines.js';
import { suggestion } from './suggestion.js';

/** The longest line that is taken: a treeinfo has some 10 KiB. */
const mostLineBytes = 1024 * 1024;

export interface FactsOptions {
  readonly all: boolean;
  readonly suggest: boolean;
}

/**
 * Answers each line of JSON (schema/detect-facts.schema.json) with one, in the same order, as they come. Empty lines are
 * passed over.
 * @param file its name, or `-` for standard input
 * @returns the exit code: 0 where all were recognised, 1 where some were not, 2 where a line could not be read
 * @throws InputError for a file that cannot be read
 */
export async function answerFacts(db: Db, file: string, options: FactsOptions): Promise<0 | 1 | 2> {
  const name = file === '-' ? 'standard input' : file;
  const input: AsyncIterable<Buffer> = file === '-' ? process.stdin : createReadStream(file);
  let code: 0 | 1 | 2 = 0;
  let waiting = '';
  try {
    for await (const line of readLines(input, mostLineBytes)) {
      if ('text' in line && line.text.trim() === '') continue;
      const at = { file: name, line: line.number };
      const answer = 'tooLong' in line ? tooLong(at) : answerLine(db, line.text, at, options);
      if ('error' in answer) code = 2;
      else if (answer.shortId === null && answer.id === undefined && code === 0) code = 1;
      waiting += `${JSON.stringify(answer)}\n`;
      // Many small writes would take longer than the answers. A pipe gets what there is when its reader is waiting.
      if (waiting.length > 65_536) {
        await write(waiting);
        waiting = '';
      }
    }
  } catch (error) {
    const { code: cause, message } = error as NodeJS.ErrnoException;
    if (cause === undefined || error instanceof InputError) throw error;
    throw new InputError('facts', `${name}: ${cause === 'ENOENT' ? 'there is no such file' : message}`);
  } finally {
    await write(waiting);
  }
  return code;
}

async function write(text: string): Promise<void> {
  if (text === '' || process.stdout.write(text)) return;
  await new Promise<void>((resolve) => process.stdout.once('drain', resolve));
}

type Candidate = MediaCandidate | TreeCandidate;

/** What a line of the output holds. */
type Answer =
  | { readonly error: string }
  | { readonly shortId: string | null; readonly id?: string; readonly [member: string]: unknown };

function tooLong(at: { readonly file: string; readonly line: number }): Answer {
  return { error: new InputError('facts', `is longer than ${mostLineBytes} bytes`, at).message };
}

function answerLine(
  db: Db,
  text: string,
  at: { readonly file: string; readonly line: number },
  options: FactsOptions,
): Answer {
  let line: FactsLine;
  try {
    line = parseFactsLine(text, at);
  } catch (error) {
    if (error instanceof InputError) return { error: error.message };
    throw error;
  }
  const found = line.kind === 'media' ? identifyMedia(db, line.facts) : identifyTree(db, line.facts);
  const candidates: readonly Candidate[] = found.candidates;
  const [first] = candidates;
  if (first !== undefined) {
    return { ...matchJson(first), ...(options.all ? { candidates: candidates.map(matchJson) } : {}) };
  }
  const nearest: readonly Candidate[] = found.nearest;
  return {
    shortId: null,
    nearest: nearest.map(({ os, arch, fields }) => ({
      ...osJson(os),
      arch: arch ?? null,
      missed: fields.filter(({ outcome }) => outcome !== 'fits').map(fieldJson),
    })),
    ...(options.suggest ? { suggestion: suggestion(line) } : {}),
  };
}

function matchJson(candidate: Candidate) {
  const { os, arch, variants, why } = candidate;
  const languages = 'media' in candidate ? candidate.languages : [];
  return { ...osJson(os), arch: arch ?? null, variants, languages, why };
}

function osJson({ shortId, shortIds, id }: Os) {
  return { shortId: shortId ?? null, shortIds, id };
}
