// SPDX-License-Identifier: Apache-2.0
import type { Arch, Media, Os, Tree } from '../model/types.js';

/** What an ISO image says of itself. Absent and blank fields are left out; sizes are bytes. */
export interface MediaFacts {
  readonly volumeId?: string;
  readonly systemId?: string;
  readonly publisherId?: string;
  readonly applicationId?: string;
  /** Blocks times block size of the ISO 9660 volume, which can be less than the file. */
  readonly volumeSize?: number;
  /** Where something other than the labels tells it. */
  readonly arch?: Arch;
}

/** What an installation tree says of itself: `[general]` of its treeinfo, or what its layout tells. */
export interface TreeFacts {
  readonly family?: string;
  readonly variant?: string;
  readonly version?: string;
  /** As written. */
  readonly arch?: Arch;
  /** Paths below the tree. */
  readonly kernel?: string;
  readonly initrd?: string;
  readonly bootIso?: string;
}

export type MediaField = 'volume-id' | 'system-id' | 'publisher-id' | 'application-id' | 'volume-size' | 'arch';
export type TreeField = 'family' | 'variant' | 'version' | 'arch';

/** How one field of an entry met one field of what was read. */
export interface FieldMatch<Field extends string = MediaField | TreeField> {
  readonly field: Field;
  /** What the entry asks for: a pattern, a size, an architecture. */
  readonly wanted: string;
  /** What was read; undefined where it was absent. */
  readonly read: string | undefined;
  /** `absent`: the entry asks for a field that what was read lacks. `bad-pattern`: it cannot be used, and is named in `db.issues`. */
  readonly outcome: 'fits' | 'differs' | 'absent' | 'bad-pattern';
}

interface CandidateOf<Field extends string> {
  readonly os: Os;
  /** The architecture of the answer: the entry's, or where that says `all` (or none) what was read. */
  readonly arch: Arch | undefined;
  /** Ids of the entry's variants. */
  readonly variants: readonly string[];
  readonly fields: readonly FieldMatch<Field>[];
  /** The rule that put it behind the one before it, in words; for the first, what speaks for it. */
  readonly why: string;
}

export interface MediaCandidate extends CandidateOf<MediaField> {
  readonly media: Media;
  /** As libosinfo fills them: what the entry's expression finds in the volume id, else the entry's own list. */
  readonly languages: readonly string[];
}

export interface TreeCandidate extends CandidateOf<TreeField> {
  readonly tree: Tree;
}

/** Who fits, best first (design decision 6), and who came near where nobody does. */
export interface Identification<Candidate> {
  readonly candidates: readonly Candidate[];
  /** Filled only when nothing fits: the entries that miss least, best first, at most five. */
  readonly nearest: readonly Candidate[];
}
