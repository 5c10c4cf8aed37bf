// SPDX-License-Identifier: Apache-2.0

/**
 * What SPDX 2.3 asks of a document in JSON, as far as ours says anything: written from the specification's clauses
 * (document creation 6, package 7, other licensing 10, relationships 11, annex F), since its schema comes with no package.
 * It is stricter than the published one: no field that we do not write.
 */
const text = { type: 'string', minLength: 1, pattern: '^[^\\u0000-\\u001f]+$' };
const id = { type: 'string', pattern: '^SPDXRef-[a-zA-Z0-9.-]+$' };
const agent = { type: 'string', pattern: '^(Person|Organization): [^()]+( \\([^()]+\\))?$' };
const noAssertion = { const: 'NOASSERTION' };

export const spdxSchema = {
  type: 'object',
  additionalProperties: false,
  required: [
    'spdxVersion',
    'dataLicense',
    'SPDXID',
    'name',
    'documentNamespace',
    'creationInfo',
    'packages',
    'relationships',
  ],
  properties: {
    spdxVersion: { const: 'SPDX-2.3' },
    dataLicense: { const: 'CC0-1.0' },
    SPDXID: { const: 'SPDXRef-DOCUMENT' },
    name: text,
    // A URI, without a fragment.
    documentNamespace: { type: 'string', pattern: '^[a-z][a-z0-9+.-]*:[^#\\s]+$' },
    creationInfo: {
      type: 'object',
      additionalProperties: false,
      required: ['created', 'creators'],
      properties: {
        created: { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ$' },
        creators: {
          type: 'array',
          minItems: 1,
          items: { type: 'string', pattern: '^(Tool|Person|Organization): .+$' },
        },
      },
    },
    packages: {
      type: 'array',
      minItems: 2,
      items: {
        type: 'object',
        additionalProperties: false,
        required: [
          'SPDXID',
          'name',
          'downloadLocation',
          'filesAnalyzed',
          'licenseConcluded',
          'licenseDeclared',
          'copyrightText',
        ],
        properties: {
          SPDXID: id,
          name: text,
          versionInfo: text,
          supplier: { anyOf: [noAssertion, agent] },
          downloadLocation: noAssertion,
          filesAnalyzed: { const: false },
          homepage: { type: 'string', pattern: '^[a-z]+://\\S+$' },
          sourceInfo: text,
          licenseConcluded: noAssertion,
          licenseDeclared: {
            anyOf: [noAssertion, { type: 'string', pattern: '^[A-Za-z0-9.() -]+$' }],
          },
          copyrightText: noAssertion,
          primaryPackagePurpose: { const: 'OPERATING-SYSTEM' },
          externalRefs: {
            type: 'array',
            minItems: 1,
            items: {
              type: 'object',
              additionalProperties: false,
              required: ['referenceCategory', 'referenceType', 'referenceLocator'],
              properties: {
                referenceCategory: { enum: ['PACKAGE-MANAGER', 'SECURITY'] },
                referenceType: { enum: ['purl', 'cpe22Type', 'cpe23Type'] },
                referenceLocator: { type: 'string', pattern: '^(pkg:|cpe:)\\S+$' },
              },
            },
          },
        },
      },
    },
    hasExtractedLicensingInfos: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['licenseId', 'extractedText'],
        properties: {
          licenseId: { type: 'string', pattern: '^LicenseRef-[a-zA-Z0-9.-]+$' },
          name: text,
          extractedText: text,
        },
      },
    },
    relationships: {
      type: 'array',
      minItems: 2,
      uniqueItems: false,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['spdxElementId', 'relationshipType', 'relatedSpdxElement'],
        properties: {
          spdxElementId: id,
          relationshipType: { enum: ['DESCRIBES', 'CONTAINS', 'DEPENDS_ON'] },
          relatedSpdxElement: id,
        },
      },
    },
  },
} as const;
