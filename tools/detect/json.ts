// SPDX-License-Identifier: Apache-2.0
import type { FieldMatch, MediaCandidate, TreeCandidate } from '../../osinfo/detect/types.js';
import type { Os } from '../../osinfo/model/types.js';
import { type Finding, isRecognised, type MediaFinding, type TreeFinding, variantsOf } from './finding.js';

/** A finding as `--format json` prints it (schema/detect.schema.json); what is absent is left out by the printing. */
export function toJson(finding: Finding, all: boolean, suggestion: string | undefined): object {
  const { location } = finding;
  if (finding.kind === 'error') {
    const { code, message } = finding.error;
    return { location, type: null, recognised: false, error: { code, message }, candidates: [], nearest: [] };
  }
  const candidates = finding.kind === 'media' ? mediaCandidates(finding) : treeCandidates(finding);
  return {
    location,
    type: finding.kind,
    recognised: isRecognised(finding),
    ...(finding.kind === 'media' ? { media: mediaFacts(finding) } : { tree: treeFacts(finding) }),
    candidates: all ? candidates : candidates.slice(0, 1),
    nearest: finding.identification.nearest.map(candidateJson),
    suggestion,
  };
}

function mediaFacts({ info }: MediaFinding): object {
  const { facts, bootable, bootPlatforms, format, overlays, warnings } = info;
  return { ...facts, bootable, bootPlatforms, format, overlays, warnings: warnings.map(({ message }) => message) };
}

function treeFacts({ reading }: TreeFinding): object {
  return { ...reading.facts, from: reading.from };
}

function mediaCandidates({ identification }: MediaFinding): readonly object[] {
  return identification.candidates.map(candidateJson);
}

function treeCandidates({ identification, evidenced, reading }: TreeFinding): readonly object[] {
  if (evidenced === undefined) return identification.candidates.map(candidateJson);
  const arch = reading.evidence?.arch;
  return [{ ...osJson(evidenced.os), arch, entry: null, variants: [], languages: [], why: evidenced.why, fields: [] }];
}

function candidateJson(candidate: MediaCandidate | TreeCandidate): object {
  const { os, arch, variants, why, fields } = candidate;
  const shared = { ...osJson(os), arch, variants: variantsOf(os, variants), why, fields: fields.map(fieldJson) };
  if ('media' in candidate) {
    const { id, installer, live, kernel, initrd, url } = candidate.media;
    return { ...shared, entry: id, languages: candidate.languages, installer, live, kernel, initrd, url };
  }
  const { id, kernel, initrd, bootIso, url } = candidate.tree;
  return { ...shared, entry: id, languages: [], kernel, initrd, bootIso, url };
}

function osJson(os: Os): object {
  const { shortId, shortIds, id, name, version } = os;
  return { shortId: shortId ?? null, shortIds, id, name, version };
}

/** What an entry asks for, what was read, and whether that fits. */
export function fieldJson({ field, wanted, read, outcome }: FieldMatch): object {
  return { field, wanted, read, outcome };
}
