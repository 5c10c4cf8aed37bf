// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { uuidOf } from '../../../../builder/output/sbom/bill.js';
import { type CycloneDxDocument, makeCycloneDx } from '../../../../builder/output/sbom/cyclonedx.js';
import { makeSpdx, type SpdxDocument } from '../../../../builder/output/sbom/spdx.js';
import type { SbomInput } from '../../../../builder/output/sbom/types.js';
import { parseStatus } from '../../../../builder/stages/packages/deb.js';
import { spdxSchema } from './spdx-schema.js';

const deb: SbomInput = {
  name: 'web',
  version: '1.0',
  arch: 'x86_64',
  family: 'deb',
  os: { id: 'http://debian.org/debian/12', shortId: 'debian12', name: 'Debian 12' },
  osRelease: {
    id: 'debian',
    like: [],
    name: 'Debian GNU/Linux',
    prettyName: 'Debian GNU/Linux 12 (bookworm)',
    versionId: '12',
  },
  packages: [
    {
      name: 'zlib1g',
      version: '1:1.2.13.dfsg-1',
      arch: 'amd64',
      source: { name: 'zlib', version: '1:1.2.13.dfsg-1' },
      supplier: 'Mark Brown <broonie@example.org>',
      homepage: 'http://zlib.net/',
      licences: ['Zlib'],
      dependsOn: ['libc6:amd64'],
    },
    {
      name: 'libc6',
      version: '2.36-9+deb12u14',
      arch: 'amd64',
      source: { name: 'glibc', version: '2.36-9+deb12u14' },
      supplier: 'GNU Libc Maintainers <debian-glibc@lists.example.org>',
    },
    { name: 'libc6', version: '2.36-9+deb12u14', arch: 'i386' },
    {
      name: 'g++',
      version: '4:12.2',
      arch: 'amd64',
      supplier: '<nobody@example.org>',
      homepage: 'not an address',
      licences: ['GPL-3+ with GCC exception'],
    },
    { name: 'g--', version: '4:12.2', arch: 'amd64' },
  ],
  created: 1_700_000_000,
  uuid: uuidOf('this build'),
  toolVersion: '0.1.0',
};

const rpm: SbomInput = {
  ...deb,
  family: 'rpm',
  osRelease: {
    id: 'almalinux',
    like: ['rhel'],
    name: 'AlmaLinux',
    prettyName: 'AlmaLinux 9.4',
    versionId: '9.4',
    cpe: 'cpe:/o:almalinux:almalinux:9::baseos',
  },
  packages: [
    {
      name: 'bash',
      version: '5.1.8-9.el9',
      arch: 'x86_64',
      source: { name: 'bash', version: '5.1.8-9.el9' },
      supplier: 'AlmaLinux',
      licences: ['GPLv3+'],
      dependsOn: ['glibc:x86_64'],
    },
    { name: 'glibc', version: '2.34-100', arch: 'x86_64', licences: ['LGPL-2.1-or-later AND MIT'] },
    { name: 'other', version: '1-1', arch: 'noarch', licences: ['GPLv3+'] },
  ],
};

/** What nobody should have packaged. */
const odd: SbomInput = {
  ...rpm,
  name: 'odd',
  packages: [
    {
      name: 'nöise\u0007',
      version: '',
      arch: '',
      supplier: 'a (b) <c(d)@e>',
      homepage: 'javascript:alert(1)',
      licences: ['\u001b[31mred\u2028\n'],
      dependsOn: ['gone:x86_64'],
    },
  ],
};

const inputs = [
  ['Debian', deb],
  ['an rpm system', rpm],
  ['odd names', odd],
  ['a tree that says nothing of itself', { ...deb, osRelease: undefined, version: undefined, packages: [] }],
] as [string, SbomInput][];

const asJson = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

describe('an SPDX document', () => {
  const validate = new Ajv({ strict: true }).compile(spdxSchema);
  it.each(inputs)('of %s obeys the specification', (_, input) => {
    const document = asJson(makeSpdx(input));
    expect(validate(document), JSON.stringify(validate.errors)).toBe(true);
    refersToItself(document);
  });

  it('says who made each package, from what, under which licence, and what it needs', () => {
    const { packages, relationships, documentNamespace, creationInfo } = makeSpdx(deb);
    expect(documentNamespace).toBe(`urn:uuid:${deb.uuid}`);
    expect(creationInfo).toEqual({ created: '2023-11-14T22:13:20Z', creators: ['Tool: guestwright-0.1.0'] });
    const zlib = packages.find(({ name }) => name === 'zlib1g')!;
    expect(zlib).toMatchObject({
      versionInfo: '1:1.2.13.dfsg-1',
      supplier: 'Person: Mark Brown (broonie@example.org)',
      homepage: 'http://zlib.net/',
      sourceInfo: 'built from zlib 1:1.2.13.dfsg-1',
      licenseDeclared: 'Zlib',
      externalRefs: [
        {
          referenceCategory: 'PACKAGE-MANAGER',
          referenceType: 'purl',
          referenceLocator: 'pkg:deb/debian/zlib1g@1:1.2.13.dfsg-1?arch=amd64&distro=debian-12&upstream=zlib',
        },
      ],
    });
    const libc = packages.find(({ name, supplier }) => name === 'libc6' && supplier !== 'NOASSERTION')!;
    expect(libc.supplier).toBe('Organization: GNU Libc Maintainers (debian-glibc@lists.example.org)');
    expect(libc.licenseDeclared).toBe('NOASSERTION');
    expect(relationships.filter((one) => one.relationshipType === 'DEPENDS_ON')).toEqual([
      { spdxElementId: zlib.SPDXID, relationshipType: 'DEPENDS_ON', relatedSpdxElement: libc.SPDXID },
    ]);
    expect(packages.find(({ name }) => name === 'debian')).toMatchObject({
      primaryPackagePurpose: 'OPERATING-SYSTEM',
      versionInfo: '12',
    });
  });

  it('keeps a licence that SPDX has no name for in the packager’s words, once', () => {
    const { packages, hasExtractedLicensingInfos } = makeSpdx(rpm);
    expect(hasExtractedLicensingInfos).toEqual([
      { licenseId: expect.stringMatching(/^LicenseRef-GPLv3-[0-9a-f]{12}$/), name: 'GPLv3+', extractedText: 'GPLv3+' },
    ]);
    const declared = Object.fromEntries(packages.map((one) => [one.name, one.licenseDeclared]));
    expect(declared).toMatchObject({
      bash: hasExtractedLicensingInfos![0]!.licenseId,
      glibc: 'LGPL-2.1-or-later AND MIT',
      other: hasExtractedLicensingInfos![0]!.licenseId,
    });
  });
});

function refersToItself({ packages, relationships, hasExtractedLicensingInfos = [] }: SpdxDocument): void {
  const ids = ['SPDXRef-DOCUMENT', ...packages.map(({ SPDXID }) => SPDXID)];
  expect(new Set(ids).size).toBe(ids.length);
  for (const one of relationships) {
    expect(ids).toContain(one.spdxElementId);
    expect(ids).toContain(one.relatedSpdxElement);
  }
  const licences = hasExtractedLicensingInfos.map(({ licenseId }) => licenseId);
  for (const { licenseDeclared } of packages)
    if (licenseDeclared.startsWith('LicenseRef-')) expect(licences).toContain(licenseDeclared);
}

/** CycloneDX' own schemas come with its library. */
const SCHEMAS = join(
  dirname(createRequire(import.meta.url).resolve('@cyclonedx/cyclonedx-library/package.json')),
  'res/schema',
);

describe('a CycloneDX document, by the published schema', () => {
  const read = (name: string): object =>
    JSON.parse(readFileSync(join(SCHEMAS, `${name}.SNAPSHOT.schema.json`), 'utf8')) as object;
  const validator = () =>
    new Ajv({ strict: false, validateFormats: false })
      .addSchema(read('spdx'), 'http://cyclonedx.org/schema/spdx.SNAPSHOT.schema.json')
      .addSchema(read('jsf-0.82'), 'http://cyclonedx.org/schema/jsf-0.82.SNAPSHOT.schema.json')
      .compile(read('bom-1.6'));

  it('obeys it, of every kind of system', () => {
    const validate = validator();
    for (const [name, input] of inputs)
      expect(validate(asJson(makeCycloneDx(input))), `${name}: ${JSON.stringify(validate.errors)}`).toBe(true);
    expect(validate({ ...asJson(makeCycloneDx(deb)), components: [{ name: 'without a type' }] })).toBe(false);
  }, 60_000);
});

describe('a CycloneDX document', () => {
  it('names every component once, and depends on nothing that is not in it', () => {
    for (const [, input] of inputs) refersInside(asJson(makeCycloneDx(input)));
  });

  it('says who made each package, from what, under which licence, and what it needs', () => {
    const document = makeCycloneDx(deb);
    expect(document).toMatchObject({
      bomFormat: 'CycloneDX',
      specVersion: '1.6',
      serialNumber: expect.stringMatching(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/),
      metadata: { component: { name: 'web', version: '1.0' }, timestamp: '2023-11-14T22:13:20Z' },
    });
    const zlib = document.components.find(({ name }) => name === 'zlib1g')!;
    expect(zlib).toMatchObject({
      version: '1:1.2.13.dfsg-1',
      supplier: { name: 'Mark Brown', contact: [{ email: 'broonie@example.org' }] },
      licenses: [{ expression: 'Zlib' }],
      externalReferences: [{ type: 'website', url: 'http://zlib.net/' }],
      properties: [
        { name: 'guestwright:arch', value: 'amd64' },
        { name: 'guestwright:source', value: 'zlib 1:1.2.13.dfsg-1' },
      ],
    });
    expect(document.dependencies.find(({ ref }) => ref === zlib.purl)!.dependsOn).toEqual([
      'pkg:deb/debian/libc6@2.36-9%2Bdeb12u14?arch=amd64&distro=debian-12&upstream=glibc',
    ]);
    const bash = makeCycloneDx(rpm).components.find(({ name }) => name === 'bash')!;
    expect(bash.licenses).toEqual([{ license: { name: 'GPLv3+' } }]);
  });
});

describe('bills of materials', () => {
  it('are the same whatever order the packages were told in', () => {
    const turned = { ...deb, packages: [...deb.packages].reverse() };
    expect(makeSpdx(turned)).toEqual(makeSpdx(deb));
    expect(makeCycloneDx(turned)).toEqual(makeCycloneDx(deb));
  });

  it.skipIf(!existsSync('/var/lib/dpkg/status'))('can be made of all of this machine’s packages', () => {
    const packages = parseStatus(readFileSync('/var/lib/dpkg/status', 'utf8'));
    const document = makeSpdx({ ...deb, packages });
    const validate = new Ajv({ strict: true }).compile(spdxSchema);
    expect(validate(asJson(document)), JSON.stringify(validate.errors)).toBe(true);
    expect(document.packages.length).toBe(packages.length + 2);
    expect(document.relationships.filter((one) => one.relationshipType === 'DEPENDS_ON').length).toBeGreaterThan(
      packages.length,
    );
  });
});

function refersInside({ metadata, components, dependencies }: CycloneDxDocument): void {
  const refs = [metadata.component, ...components].map((one) => one['bom-ref']!);
  expect(new Set(refs).size).toBe(refs.length);
  expect(dependencies.map(({ ref }) => ref)).toEqual(refs);
  for (const { dependsOn } of dependencies) for (const one of dependsOn) expect(refs).toContain(one);
}
