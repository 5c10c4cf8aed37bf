// SPDX-License-Identifier: Apache-2.0

/** A name and a sentence about it: an exit code, a variable, a file. */
export type Row = readonly [name: string, about: string];

/** What there is to say of a command beyond its tree of options. Help and the man page take it from here. */
export interface CommandFacts {
  /** Paragraphs after the sentence that the command describes itself with. */
  readonly about: readonly string[];
  readonly exitStatus: readonly Row[];
  readonly environment: readonly Row[];
  readonly files: readonly Row[];
  /** A command line, and what it does. */
  readonly examples: readonly Row[];
  /** Other pages: `osinfo-query(1)`. */
  readonly seeAlso: readonly string[];
}
