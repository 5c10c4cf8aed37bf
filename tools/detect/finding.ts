// SPDX-License-Identifier: Apache-2.0
import type { MediaInfo } from '../../osinfo/detect/iso/types.js';
import type { EvidencedOs } from '../../osinfo/detect/tree/evidence.js';
import type { TreeReading } from '../../osinfo/detect/tree/read.js';
import type { Identification, MediaCandidate, TreeCandidate } from '../../osinfo/detect/types.js';
import type { GuestwrightError } from '../../osinfo/errors.js';
import type { Os } from '../../osinfo/model/types.js';

export interface MediaFinding {
  readonly kind: 'media';
  readonly location: string;
  readonly info: MediaInfo;
  readonly identification: Identification<MediaCandidate>;
}

export interface TreeFinding {
  readonly kind: 'tree';
  readonly location: string;
  readonly reading: TreeReading;
  readonly identification: Identification<TreeCandidate>;
  /** The operating system that the layout speaks for; only where no entry fits. */
  readonly evidenced?: EvidencedOs;
}

/** What became of one location. */
export type Finding =
  | MediaFinding
  | TreeFinding
  | { readonly kind: 'error'; readonly location: string; readonly error: GuestwrightError };

export function isRecognised(finding: Finding): boolean {
  if (finding.kind === 'error') return false;
  if (finding.identification.candidates.length > 0) return true;
  return finding.kind === 'tree' && finding.evidenced !== undefined;
}

/** The variants of an entry, in its order, with their names where the operating system gives them. */
export function variantsOf(os: Os, ids: readonly string[]): readonly { readonly id: string; readonly name?: string }[] {
  return ids.map((id) => {
    const name = os.variants.find((variant) => variant.id === id)?.name;
    return name === undefined ? { id } : { id, name };
  });
}
