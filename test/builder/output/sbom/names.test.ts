// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { licenceOfDeb, licenceOfRpm } from '../../../../builder/output/sbom/licences.js';
import { packageUrl } from '../../../../builder/output/sbom/purl.js';

describe('a licence', () => {
  it.each([
    [['GPL-2+'], 'GPL-2.0-or-later'],
    [['GPL-2', 'LGPL-2.1+', 'Expat'], 'GPL-2.0-only AND LGPL-2.1-or-later AND MIT'],
    [['GPL-1+ or Artistic-1.0', 'Zlib'], '(GPL-1.0-or-later OR Artistic-1.0) AND Zlib'],
    [['BSD-3-clause OR GPL-2'], 'BSD-3-Clause OR GPL-2.0-only'],
    [['GPL-3.0+', 'GPL-3+'], 'GPL-3.0-or-later'],
    [['Apache-2'], 'Apache-2.0'],
  ])('of a deb, %j, is %s', (statements, expression) => {
    expect(licenceOfDeb(statements)).toEqual({ kind: 'expression', expression });
  });

  it.each([
    [['GPL-2+', 'MIT']],
    [['public-domain']],
    [['GPL-2+ with OpenSSL exception']],
    [['GPL-2+ or Artistic-1.0, and BSD-3-clause']],
    [['BSD']],
    [['GPL-9+']],
    [['GPL-2.1']],
    [['GPL-2+ or']],
    [['(GPL-2+']],
    [[]],
  ])('of a deb, %j, is not said where it is not sure', (statements) => {
    expect(licenceOfDeb(statements)).toBeUndefined();
  });

  it('of an rpm is an expression where all its names are SPDX’s, else the text as it stands', () => {
    const expression = 'GPL-2.0-or-later WITH GCC-exception-3.1 AND (MIT OR Apache-2.0)';
    expect(licenceOfRpm('GPL-2.0-or-later WITH GCC-exception-3.1 and (MIT OR Apache-2.0)')).toEqual({
      kind: 'expression',
      expression,
    });
    for (const text of ['GPLv2+ and MIT', 'MIT AND', ') MIT (', 'MIT MIT', 'MIT WITH luck', '', 'LicenseRef-Fedora-PD'])
      expect(licenceOfRpm(text)).toEqual({ kind: 'text', text });
  });
});

describe('a package URL', () => {
  const debian = { family: 'deb', id: 'debian', versionId: '12' } as const;
  it('of a deb has architecture, distribution and, where it differs, the source', () => {
    expect(
      packageUrl(
        {
          name: 'libc6',
          version: '2.36-9+deb12u14',
          arch: 'amd64',
          source: { name: 'glibc', version: '2.36-9+deb12u14' },
        },
        debian,
      ),
    ).toBe('pkg:deb/debian/libc6@2.36-9%2Bdeb12u14?arch=amd64&distro=debian-12&upstream=glibc');
    expect(
      packageUrl(
        { name: 'login', version: '1:4.13~1', arch: 'amd64', source: { name: 'shadow', version: '1:4.13' } },
        debian,
      ),
    ).toBe('pkg:deb/debian/login@1:4.13~1?arch=amd64&distro=debian-12&upstream=shadow%401:4.13');
    expect(
      packageUrl({ name: 'bash', version: '5', arch: 'amd64', source: { name: 'bash', version: '5' } }, debian),
    ).toBe('pkg:deb/debian/bash@5?arch=amd64&distro=debian-12');
  });

  it('of an rpm has its epoch apart, and strange signs are escaped', () => {
    const fedora = { family: 'rpm', id: 'fedora', versionId: '41' } as const;
    expect(
      packageUrl(
        { name: 'Shadow-utils', version: '2:4.15-1.fc41', arch: 'x86_64', source: { name: 's', version: '1-1' } },
        fedora,
      ),
    ).toBe('pkg:rpm/fedora/Shadow-utils@4.15-1.fc41?arch=x86_64&distro=fedora-41&epoch=2&upstream=s-1-1.src.rpm');
    expect(packageUrl({ name: 'a/b?c#d', version: "1(2)'", arch: '' }, { family: 'rpm', id: 'x' })).toBe(
      'pkg:rpm/x/a%2Fb%3Fc%23d@1%282%29%27?distro=x',
    );
  });
});
