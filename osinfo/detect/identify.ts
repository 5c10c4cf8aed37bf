// SPDX-License-Identifier: Apache-2.0
import { sourceOf } from '../model/database.js';
import type { Db, Os } from '../model/types.js';
import { type Facts, mediaEntries, mediaTexts, treeEntries, treeTexts } from './match/entries.js';
import { fieldMatches } from './match/fields.js';
import { languagesOf } from './match/languages.js';
import { Matcher } from './match/matcher.js';
import { Patterns } from './match/patterns.js';
import { decidingRule, type Ranked } from './match/rank.js';
import type {
  Identification,
  MediaCandidate,
  MediaFacts,
  MediaField,
  TreeCandidate,
  TreeFacts,
  TreeField,
} from './types.js';

/** Entries told when nothing fits. */
const mostNearest = 5;

/**
 * Which operating system's installation medium this is: the media of the database that fit, best first (exact size,
 * more fields, narrower pattern, exact architecture, a certain release, the newer one), each with its fields and the
 * rule that put it where it is. What comes near is found when `nearest` is first looked at.
 * @throws TypeError for a database that `openDb` or `dbFromXml` did not make
 */
export function identifyMedia(db: Db, facts: MediaFacts): Identification<MediaCandidate> {
  const { media: matcher, patterns } = detectionOf(db);
  const texts = mediaTexts(facts);
  return identification(matcher, texts, (ranked, why) => {
    const os = osOf(db, ranked);
    const media = os.media[ranked.entry.part]!;
    return {
      os,
      media,
      arch: ranked.entry.arch ?? facts.arch,
      variants: media.variants,
      languages: languagesOf(db, media, facts.volumeId, patterns),
      fields: fieldMatches<MediaField>(ranked.entry, texts, patterns),
      why,
    };
  });
}

/**
 * Which operating system's installation tree this is, in the same way. Architectures go by any of their names.
 * @throws TypeError for a database that `openDb` or `dbFromXml` did not make
 */
export function identifyTree(db: Db, facts: TreeFacts): Identification<TreeCandidate> {
  const { trees: matcher, patterns } = detectionOf(db);
  const texts = treeTexts(facts);
  return identification(matcher, texts, (ranked, why) => {
    const os = osOf(db, ranked);
    const tree = os.trees[ranked.entry.part]!;
    return {
      os,
      tree,
      arch: ranked.entry.arch ?? facts.arch,
      variants: tree.variants,
      fields: fieldMatches<TreeField>(ranked.entry, texts, patterns) as TreeCandidate['fields'],
      why,
    };
  });
}

interface Detection {
  readonly patterns: Patterns;
  readonly media: Matcher<MediaField>;
  readonly trees: Matcher<TreeField>;
}

const known = new WeakMap<Db, Detection>();

/** What recognising needs of a database, made when first asked for. */
function detectionOf(db: Db): Detection {
  let detection = known.get(db);
  if (detection === undefined) {
    detection = lazyDetection(db);
    known.set(db, detection);
  }
  return detection;
}

function lazyDetection(db: Db): Detection {
  const source = sourceOf(db);
  const rows = source.detection();
  const patterns = new Patterns();
  let media: Matcher<MediaField> | undefined;
  let trees: Matcher<TreeField> | undefined;
  return {
    patterns,
    get media() {
      media ??= new Matcher(source, mediaEntries(rows), patterns);
      return media;
    },
    get trees() {
      trees ??= new Matcher(source, treeEntries(rows), patterns);
      return trees;
    },
  };
}

function osOf(db: Db, { osId }: Ranked<string>): Os {
  return db.os(osId);
}

function identification<Field extends string, Candidate>(
  matcher: Matcher<Field>,
  facts: Facts<Field>,
  candidate: (ranked: Ranked<Field>, why: string) => Candidate,
): Identification<Candidate> {
  const found = matcher.match(facts);
  let nearest: readonly Candidate[] | undefined = found.length > 0 ? [] : undefined;
  return {
    candidates: found.map((ranked, place) => candidate(ranked, reason(found, place))),
    get nearest() {
      nearest ??= matcher.nearest(facts, mostNearest).map((ranked) => candidate(ranked, 'it misses least'));
      return nearest;
    },
  };
}

/** Why an entry stands where it does: what speaks for the first, what put another behind the one before it. */
function reason(found: readonly Ranked<string>[], place: number): string {
  const [better, worse] = place === 0 ? [found[0]!, found[1]] : [found[place - 1]!, found[place]];
  if (worse === undefined) return 'the only entry that fits';
  return decidingRule(better, worse)?.says(better, worse) ?? 'the same in everything';
}
