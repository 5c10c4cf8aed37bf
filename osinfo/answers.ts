// SPDX-License-Identifier: Apache-2.0
import type { Arch, Origin, Os, Resources } from './model/types.js';

/**
 * The second layer: answers that libosinfo leaves to its caller, each with where it is from. libosinfo fills only what
 * says `inherit="true"` and never picks an architecture; here what an operating system does not say is taken from the
 * nearest one that it derives from or clones, `all` fills an architecture, and recommended falls back on minimum.
 */

/** One number and how it was come by. */
export interface Answer {
  /** Bytes, hertz or a count, by the field. */
  readonly value: number;
  /** What was done to get it; empty where the entry itself says it for this very architecture. */
  readonly how: readonly How[];
  /** Id of the operating system whose entry says it. */
  readonly from: string;
  readonly origin: Origin;
}

/**
 * `inherited`: an ancestor says it. `arch-all`: said for all architectures. `from-minimum`: nothing recommended is said,
 * this is the minimum. `raised-to-minimum`: what is said is less than the minimum, which counts.
 */
export type How = 'inherited' | 'arch-all' | 'from-minimum' | 'raised-to-minimum';

export interface AnsweredResources {
  readonly cpuHz?: Answer;
  readonly nCpus?: Answer;
  readonly ramBytes?: Answer;
  readonly storageBytes?: Answer;
}

export interface ResourceAnswers {
  readonly minimum: AnsweredResources;
  readonly recommended: AnsweredResources;
  readonly maximum: AnsweredResources;
  /** What an installation from the network needs, where the database speaks of it; never less than the minimum. */
  readonly networkInstall: AnsweredResources;
}

const fields = ['cpuHz', 'nCpus', 'ramBytes', 'storageBytes'] as const;
type Field = (typeof fields)[number];
type List = keyof ResourceAnswers;

/**
 * What an operating system needs on an architecture, number by number. Nearer entries go before farther ones, and
 * within an entry the architecture before `all`. A number that nobody says is absent; it never throws.
 * @param arch the database's name of it: `x86_64`, `aarch64`
 */
export function resourcesFor(os: Os, arch: Arch): ResourceAnswers {
  const minimum = answered((field) => said(os, arch, 'minimum', field));
  const atLeastMinimum = (answer: Answer | undefined, field: Field): Answer | undefined => {
    const least = minimum[field];
    if (answer === undefined || least === undefined || answer.value >= least.value) return answer;
    return { ...least, how: [...least.how, 'raised-to-minimum'] };
  };
  return {
    minimum,
    recommended: answered((field) => {
      const answer = said(os, arch, 'recommended', field);
      if (answer !== undefined) return atLeastMinimum(answer, field);
      const least = minimum[field];
      return least && { ...least, how: [...least.how, 'from-minimum'] };
    }),
    maximum: answered((field) => said(os, arch, 'maximum', field)),
    networkInstall: answered((field) => atLeastMinimum(said(os, arch, 'networkInstall', field), field)),
  };
}

function answered(answer: (field: Field) => Answer | undefined): AnsweredResources {
  const found: { [key in Field]?: Answer } = {};
  for (const field of fields) {
    const value = answer(field);
    if (value !== undefined) found[field] = value;
  }
  return found;
}

function said(os: Os, arch: Arch, list: List, field: Field): Answer | undefined {
  for (const one of [os, ...os.ancestors]) {
    const entries = one.ownResources[list].filter((entry) => entry[field] !== undefined);
    const exact = entries.find((entry) => entry.arch === arch);
    const entry: Resources | undefined = exact ?? entries.find((candidate) => candidate.arch === 'all');
    if (entry === undefined) continue;
    const how: How[] = [];
    if (one !== os) how.push('inherited');
    if (exact === undefined && arch !== 'all') how.push('arch-all');
    return { value: entry[field]!, how, from: one.id, origin: entry.origin };
  }
  return undefined;
}
