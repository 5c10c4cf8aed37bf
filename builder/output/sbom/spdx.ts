// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { type BillEntry, type BillSystem, billOf, isAddress, isoTime, oneLine, type Supplier } from './bill.js';
import type { SbomInput } from './types.js';

interface SpdxPackage {
  readonly SPDXID: string;
  readonly name: string;
  readonly versionInfo?: string;
  readonly supplier: string;
  readonly downloadLocation: 'NOASSERTION';
  readonly filesAnalyzed: false;
  readonly homepage?: string;
  readonly sourceInfo?: string;
  readonly licenseConcluded: 'NOASSERTION';
  readonly licenseDeclared: string;
  readonly copyrightText: 'NOASSERTION';
  readonly primaryPackagePurpose?: 'OPERATING-SYSTEM';
  readonly externalRefs?: readonly {
    readonly referenceCategory: 'PACKAGE-MANAGER' | 'SECURITY';
    readonly referenceType: 'purl' | 'cpe22Type' | 'cpe23Type';
    readonly referenceLocator: string;
  }[];
}

interface SpdxRelationship {
  readonly spdxElementId: string;
  readonly relationshipType: 'DESCRIBES' | 'CONTAINS' | 'DEPENDS_ON';
  readonly relatedSpdxElement: string;
}

/** A bill of materials in the form SPDX 2.3, as JSON. */
export interface SpdxDocument {
  readonly spdxVersion: 'SPDX-2.3';
  readonly dataLicense: 'CC0-1.0';
  readonly SPDXID: 'SPDXRef-DOCUMENT';
  readonly name: string;
  readonly documentNamespace: string;
  readonly creationInfo: { readonly created: string; readonly creators: readonly string[] };
  readonly packages: readonly SpdxPackage[];
  readonly hasExtractedLicensingInfos?: readonly {
    readonly licenseId: string;
    readonly name: string;
    readonly extractedText: string;
  }[];
  readonly relationships: readonly SpdxRelationship[];
}

const DOCUMENT = 'SPDXRef-DOCUMENT';
const APPLIANCE = 'SPDXRef-Appliance';
const SYSTEM = 'SPDXRef-OperatingSystem';

/**
 * The packages of an appliance as an SPDX 2.3 document: the document describes the appliance, which contains the
 * operating system, which contains the packages; packages depend on packages.
 * @see https://spdx.github.io/spdx-spec/v2.3/
 */
export function makeSpdx(input: SbomInput): SpdxDocument {
  const { system, entries } = billOf(input);
  const ids = new Map(entries.map(({ purl, one }) => [purl, `SPDXRef-Package-${slug(one.name)}-${short(purl)}`]));
  const texts = new Map(
    entries.flatMap(({ licence }) => (licence?.kind === 'text' ? [[licenceRef(licence.text), licence.text]] : [])),
  );
  const relate = (
    spdxElementId: string,
    relationshipType: SpdxRelationship['relationshipType'],
    relatedSpdxElement: string,
  ): SpdxRelationship => ({ spdxElementId, relationshipType, relatedSpdxElement });
  return {
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: DOCUMENT,
    name: input.name,
    documentNamespace: `urn:uuid:${input.uuid}`,
    creationInfo: { created: isoTime(input.created), creators: [`Tool: guestwright-${input.toolVersion}`] },
    packages: [
      appliancePackage(input),
      systemPackage(system),
      ...entries.map((entry) => entryPackage(entry, ids.get(entry.purl)!)),
    ],
    ...(texts.size === 0
      ? {}
      : {
          hasExtractedLicensingInfos: [...texts]
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([licenseId, text]) => ({
              licenseId: licenseId!,
              name: oneLine(text!),
              extractedText: oneLine(text!),
            })),
        }),
    relationships: [
      relate(DOCUMENT, 'DESCRIBES', APPLIANCE),
      relate(APPLIANCE, 'CONTAINS', SYSTEM),
      ...entries.map(({ purl }) => relate(SYSTEM, 'CONTAINS', ids.get(purl)!)),
      ...entries.flatMap(({ purl, dependsOn }) =>
        dependsOn.map((other) => relate(ids.get(purl)!, 'DEPENDS_ON', ids.get(other)!)),
      ),
    ],
  };
}

/** What is said of every package: that nobody looked into its files. */
const UNKNOWN = {
  downloadLocation: 'NOASSERTION',
  filesAnalyzed: false,
  licenseConcluded: 'NOASSERTION',
  licenseDeclared: 'NOASSERTION',
  copyrightText: 'NOASSERTION',
} as const;

function appliancePackage({ name, version }: SbomInput): SpdxPackage {
  return {
    SPDXID: APPLIANCE,
    name,
    ...(version === undefined ? {} : { versionInfo: version }),
    supplier: 'NOASSERTION',
    ...UNKNOWN,
  };
}

function systemPackage({ id, name, version, cpe }: BillSystem): SpdxPackage {
  return {
    SPDXID: SYSTEM,
    name: id,
    ...(version === undefined ? {} : { versionInfo: version }),
    supplier: 'NOASSERTION',
    ...UNKNOWN,
    sourceInfo: oneLine(name),
    primaryPackagePurpose: 'OPERATING-SYSTEM',
    ...(cpe === undefined
      ? {}
      : {
          externalRefs: [
            {
              referenceCategory: 'SECURITY' as const,
              referenceType: cpe.startsWith('cpe:2.3:') ? ('cpe23Type' as const) : ('cpe22Type' as const),
              referenceLocator: cpe,
            },
          ],
        }),
  };
}

function entryPackage({ one, purl, licence, supplier }: BillEntry, id: string): SpdxPackage {
  return {
    SPDXID: id,
    name: oneLine(one.name),
    ...(one.version === '' ? {} : { versionInfo: oneLine(one.version) }),
    supplier: supplier === undefined ? 'NOASSERTION' : formatSupplier(supplier),
    ...UNKNOWN,
    ...(isAddress(one.homepage) ? { homepage: one.homepage } : {}),
    ...(one.source === undefined
      ? {}
      : { sourceInfo: oneLine(`built from ${one.source.name} ${one.source.version ?? ''}`) }),
    licenseDeclared:
      licence === undefined
        ? 'NOASSERTION'
        : licence.kind === 'expression'
          ? licence.expression
          : licenceRef(licence.text),
    externalRefs: [{ referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: purl }],
  };
}

function formatSupplier({ kind, name, email }: Supplier): string {
  // Round brackets are around the address, and nowhere else.
  const plain = (text: string): string => oneLine(text).replaceAll('(', '[').replaceAll(')', ']');
  return `${kind}: ${plain(name)}${email === undefined ? '' : ` (${plain(email)})`}`;
}

/** A licence that has no identifier of SPDX's: what the package says of it is written once in the document. */
function licenceRef(text: string): string {
  return `LicenseRef-${slug(text).slice(0, 40)}-${short(text)}`;
}

/** Letters, digits, dots and dashes: what identifiers may have. Names that differ in the rest get another ending. */
function slug(text: string): string {
  return text.replace(/[^A-Za-z0-9.-]+/g, '-').replace(/^-+|-+$/g, '');
}

function short(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
