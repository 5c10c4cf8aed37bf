// SPDX-License-Identifier: Apache-2.0
import type { FieldMatch, MediaCandidate, MediaFacts, TreeCandidate, TreeFacts } from '../../osinfo/detect/types.js';
import type { Finding, MediaFinding, TreeFinding } from './finding.js';

/** Lines for a person about what no entry fits: what was read, and the nearest entries with what they miss. */
export function explainUnknown(finding: MediaFinding | TreeFinding): readonly string[] {
  const read = finding.kind === 'media' ? showFacts(finding.info.facts) : showFacts(finding.reading.facts);
  const nearest: readonly (MediaCandidate | TreeCandidate)[] = finding.identification.nearest;
  return [
    `${finding.location}: is not in the database; read was ${read}`,
    ...nearest.map((one) => `  near: ${describe(one)}: ${missed(one.fields).join(', ')}`),
  ];
}

/** Lines for a person about what was recognised, and why. */
export function explainKnown(finding: Finding): readonly string[] {
  if (finding.kind === 'error') return [];
  const { location } = finding;
  const facts = finding.kind === 'media' ? finding.info.facts : finding.reading.facts;
  const from = finding.kind === 'tree' ? ` by ${finding.reading.from}` : '';
  const lines = [`${location}: read was ${showFacts(facts)}${from}`];
  if (finding.kind === 'media') {
    lines.push(...finding.info.warnings.map(({ message }) => `  ${message}`));
  } else if (finding.evidenced !== undefined) {
    lines.push(`  ${finding.evidenced.os.shortId ?? finding.evidenced.os.id}: ${finding.evidenced.why}`);
  }
  const candidates: readonly (MediaCandidate | TreeCandidate)[] = finding.identification.candidates;
  return [...lines, ...candidates.slice(0, 5).map((one) => `  ${describe(one)}: ${one.why}`)];
}

const names: Readonly<Record<string, string>> = {
  volumeId: 'volume id',
  systemId: 'system id',
  publisherId: 'publisher id',
  applicationId: 'application id',
  volumeSize: 'size',
  bootIso: 'boot.iso',
};

/** `volume id "CDROM", size 4096`: every fact that is there. */
export function showFacts(facts: MediaFacts | TreeFacts): string {
  const shown = Object.entries(facts).map(
    ([key, value]) => `${names[key] ?? key} ${typeof value === 'string' ? JSON.stringify(value) : String(value)}`,
  );
  return shown.length === 0 ? 'nothing that tells it' : shown.join(', ');
}

function describe({ os, arch }: MediaCandidate | TreeCandidate): string {
  const name = os.shortId ?? os.id;
  return arch === undefined ? name : `${name} (${arch})`;
}

/** What an entry misses, a phrase a field. */
export function missed(fields: readonly FieldMatch[]): readonly string[] {
  return fields
    .filter(({ outcome }) => outcome !== 'fits')
    .map(({ field, wanted, read, outcome }) =>
      outcome === 'differs'
        ? `${field} ${JSON.stringify(read ?? '')} is not ${wanted}`
        : outcome === 'absent'
          ? `there is no ${field} (wanted is ${wanted})`
          : `its pattern for ${field} cannot be used (${wanted})`,
    );
}
