// SPDX-License-Identifier: Apache-2.0
import type { Choices, Context } from './context.js';
import { contradiction, sayFact } from './contradiction.js';
import type { Decision, DecisionFact } from './types.js';

/** What a condition found: facts that speak for it, or the one that speaks against it. */
export type Verdict =
  | { readonly holds: true; readonly facts: readonly DecisionFact[] }
  | { readonly holds: false; readonly against: DecisionFact };

export type Condition = (context: Context) => Verdict;

/** One possible answer to a decision. */
export interface Alternative<V> {
  /** Stable name, `decision.word`. */
  readonly rule: string;
  readonly value: V | ((context: Context) => V);
  /** How it is named among the losers when its value can only be worked out where its conditions hold. */
  readonly label?: string;
  /** All must hold. */
  readonly when: readonly Condition[];
  /** The sentence that a person reads, without its full stop. */
  readonly reason: string | ((context: Context) => string);
  /** What it lacks beside a better one, for when it loses. */
  readonly weakness?: string;
  /** Not told among the losers where its conditions do not hold: it is for callers, systems or platforms of another kind. */
  readonly quiet?: boolean;
}

/** A decision: its alternatives, best first; the first whose conditions hold is taken. */
export interface Rule<K extends keyof Choices> {
  readonly decision: K;
  readonly show: (value: Choices[K]) => string;
  readonly alternatives: readonly Alternative<Choices[K]>[];
  /** What the caller chose. It wins over all alternatives, unless it cannot be had at all. */
  readonly override?: {
    readonly asked: (context: Context) => Choices[K] | undefined;
    /** What even a choice needs: without it there is a contradiction. */
    readonly needs?: (value: Choices[K]) => readonly Condition[];
    /** What to do when that is not there. */
    readonly waysOut?: string;
    /** What speaks for a choice: what does not hold becomes a warning. */
    readonly wants?: (value: Choices[K]) => readonly Condition[];
  };
  /** Why a deployment asks for the value; of several that hold, such a one is taken. Absent: none says anything of it. */
  readonly wanted?: (value: Choices[K], context: Context) => DecisionFact | undefined;
  /** Called when nothing holds: throws the contradiction. Without it the last alternative must always hold. */
  readonly otherwise?: (context: Context) => never;
}

export type AnyRule = { readonly decision: keyof Choices; readonly decide: (context: Context) => Decision };

/** A rule, checked against the type of its decision where it is written, ready to stand in a list with others. */
export function rule<K extends keyof Choices>(one: Rule<K>): AnyRule {
  return { decision: one.decision, decide: (context) => decide(one, context) };
}

interface Lost {
  readonly value: string;
  readonly because: string;
  /** Its conditions held, and something better's did too: what it lacks is told. */
  readonly weaker: boolean;
}

interface Won<V> {
  readonly value: V;
  readonly shown: string;
  readonly rule: string;
  readonly reason: string;
  readonly facts: readonly DecisionFact[];
}

/**
 * Takes a decision and records it in the context, where later rules see it.
 * @throws InputError where no alternative is left
 */
function decide<K extends keyof Choices>(one: Rule<K>, context: Context): Decision {
  let winner = overridden(one, context);
  const lost: Lost[] = [];
  for (const alternative of inOrder(one, context)) {
    const tried = tryAll(alternative.when, context);
    if (!tried.holds) {
      if (alternative.quiet) continue;
      const value = alternative.label ?? one.show(valueFor(alternative, context));
      lost.push({ value, because: tried.against.text, weaker: false });
      continue;
    }
    const value = valueFor(alternative, context);
    const shown = one.show(value);
    if (winner) {
      // The same answer for a weaker reason, and the last resort, are no losers worth telling.
      if (shown === winner.shown || alternative.when.length === 0) continue;
      const because =
        alternative.weakness ?? `it could be had too, but of ${winner.shown} can be said: ${winner.reason}`;
      lost.push({ value: shown, because, weaker: alternative.weakness !== undefined });
    } else {
      const reason = typeof alternative.reason === 'string' ? alternative.reason : alternative.reason(context);
      const wish = one.wanted?.(value, context);
      winner = { value, shown, rule: alternative.rule, reason, facts: wish ? [wish, ...tried.facts] : tried.facts };
    }
  }
  if (!winner) {
    one.otherwise?.(context);
    throw new Error(`no alternative of ${one.decision} holds`);
  }
  context.choose(one.decision, winner.value);
  const { shown, rule: name, reason, facts } = winner;
  const others = lost.filter((loser) => loser.value !== shown);
  return { decision: one.decision, value: shown, rule: name, reason, facts, lost: onceEach(others) };
}

/** As the rule ranks them; before them those that the OS and the platform want together. */
function inOrder<K extends keyof Choices>(one: Rule<K>, context: Context): readonly Alternative<Choices[K]>[] {
  const { wanted, alternatives } = one;
  if (!wanted || !context.deployment) return alternatives;
  const isWanted = (alternative: Alternative<Choices[K]>): boolean =>
    tryAll(alternative.when, context).holds && wanted(valueFor(alternative, context), context) !== undefined;
  const first = alternatives.filter(isWanted);
  return [...first, ...alternatives.filter((alternative) => !first.includes(alternative))];
}

function overridden<K extends keyof Choices>(one: Rule<K>, context: Context): Won<Choices[K]> | undefined {
  const value = one.override?.asked(context);
  if (value === undefined) return undefined;
  const shown = one.show(value);
  const tried = tryAll(one.override?.needs?.(value) ?? [], context);
  if (!tried.holds) {
    contradiction(
      'override',
      { text: `${one.decision} ${shown} was asked for` },
      tried.against,
      one.override?.waysOut ?? 'leave it to the recommendation, or take another platform or host',
    );
  }
  for (const wanted of one.override?.wants?.(value) ?? []) {
    const verdict = wanted(context);
    if (!verdict.holds) context.warn(`${one.decision} ${shown} was asked for, but ${sayFact(verdict.against)}`);
  }
  return { value, shown, rule: `${one.decision}.override`, reason: 'your choice wins', facts: tried.facts };
}

function valueFor<V>(alternative: Alternative<V>, context: Context): V {
  const { value } = alternative;
  return typeof value === 'function' ? (value as (context: Context) => V)(context) : value;
}

/** All conditions together: the facts of all, or the first that speaks against it. */
export function tryAll(conditions: readonly Condition[], context: Context): Verdict {
  const facts: DecisionFact[] = [];
  for (const condition of conditions) {
    const verdict = condition(context);
    if (!verdict.holds) return verdict;
    facts.push(...verdict.facts);
  }
  return { holds: true, facts };
}

/** A value may lose several times: what it lacks tells more than what kept it from a better place, and once is enough. */
function onceEach(lost: readonly Lost[]): { readonly value: string; readonly because: string }[] {
  const told = new Map<string, Lost>();
  for (const one of lost) {
    const before = told.get(one.value);
    if (!before || (one.weaker && !before.weaker)) told.set(one.value, one);
  }
  return [...told.values()].map(({ value, because }) => ({ value, because }));
}
