// SPDX-License-Identifier: Apache-2.0
import { type BillEntry, billOf, isAddress, isoTime, oneLine } from './bill.js';
import type { SbomInput } from './types.js';

interface Component {
  readonly type: 'operating-system' | 'library' | 'application' | 'platform';
  readonly 'bom-ref'?: string;
  readonly supplier?: { readonly name: string; readonly contact?: readonly { readonly email: string }[] };
  readonly name: string;
  readonly version?: string;
  readonly description?: string;
  readonly licenses?: readonly ({ readonly expression: string } | { readonly license: { readonly name: string } })[];
  readonly cpe?: string;
  readonly purl?: string;
  readonly externalReferences?: readonly { readonly type: 'website'; readonly url: string }[];
  readonly properties?: readonly { readonly name: string; readonly value: string }[];
}

/** A bill of materials in the form CycloneDX 1.6, as JSON. */
export interface CycloneDxDocument {
  readonly bomFormat: 'CycloneDX';
  readonly specVersion: '1.6';
  readonly serialNumber: string;
  readonly version: 1;
  readonly metadata: {
    readonly timestamp: string;
    readonly lifecycles: readonly [{ readonly phase: 'build' }];
    readonly tools: { readonly components: readonly Component[] };
    readonly component: Component;
  };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

/**
 * The packages of an appliance as a CycloneDX 1.6 document: the appliance, its operating system, and the packages with
 * what they depend on.
 * @see https://cyclonedx.org/docs/1.6/json/
 */
export function makeCycloneDx(input: SbomInput): CycloneDxDocument {
  const { system, entries } = billOf(input);
  const appliance = 'appliance';
  const os = 'operating-system';
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${input.uuid}`,
    version: 1,
    metadata: {
      timestamp: isoTime(input.created),
      lifecycles: [{ phase: 'build' }],
      tools: { components: [{ type: 'application', name: 'guestwright', version: input.toolVersion }] },
      component: {
        type: 'platform',
        'bom-ref': appliance,
        name: input.name,
        ...(input.version === undefined ? {} : { version: input.version }),
        description: oneLine(`a virtual machine with ${system.name} for ${input.arch}`),
      },
    },
    components: [
      {
        type: 'operating-system',
        'bom-ref': os,
        name: system.id,
        ...(system.version === undefined ? {} : { version: system.version }),
        description: oneLine(system.name),
        ...(system.cpe === undefined ? {} : { cpe: system.cpe }),
      },
      ...entries.map(component),
    ],
    dependencies: [
      { ref: appliance, dependsOn: [os] },
      { ref: os, dependsOn: entries.map(({ purl }) => purl) },
      ...entries.map(({ purl, dependsOn }) => ({ ref: purl, dependsOn })),
    ],
  };
}

function component({ one, purl, licence, supplier }: BillEntry): Component {
  const source = one.source && `${one.source.name} ${one.source.version ?? ''}`.trim();
  return {
    type: 'library',
    'bom-ref': purl,
    ...(supplier === undefined
      ? {}
      : {
          supplier: {
            name: oneLine(supplier.name),
            ...(supplier.email === undefined ? {} : { contact: [{ email: supplier.email }] }),
          },
        }),
    name: oneLine(one.name),
    ...(one.version === '' ? {} : { version: oneLine(one.version) }),
    ...(licence === undefined
      ? {}
      : {
          licenses: [
            licence.kind === 'expression'
              ? { expression: licence.expression }
              : { license: { name: oneLine(licence.text) } },
          ],
        }),
    purl,
    ...(isAddress(one.homepage) ? { externalReferences: [{ type: 'website' as const, url: one.homepage }] } : {}),
    properties: [
      { name: 'guestwright:arch', value: oneLine(one.arch) },
      ...(source === undefined ? [] : [{ name: 'guestwright:source', value: oneLine(source) }]),
    ],
  };
}
