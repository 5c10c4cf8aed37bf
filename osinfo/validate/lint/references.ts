// SPDX-License-Identifier: Apache-2.0
import { nearest } from '../../errors.js';
import type { At, EntityRecord, Kind } from '../../load/records.js';
import { definedOf, isDefined, type LintFinding, type LintInput, type LintRule } from './types.js';

/** References to entities (devices apart, which pci.ids and usb.ids define too) and to variants. */
export const references: LintRule = {
  name: 'dangling',
  about: 'something refers to an entity or a variant that is defined nowhere',
  *check(input): Generator<LintFinding> {
    for (const { kind, id, what, at } of allReferences(input)) {
      if (isDefined(input, kind, id)) continue;
      yield { severity: 'error', at, message: `${what} ${id}, which is not defined${hint(input, kind, id)}` };
    }
    for (const record of definedOf(input, 'os')) yield* variants(record);
  },
};

interface EntityReference {
  readonly kind: Kind;
  readonly id: string;
  readonly what: string;
  readonly at: At;
}

function* allReferences(input: LintInput): Generator<EntityReference> {
  for (const kind of ['os', 'platform', 'install-script'] as const) {
    for (const { relations = [] } of definedOf(input, kind)) {
      for (const { relation, id, at } of relations) yield { kind, id, what: `<${relation}> names`, at };
    }
  }
  for (const record of definedOf(input, 'os')) {
    for (const { name, attributes, at } of record.facts ?? []) {
      const { as } = attributes;
      if (name === 'same-labels' && as !== undefined) yield { kind: 'os', id: as, what: '<same-labels> names', at };
    }
    for (const id of record.scripts ?? []) {
      yield { kind: 'install-script', id, what: '<installer> names the script', at: record.origins[0]! };
    }
    for (const { params, at } of record.media ?? []) {
      for (const id of params.script ?? [])
        yield { kind: 'install-script', id, what: '<installer> names the script', at };
      const [map] = params['l10n-language-map'] ?? [];
      if (map !== undefined) yield { kind: 'datamap', id: map, what: '<l10n-language> names the datamap', at };
    }
  }
  for (const { config = [] } of definedOf(input, 'install-script')) {
    for (const { id, params, at } of config) {
      const [map] = params['value-map'] ?? [];
      if (map !== undefined) yield { kind: 'datamap', id: map, what: `the parameter ${id} names the datamap`, at };
    }
  }
  for (const { os, platform, origins } of definedOf(input, 'deployment')) {
    if (os !== undefined) yield { kind: 'os', id: os, what: '<os> names', at: origins[0]! };
    if (platform !== undefined) yield { kind: 'platform', id: platform, what: '<platform> names', at: origins[0]! };
  }
}

/** Media, trees and images name variants of their own OS. */
function* variants(record: EntityRecord): Generator<LintFinding> {
  const known = new Set((record.variants ?? []).map(({ id }) => id));
  for (const part of ['media', 'trees', 'images'] as const) {
    for (const { params, at } of record[part] ?? []) {
      for (const id of params.variant ?? []) {
        if (known.has(id)) continue;
        const near = nearest(id, known);
        const hint = near.length > 0 ? `; did you mean ${near.join(', ')}?` : '';
        yield { severity: 'error', at, message: `the variant ${id} is not one of this operating system${hint}` };
      }
    }
  }
}

function hint(input: LintInput, kind: Kind, id: string): string {
  // Most of an id is the same in all ids of a vendor: only what differs can be near.
  const base = id.slice(0, id.lastIndexOf('/') + 1);
  const ids = definedOf(input, kind).map((record) => record.id);
  const ends = ids.filter((other) => other.startsWith(base)).map((other) => other.slice(base.length));
  const near = nearest(id.slice(base.length), ends, 2).map((end) => base + end);
  return near.length > 0 ? `; did you mean ${near.join(' or ')}?` : '';
}
