// SPDX-License-Identifier: Apache-2.0
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listDebs, parseStatus } from '../../../../builder/stages/packages/deb.js';
import { parseLicences } from '../../../../builder/stages/packages/deb-copyright.js';
import { fileOwners, parseRpmList } from '../../../../builder/stages/packages/rpm.js';
import { folderOf } from '../../../osinfo/load/folders.js';

const stanza = (fields: Record<string, string>): string =>
  Object.entries({ Status: 'install ok installed', Version: '1', Architecture: 'amd64', ...fields })
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n');

describe('dpkg’s status file', () => {
  it('tells name, version, source, maintainer and homepage of what is installed, and of nothing else', () => {
    const status = [
      stanza({
        Package: 'perl-base',
        Version: '5.36.0-7',
        Source: 'perl',
        Maintainer: 'Niko Tyni <ntyni@example.org>',
        Homepage: 'http://dev.perl.org/perl5/',
        Description: 'minimal Perl system\n Package: not-a-field\n .\n Version: 9',
      }),
      stanza({ Package: 'gone', Status: 'deinstall ok config-files' }),
      stanza({ Package: 'held', Status: 'hold ok installed', Source: 'holder (2:1.0-3)' }),
    ].join('\n\n');
    expect(parseStatus(status)).toEqual([
      { name: 'held', version: '1', arch: 'amd64', source: { name: 'holder', version: '2:1.0-3' } },
      {
        name: 'perl-base',
        version: '5.36.0-7',
        arch: 'amd64',
        source: { name: 'perl', version: '5.36.0-7' },
        supplier: 'Niko Tyni <ntyni@example.org>',
        homepage: 'http://dev.perl.org/perl5/',
      },
    ]);
  });

  it('resolves dependencies as they are filled: alternatives, provided names, the own architecture first', () => {
    const status = [
      stanza({ Package: 'app', Depends: 'libc6 (>= 2.3), mail-agent | none, awk, missing | python3:any, app' }),
      stanza({ Package: 'app', Architecture: 'i386', 'Pre-Depends': 'libc6' }),
      stanza({ Package: 'libc6' }),
      stanza({ Package: 'libc6', Architecture: 'i386' }),
      stanza({ Package: 'mawk', Provides: 'awk' }),
      stanza({ Package: 'postfix', Provides: 'mail-agent (= 2), smtp' }),
      stanza({ Package: 'python3', Architecture: 'all' }),
    ].join('\n\n');
    const found = new Map(parseStatus(status).map((one) => [`${one.name}:${one.arch}`, one.dependsOn]));
    expect(found.get('app:amd64')).toEqual(['libc6:amd64', 'mawk:amd64', 'postfix:amd64', 'python3:all']);
    expect(found.get('app:i386')).toEqual(['libc6:i386']);
    expect(found.get('mawk:amd64')).toBeUndefined();
  });

  it('is read from a tree with the licences beside it, and no link is followed out of the tree', () => {
    const outside = folderOf({ copyright: machineReadable('GPL-2+') });
    const tree = folderOf({
      'var/lib/dpkg/status': [
        stanza({ Package: 'good' }),
        stanza({ Package: 'evil' }),
        stanza({ Package: '../../../etc' }),
        stanza({ Package: 'prose' }),
      ].join('\n\n'),
      'usr/share/doc/good/copyright': machineReadable('Expat', 'GPL-2+'),
      'usr/share/doc/prose/copyright': 'It is under the GPL, or so I was told.\n',
      'etc/copyright': machineReadable('Expat'),
    });
    symlinkSync(outside, join(tree, 'usr/share/doc/evil'));
    const licences = new Map(listDebs(tree).map((one) => [one.name, one.licences]));
    expect(licences).toEqual(
      new Map([
        ['../../../etc', undefined],
        ['evil', undefined],
        ['good', ['Expat', 'GPL-2+']],
        ['prose', undefined],
      ]),
    );
  });
});

function machineReadable(...names: string[]): string {
  return [
    'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\nUpstream-Name: x\n',
    ...names.map((name, index) => `Files: part${index}/*\nCopyright: 2020 somebody\nLicense: ${name}\n text of it\n`),
    'License: not-of-files\n a text that files refer to\n',
  ].join('\n');
}

describe('a Debian copyright file', () => {
  it('gives each licence of files once, and nothing where files have none or the form is another', () => {
    expect(parseLicences(machineReadable('GPL-2+', 'Expat', 'GPL-2+'))).toEqual(['Expat', 'GPL-2+']);
    expect(parseLicences(`${machineReadable('Expat')}\nFiles: more\nCopyright: x\n`)).toBeUndefined();
    expect(
      parseLicences(`${machineReadable('Expat')}\nFiles: more\nCopyright: x\nLicense:\n see there\n`),
    ).toBeUndefined();
    expect(parseLicences(machineReadable())).toBeUndefined();
    expect(parseLicences('Format: http://example.org/my-own\n\nFiles: *\nLicense: MIT\n')).toBeUndefined();
    expect(parseLicences('')).toBeUndefined();
  });
});

describe('rpm’s answer', () => {
  const record = (...fields: string[]): string => `${fields.join('\t')}\f\n`;

  it('tells source, vendor and licence, and resolves what packages need by names, provided names and files', () => {
    const list = parseRpmList(
      record(
        'app',
        '1:2-3',
        'x86_64',
        'app-src-2-3.src.rpm',
        'Somebody',
        'https://example.org',
        'GPLv2+ and MIT',
        'libc.so.6\v/usr/bin/tool\v/bin/sh\vrpmlib(X)\v',
        'app\vapp(x86-64)\v',
      ) +
        record('bash', '5-1', 'x86_64', '', '', '', 'GPL-3.0-or-later', '', 'bash\v/bin/sh\v') +
        record('glibc', '2-1', 'x86_64', '', '', '', 'LGPL-2.1-or-later', '(none)', 'libc.so.6\v') +
        record('gpg-pubkey', 'ab-cd', '(none)') +
        record('tools', '1-1', 'noarch', '', '', '', '', '', 'tools\v'),
    );
    expect(list.wantedFiles).toEqual(new Set(['/usr/bin/tool']));
    const { line, owners } = fileOwners(list.wantedFiles);
    for (const text of ['glibc\tx86_64', '/etc/x', 'tools\tnoarch', '/usr/bin/tool', '/usr/bin/other']) line(text);
    expect(list.resolve(owners)).toEqual([
      {
        name: 'app',
        version: '1:2-3',
        arch: 'x86_64',
        source: { name: 'app-src', version: '2-3' },
        supplier: 'Somebody',
        homepage: 'https://example.org',
        licences: ['GPLv2+ and MIT'],
        dependsOn: ['bash:x86_64', 'glibc:x86_64', 'tools:noarch'],
      },
      { name: 'bash', version: '5-1', arch: 'x86_64', licences: ['GPL-3.0-or-later'] },
      { name: 'glibc', version: '2-1', arch: 'x86_64', licences: ['LGPL-2.1-or-later'] },
      { name: 'tools', version: '1-1', arch: 'noarch' },
    ]);
  });

  it('keeps a package whose texts have separators in them, and finds files from before /usr was merged', () => {
    const list = parseRpmList(
      record('odd', '1-1', 'noarch', '', 'a\tb', 'c\f\nd', 'MIT', '', '') +
        record('next', '1-1', 'noarch', '', '', '', '', '/sbin/tool\v', ''),
    );
    expect(list.packages.map(({ name }) => name)).toEqual(['next', 'odd']);
    const { line, owners } = fileOwners(list.wantedFiles);
    for (const text of ['odd\tnoarch', '/usr/sbin/tool']) line(text);
    expect(owners).toEqual(new Map([['/sbin/tool', 'odd:noarch']]));
  });
});
