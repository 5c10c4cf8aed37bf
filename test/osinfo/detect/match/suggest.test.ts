// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { identifyMedia, identifyTree } from '../../../../osinfo/detect/identify.js';
import { suggestMedia, suggestTree } from '../../../../osinfo/detect/suggest.js';
import { lintDatabase } from '../../../../osinfo/validate/lint-database.js';
import { newFolder, writeFiles } from '../../archive/archives.js';
import { osFile, world } from './world.js';

const folder = newFolder();
afterAll(() => folder.remove());

describe('a medium for the database', () => {
  it('has the labels literally, from end to end, and the architecture that they name', () => {
    expect(
      suggestMedia({
        volumeId: 'Acme 4.2 (x86_64)',
        systemId: 'LINUX',
        publisherId: 'ACME & SONS',
        applicationId: 'MKISOFS',
      }),
    ).toBe(
      [
        '<media arch="x86_64">',
        '  <iso>',
        '    <volume-id>^Acme 4\\.2 \\(x86_64\\)$</volume-id>',
        '    <system-id>^LINUX$</system-id>',
        '    <publisher-id>^ACME &amp; SONS$</publisher-id>',
        '  </iso>',
        '</media>',
        '',
      ].join('\n'),
    );
  });

  it.each([
    ['Acme amd64 1', {}, 'x86_64'],
    ['ACME_AARCH64', {}, 'aarch64'],
    ['Acme i386 n', {}, 'i686'],
    ['Acme', { applicationId: 'Acme for s390x' }, 's390x'],
    ['Acmearm64ish', {}, 'all'],
    ['Acme amd64', { arch: 'riscv64' }, 'riscv64'],
  ])('%s %o is for %s', (volumeId, more, arch) => {
    expect(suggestMedia({ volumeId, ...more })).toContain(`<media arch="${arch}">`);
  });

  it('is told by its application where it has no volume id, and by its size where it has no label', () => {
    expect(suggestMedia({ applicationId: 'ACME 1' })).toContain('<application-id>^ACME 1$</application-id>');
    expect(suggestMedia({ volumeSize: 4096 })).toContain('<volume-size>4096</volume-size>');
    expect(() => suggestMedia({})).toThrow(/no entry can be suggested/);
    expect(() => suggestTree({ arch: 'x86_64' })).toThrow(/no entry can be suggested/);
  });

  it('a label longer than its field is told by its beginning', () => {
    expect(suggestMedia({ volumeId: 'A'.repeat(40) })).toContain(`<volume-id>^${'A'.repeat(32)}</volume-id>`);
  });
});

it('a tree has its treeinfo and its paths', () => {
  const facts = {
    family: 'Acme',
    version: '4.2',
    arch: 'i386',
    kernel: 'images/vmlinuz',
    initrd: 'images/initrd.img',
    bootIso: 'images/boot.iso',
  };
  expect(suggestTree(facts)).toBe(
    [
      '<tree arch="i686">',
      '  <kernel>images/vmlinuz</kernel>',
      '  <initrd>images/initrd.img</initrd>',
      '  <boot-iso>images/boot.iso</boot-iso>',
      '  <treeinfo>',
      '    <family>^Acme$</family>',
      '    <version>^4\\.2$</version>',
      '    <arch>^i386$</arch>',
      '  </treeinfo>',
      '</tree>',
      '',
    ].join('\n'),
  );
});

// Everything that a label can hold: ASCII with all that means something in patterns and in XML, and anything at all.
const label = fc.oneof(
  fc.string({ minLength: 1, maxLength: 60 }),
  fc.string({ minLength: 1, maxLength: 60, unit: 'binary' }),
  fc.array(fc.nat(0xffff), { minLength: 1, maxLength: 20 }).map((units) => String.fromCharCode(...units)),
  fc.constantFrom(
    'A]]>B',
    '\\',
    '^$',
    '\r\n',
    '\t',
    '&amp;',
    ' a ',
    '{2}',
    '[a]',
    '\ud800',
    '\ufffe',
    '(?i)',
    '#',
    '-',
  ),
);

describe('whatever was read', () => {
  it('a suggested medium fits it', () => {
    const facts = fc.record(
      {
        volumeId: label,
        systemId: label,
        publisherId: label,
        applicationId: label,
        arch: fc.constantFrom('x86_64', 'i386'),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(facts, (read) => {
        fc.pre(Boolean(read.volumeId ?? read.systemId ?? read.publisherId ?? read.applicationId));
        const db = world({ a: suggestMedia(read) });
        expect(db.issues).toEqual([]);
        expect(identifyMedia(db, read).candidates).toHaveLength(1);
      }),
      { numRuns: 300 },
    );
  });

  it('a suggested tree fits it', () => {
    const facts = fc.record(
      { family: label, variant: label, version: label, arch: fc.constantFrom('x86_64', 'armhfp') },
      { requiredKeys: ['family'] },
    );
    fc.assert(
      fc.property(facts, (read) => {
        const db = world({ a: suggestTree(read) });
        expect(db.issues).toEqual([]);
        expect(identifyTree(db, read).candidates).toHaveLength(1);
      }),
      { numRuns: 200 },
    );
  });

  it('lint finds nothing in it', () => {
    let count = 0;
    fc.assert(
      fc.property(label, label, (one, other) => {
        count += 1;
        const place = join(folder.path, String(count));
        writeFiles(
          place,
          osFile(
            'a',
            suggestMedia({ volumeId: one, publisherId: other }) + suggestTree({ family: one, version: other }),
          ),
        );
        expect(lintDatabase([place], () => true)).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});
