// SPDX-License-Identifier: Apache-2.0
import { optionAbout, visibleCommands, visibleOptions } from '../help/words.js';
import { kindOfArgument, kindOfOption, type ValueKind } from './kinds.js';
import { optionOf, type Position, positionOf, takesValue } from './position.js';

export interface Candidate {
  readonly value: string;
  readonly about?: string;
}

/** What a shell may offer for the last word. */
export interface Answer {
  readonly candidates: readonly Candidate[];
  /** Also files (patterns of their names, none for all) or folders, which the shell knows best itself. */
  readonly paths?: 'file' | 'folder';
  readonly patterns?: readonly string[];
  /** More follows in the same word. */
  readonly noSpace?: true;
}

const nothing: Answer = { candidates: [] };
/** A list that nobody reads to its end. */
const most = 2000;

/**
 * Candidates for the last of `words`, whose first is the program's name. What a database holds is looked up; a database
 * that cannot be read gives no candidates. Values with control characters are left out: no shell can write them.
 */
export async function completeWords(words: readonly string[]): Promise<Answer> {
  const current = words.at(-1) ?? '';
  const position = await positionOf(words.slice(0, -1));
  if (position === undefined) return nothing;
  const answer = await answerAt(position, current);
  const fitting = answer.candidates.filter(({ value }) => value.startsWith(current) && !/\p{Cc}/u.test(value));
  return { ...answer, candidates: fitting.slice(0, most) };
}

async function answerAt(position: Position, current: string): Promise<Answer> {
  const { command, path, operands, waiting, ended } = position;
  if (waiting !== undefined) return await answerFor(kindOfOption(path, waiting), position, current, '');
  const equals = /^(--[^=]+)=/.exec(current);
  if (equals && !ended) {
    const option = optionOf(command, equals[1]!);
    if (option === undefined || !takesValue(option)) return nothing;
    return await answerFor(kindOfOption(path, option), position, current.slice(equals[0].length), equals[0]);
  }
  if (current.startsWith('-') && !ended) return { candidates: optionsOf(position) };
  const subs = operands.length === 0 ? visibleCommands(command) : [];
  if (subs.length > 0) {
    return { candidates: subs.map((one) => ({ value: one.name(), about: one.description() })) };
  }
  const all = command.registeredArguments;
  const argument = all[operands.length] ?? (all.at(-1)?.variadic ? all.at(-1) : undefined);
  if (argument === undefined) return nothing;
  return await answerFor(kindOfArgument(path, argument), position, current, '');
}

/** Options that are still to be given, and those that may come again. */
function optionsOf({ command, values }: Position): readonly Candidate[] {
  const left = visibleOptions(command).filter(
    ({ long, description }) => long !== undefined && (!values.has(long) || description.includes('may be repeated')),
  );
  return [
    ...left.map((option) => ({ value: option.long!, about: optionAbout(option) })),
    { value: '--help', about: 'print help and end' },
  ];
}

/** @param head what stands before the value in the same word: `--platform=` */
async function answerFor(kind: ValueKind, position: Position, current: string, head: string): Promise<Answer> {
  const behind = (start: string, list: readonly Candidate[]): readonly Candidate[] =>
    list.map((one) => ({ ...one, value: `${head}${start}${one.value}` }));
  const plain = (list: readonly string[]): readonly Candidate[] => list.map((value) => ({ value }));
  const listed = current.slice(0, current.lastIndexOf(',') + 1);
  switch (kind.kind) {
    case 'other':
      return nothing;
    case 'words':
      return { candidates: behind(kind.list ? listed : '', plain(kind.words)) };
    case 'file':
      return { candidates: [], paths: 'file', patterns: kind.patterns };
    case 'folder':
      return { candidates: [], paths: 'folder' };
    case 'database':
      return { candidates: behind('', plain(['bundled', 'system'])), paths: 'file' };
    default: {
      const { conditionAnswer, propertiesOf, shortIds } = await import('./database.js');
      if (kind.kind === 'os' || kind.kind === 'platform') {
        return { candidates: behind('', shortIds(kind.kind, position.values)) };
      }
      const type = position.operands[0] ?? '';
      if (kind.kind === 'condition') {
        const { candidates, noSpace } = conditionAnswer(type, current, position.values);
        return { candidates: behind('', candidates), ...(noSpace ? { noSpace: true } : {}) };
      }
      return { candidates: behind(kind.kind === 'properties' ? listed : '', propertiesOf(type)) };
    }
  }
}

/**
 * The answer as the three shells read it: a first line with a colon and what else to offer (`nospace`, `folder`, `file`
 * and patterns of names), then a line for each candidate: the whole word, a tab, what it is.
 */
export function formatAnswer({ candidates, paths, patterns = [], noSpace }: Answer): string {
  const flags = [':', ...(noSpace ? ['nospace'] : []), ...(paths === undefined ? [] : [paths, ...patterns])].join(' ');
  const lines = candidates.map(({ value, about = '' }) =>
    about === '' ? value : `${value}\t${about.replace(/[\p{Cc}\s]+/gu, ' ')}`,
  );
  return `${[flags, ...lines].join('\n')}\n`;
}

/** `guestwright __complete -- WORDS…`: always an answer, never an error; whoever types must not be disturbed. */
export async function runComplete(argv: readonly string[]): Promise<number> {
  const words = argv[0] === '--' ? argv.slice(1) : argv;
  let answer = nothing;
  try {
    answer = await completeWords(words);
  } catch {
    // No candidates are the answer.
  }
  process.stdout.on('error', () => undefined);
  process.stdout.write(formatAnswer(answer));
  return 0;
}
