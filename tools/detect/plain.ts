// SPDX-License-Identifier: Apache-2.0
import type { MediaCandidate, TreeCandidate } from '../../osinfo/detect/types.js';
import type { Os } from '../../osinfo/model/types.js';
import { type Finding, variantsOf } from './finding.js';

/** The original's lines about a finding: of the first match, or with numbers of all. */
export function plainLines(finding: Finding, all: boolean): readonly string[] {
  if (finding.kind === 'error') return [];
  const lines: string[] = [];
  if (finding.kind === 'media') lines.push(finding.info.bootable ? 'Media is bootable.' : 'Media is not bootable.');
  const matches =
    finding.kind === 'media'
      ? finding.identification.candidates.map(mediaLines)
      : finding.evidenced === undefined
        ? finding.identification.candidates.map(treeLines)
        : [[treeLine(finding.evidenced.os, [], finding.reading.evidence?.arch)]];
  if (!all) return [...lines, ...(matches[0] ?? [])];
  return [...lines, ...matches.flatMap((match, index) => match.map((line) => `#${index + 1}: ${line}`))];
}

function mediaLines({ os, media, variants }: MediaCandidate): readonly string[] {
  const name = nameWithArch(os, variants, media.arch);
  return [
    ...(media.installer ? [`Media is an installer for OS '${name}'`] : []),
    ...(media.live ? [`Media is live media for OS '${name}'`] : []),
    ...variantLines(os, variants, 'media'),
  ];
}

function treeLines({ os, tree, variants }: TreeCandidate): readonly string[] {
  return [treeLine(os, variants, tree.arch), ...variantLines(os, variants, 'tree')];
}

function treeLine(os: Os, variants: readonly string[], arch: string | undefined): string {
  return `Tree is an installer for OS '${nameWithArch(os, variants, arch)}'`;
}

/** The name of the variant where there is just one, and the architecture that the database's entry has. */
function nameWithArch(os: Os, variants: readonly string[], arch: string | undefined): string {
  const [only] = variants.length === 1 ? variantsOf(os, variants) : [];
  const name = only?.name ?? os.name ?? os.shortId ?? os.id;
  return arch === undefined ? name : `${name} (${arch})`;
}

function variantLines(os: Os, variants: readonly string[], what: string): readonly string[] {
  if (variants.length < 2) return [];
  return [`Available OS variants on ${what}:`, ...variantsOf(os, variants).map(({ id, name }) => name ?? id)];
}
