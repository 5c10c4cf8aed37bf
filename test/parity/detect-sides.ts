// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { identifyMedia, identifyTree } from '../../osinfo/detect/identify.js';
import type { Db, MediaCandidate, MediaFacts, TreeCandidate, TreeFacts } from '../../osinfo/index.js';
import { python } from './library.js';

const script = fileURLToPath(new URL('detect.py', import.meta.url));

export type Question =
  | { readonly kind: 'media'; readonly facts: MediaFacts }
  | { readonly kind: 'tree'; readonly facts: TreeFacts };

export interface TheirAnswer {
  readonly shortIds: readonly string[] | null;
  readonly arch: string | null;
  readonly languages: readonly string[];
  /** Milliseconds of the identification alone. */
  readonly ms: number;
}

/** What C libosinfo answers, asked by as many processes as the smallest of machines has processors. */
export async function askTheirs(
  place: string,
  questions: readonly Question[],
  home: string,
): Promise<readonly TheirAnswer[]> {
  const half = Math.ceil(questions.length / 2);
  const parts = [questions.slice(0, half), questions.slice(half)].filter(({ length }) => length > 0);
  const answers = await Promise.all(parts.map((part) => askOne(place, part, home)));
  return answers.flat();
}

function askOne(place: string, questions: readonly Question[], home: string): Promise<readonly TheirAnswer[]> {
  const env = { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8', HOME: home };
  const child = spawn(python, [script, place], { env, stdio: ['pipe', 'pipe', 'ignore'] });
  child.stdin.end(questions.map((question) => `${JSON.stringify(theirWords(question))}\n`).join(''));
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      const lines = Buffer.concat(chunks).toString('utf8').trim().split('\n');
      if (code !== 0 || lines.length !== questions.length) reject(new Error(`detect.py ended with ${code}`));
      else resolve(lines.map((line) => JSON.parse(line) as TheirAnswer));
    });
  });
}

/** The properties that libosinfo itself would set after reading such a medium or tree. */
function theirWords({ kind, facts }: Question): Readonly<Record<string, string | number>> {
  const words: Readonly<Record<string, string | number | undefined>> =
    kind === 'media'
      ? {
          'volume-id': facts.volumeId,
          'system-id': facts.systemId,
          'publisher-id': facts.publisherId,
          'application-id': facts.applicationId,
          'volume-size': facts.volumeSize,
          architecture: facts.arch,
        }
      : {
          'treeinfo-family': facts.family,
          'treeinfo-variant': facts.variant,
          'treeinfo-version': facts.version,
          'treeinfo-arch': facts.arch,
          architecture: facts.arch ?? 'i386',
        };
  return { kind, ...Object.fromEntries(Object.entries(words).filter(([, value]) => value)) } as Record<
    string,
    string | number
  >;
}

export type Candidate = MediaCandidate | TreeCandidate;

export function askOurs(db: Db, { kind, facts }: Question): readonly Candidate[] {
  return kind === 'media' ? identifyMedia(db, facts).candidates : identifyTree(db, facts).candidates;
}

/**
 * The rule that explains why an answer of ours differs from libosinfo's; undefined where they agree, and
 * `unexplained` where no rule does.
 */
export function differenceOf(ours: readonly Candidate[], theirs: TheirAnswer): string | undefined {
  const [best] = ours;
  const name = theirs.shortIds?.[0];
  if (best?.os.shortId === name) return undefined;
  if (best === undefined) return 'unexplained';
  if (name !== undefined) {
    const place = ours.findIndex(({ os }) => os.shortId === name);
    return place > 0 ? `ranked: ${ruleOf(ours[1]!.why)}` : 'unexplained';
  }
  const renamed = best.fields.some(
    ({ field, wanted, read }) => field === 'arch' && read !== undefined && wanted !== read,
  );
  return renamed ? 'architecture by another name' : 'unexplained';
}

const rules: readonly (readonly [RegExp, string])[] = [
  [/exactly this size/, 'exact size'],
  [/fields, not/, 'more fields'],
  [/literally/, 'narrower pattern'],
  [/has an entry for/, 'exact architecture'],
  [/, not (?:a|not) /, 'certain release'],
  [/is newer/, 'newer release'],
  [/higher version/, 'higher version'],
  [/more often/, 'commoner architecture'],
  [/by its id/, 'id'],
];

function ruleOf(why: string): string {
  return rules.find(([words]) => words.test(why))?.[1] ?? why;
}
