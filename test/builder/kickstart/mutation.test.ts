// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatKickstart, hasErrors, parseKickstart } from '../../../builder/kickstart/index.js';
import { splitLines } from '../../../builder/kickstart/lines.js';
import { formatText } from '../../../builder/kickstart/rewrite/format.js';
import { upgradeText } from '../../../builder/kickstart/rewrite/upgrade.js';
import { type ExpectedCase, hasReference, REFERENCE, readCases } from './reference.js';
import { expectSoundIssues } from './sound-issues.js';

/** Kickstarts as people write them: our own, and real files where this machine has them. */
const texts: readonly string[] = [
  readFileSync(join(import.meta.dirname, '../../../kickstarts/debian-12-minimal.ks'), 'utf8'),
  readFileSync(join(import.meta.dirname, '../../../kickstarts/two-disks.ks'), 'utf8'),
  [
    '#version=RHEL7',
    'install # old',
    'auth --enableshadow --passalgo=sha512',
    'timezone --isUtc Europe/Oslo --ntpservers=a.example.org,b.example.org',
    "keyboard --vckeymap=no --xlayouts='no','us'",
    'network --bootproto=static --ip=10.0.0.2 --netmask=255.255.255.0 --nameserver=10.0.0.1',
    'rootpw --iscrypted "$6$salt$hash"',
    'part pv.01 --size=1 --grow --ondisk=sda --encrypted --passphrase="a \\"b\\""',
    'volgroup vg --pesize=4096 pv.01',
    'logvol / --vgname=vg --name=root --percent=50 --fstype="ext4"',
    'raid /srv --device=md0 --level=RAID1 raid.1 raid.2',
    '%include /tmp/part.ks',
    '%packages --nobase --instLangs=en',
    '@core',
    '-*firmware',
    '%end',
    '%post --nochroot --interpreter=/usr/bin/python3 --log=/root/a.log',
    '#!/usr/bin/python3',
    'print("%packages")',
    '%end',
    '%addon com_redhat_kdump --disable',
    '%end',
  ].join('\n'),
  ...(hasReference
    ? readCases<ExpectedCase>('expected.jsonl')
        .filter((_, index) => index % 60 === 0)
        .map(({ file }) => readFileSync(join(REFERENCE, 'corpus', file), 'utf8'))
        .filter((text) => text.length < 20_000)
    : []),
];

/** What a slip of the hand, or of a disk, puts into a text. */
const pieces = fc.oneof(
  fc.constantFrom(
    '"',
    "'",
    '\\',
    '#',
    '%end',
    '\n%end\n',
    '\n%packages\n',
    '\n%include a\n',
    '\0',
    '\r',
    '\u2028',
    '--',
    '=',
  ),
  fc.constantFrom(
    ' --siz',
    '@',
    '-',
    '%',
    '${x}',
    '{{ x }}',
    '\n%post',
    '\n%ksappend a',
    ',',
    '\ufeff',
    ' '.repeat(50),
  ),
  fc.string({ maxLength: 6, unit: 'binary' }),
);

interface Cut {
  readonly at: number;
  readonly length: number;
  readonly put: string;
}

const cuts: fc.Arbitrary<Cut[]> = fc.array(
  fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), length: fc.nat({ max: 30 }), put: pieces }),
  { minLength: 1, maxLength: 6 },
);

function mutate(text: string, changes: readonly Cut[]): string {
  return changes.reduce((now, { at, length, put }) => {
    const index = Math.floor(at * now.length);
    return now.slice(0, index) + put + now.slice(index + length);
  }, text);
}

const version = fc.constantFrom(undefined, 'RHEL5', 'RHEL7', 'RHEL10', 'DEVEL');

describe('a real kickstart with changes that nobody meant', () => {
  it('is read without a throw and in little time, and its issues are sentences with places', () => {
    fc.assert(
      fc.property(fc.constantFrom(...texts), cuts, version, (text, changes, name) => {
        const changed = mutate(text, changes);
        const before = process.cpuUsage();
        const kickstart = parseKickstart(changed, 'a.ks', { version: name, readInclude: () => changed.slice(0, 200) });
        const { user, system } = process.cpuUsage(before);
        // A reading takes a millisecond; a pattern that runs away takes minutes.
        expect((user + system) / 1000).toBeLessThan(2000);
        expectSoundIssues(kickstart);
      }),
      { numRuns: 250 },
    );
  });

  it('that is still right reads to the same when it is formatted or flattened', () => {
    const model = (text: string, name: string | undefined) =>
      JSON.parse(
        JSON.stringify(parseKickstart(text, 'a.ks', { version: name, follow: 'none' }), (key, part) =>
          ['at', 'file', 'issues', 'osinfo', 'includes'].includes(key) ? undefined : part,
        ),
      );
    fc.assert(
      fc.property(fc.constantFrom(...texts), cuts, version, (text, changes, name) => {
        const changed = mutate(text, changes);
        const kickstart = parseKickstart(changed, 'a.ks', { version: name, follow: 'none' });
        fc.pre(!hasErrors(kickstart.issues));
        const formatted = formatText(changed, 'a.ks', { version: name });
        if ('issues' in formatted) throw new Error('it is right and is not formatted');
        expect(model(formatted.text, name)).toEqual(model(changed, name));
        expect(formatText(formatted.text, 'a.ks', { version: name })).toEqual(formatted);
        expect(
          hasErrors(parseKickstart(formatKickstart(kickstart, { version: name }), 'b.ks', { version: name }).issues),
        ).toBe(false);
      }),
      { numRuns: 80 },
    );
  });

  it('is upgraded without a throw, and what it cannot do has a place in the text given', () => {
    fc.assert(
      fc.property(fc.constantFrom(...texts), cuts, fc.constantFrom('RHEL7', 'RHEL10', 'DEVEL'), (text, changes, to) => {
        const changed = mutate(text, changes);
        const upgraded = upgradeText(changed, 'a.ks', to);
        if ('issues' in upgraded) return;
        const lines = splitLines(changed).length;
        for (const { at } of [...upgraded.changed, ...upgraded.left]) expect(at.line).toBeLessThanOrEqual(lines);
      }),
      { numRuns: 80 },
    );
  });
});
