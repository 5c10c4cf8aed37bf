// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatIssue, readKickstart } from '../../../builder/kickstart/index.js';
import { errorsOf, issuesOf, parse } from './parsing.js';

describe('%include', () => {
  it('reads the file in its place, relative to the including one', () => {
    const kickstart = parse('%include base/a.inc\nrootpw y\n', {
      'base/a.inc': '%include ../b.inc\n',
      'b.inc': 'lang de_DE\nrootpw x\n',
    });
    expect(kickstart.issues).toEqual([]);
    expect(kickstart.lang).toMatchObject({ lang: 'de_DE', at: { file: 'b.inc', line: 1 } });
    expect(kickstart.rootpw?.password).toBe('y');
    expect(kickstart.includes.map((include) => include.path)).toEqual(['base/a.inc', 'b.inc']);
  });

  it('names the included file in an error', () => {
    expect(errorsOf('lang a\n%include b.inc\n', { 'b.inc': '\nfrob\n' })).toEqual([
      expect.stringMatching(/^b\.inc:2:1: "frob"/),
    ]);
  });

  it('reads into packages and scripts', () => {
    const kickstart = parse('%packages\na\n%include p\nb\n%end\n%post\nx\n%include s\ny\n%end\n', {
      p: '# comment\nc\n',
      s: '#!/bin/sh\n\nz # stays\n# this too\n',
    });
    expect(kickstart.packages.include.map((entry) => entry.name)).toEqual(['a', 'c', 'b']);
    expect(kickstart.scripts[0]?.body).toBe('x\nz # stays\n# this too\ny\n');
  });

  it('refuses a section that is left open at the end of an included file, and reads on', () => {
    expect(issuesOf('%include b\nfrob\n', { b: '%post\nx\n' })).toEqual([
      'b:2:1: %post of line 1 does not end with %end: add a line %end',
      expect.stringMatching(/^a\.ks:2:1: "frob"/),
    ]);
  });

  it('does not let an included %end close the section of the including file', () => {
    const kickstart = parse('%packages\na\n%include b\nc\n%end\n', { b: 'x\n%end\nlang de\n' });
    expect(kickstart.packages.include.map((entry) => entry.name)).toEqual(['a', 'x', 'c']);
    expect(kickstart.lang?.lang).toBe('de');
    expect(kickstart.issues.map(formatIssue)).toEqual([
      'b:2:1: warning: this %end stands in an included file and does not close %packages of a.ks:1: remove it',
    ]);
  });

  it.each([
    ['%include', 'a.ks:1:1: %include needs the path of a file'],
    ['%include no.ks', 'a.ks:1:1: %include no.ks cannot be read: check the path; it is relative to this file'],
    [
      '%include /tmp/x.ks',
      'a.ks:1:1: %include /tmp/x.ks cannot be read: it looks like the work of a %pre; put it into a file and name that',
    ],
    ['%include http://h/x.ks', 'a.ks:1:1: %include http://h/x.ks is not fetched: save it to a file and name that'],
    ['%include ./a.ks', 'a.ks:1:1: %include ./a.ks is included by itself: a.ks → a.ks'],
  ])('refuses %s', (line, message) => {
    expect(errorsOf(`${line}\n`, { 'a.ks': '' })).toEqual([message]);
  });

  it('ends a tangle of files that are not the same', () => {
    const kickstart = parse(
      '%include 0\n',
      Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`${index}`, `%include ${index + 1}\n`])),
    );
    expect(kickstart.issues.map((issue) => issue.code)).toEqual(['include-limit']);
    const doubling = Object.fromEntries(
      Array.from({ length: 30 }, (_, index) => [`${index}`, `%include ${index + 1}\n%include ${index + 1}\n`]),
    );
    expect(parse('%include 0\n', { ...doubling, '30': '' }).issues[0]?.code).toBe('include-limit');
    const large = { b: `${'#'.repeat(4 * 1024 * 1024)}\n` };
    expect(parse('%include b\n'.repeat(5), large).issues.map((issue) => issue.code)).toEqual([
      'include-limit',
      'include-limit',
    ]);
  });

  it('speaks of the option that gives a file, where the program has it', () => {
    expect(errorsOf('%include /tmp/x.ks\n', {}, { defineIncludes: {} })).toEqual([
      'a.ks:1:1: %include /tmp/x.ks cannot be read: it looks like the work of a %pre; put it into a file and give --define-include /tmp/x.ks=FILE',
    ]);
  });

  it('takes a file given for a name', () => {
    expect(
      parse(
        '%include /tmp/part.ks\n',
        { '/host/p': 'part / --size=1\n' },
        { defineIncludes: { '/tmp/part.ks': '/host/p' } },
      ).parts,
    ).toHaveLength(1);
  });
});

describe('%ksappend', () => {
  it('puts the file in its place, sections and all', () => {
    expect(parse('%post\na\n%ksappend b\n', { b: 'c\n%end\n' }).scripts[0]?.body).toBe('a\nc\n');
    expect(parse('%ksappend b\n', { b: 'lang de\n' }).lang?.lang).toBe('de');
  });

  it('is passed over with a warning where the file is not there, and stays text in a script', () => {
    expect(issuesOf('%ksappend b\n')).toEqual([
      'a.ks:1:1: warning: %ksappend b cannot be read: check the path; it is relative to this file',
    ]);
    expect(parse('%post\n%ksappend b\n%end\n').scripts[0]?.body).toBe('%ksappend b\n');
  });
});

describe('files on a disk', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'guestwright-ks-'));
    mkdirSync(join(folder, 'sub'));
    writeFileSync(join(folder, 'main.ks'), '\ufeff# osinfo: debian12\n%include sub/one.ks\n%include /tmp/given.ks\n');
    writeFileSync(join(folder, 'sub', 'one.ks'), '%include two.ks\n');
    writeFileSync(join(folder, 'sub', 'two.ks'), 'lang nn_NO.UTF-8\n');
    writeFileSync(join(folder, 'latin.ks'), Buffer.from('lang en_US\n# f\xfcr\n', 'latin1'));
    writeFileSync(join(folder, 'includes.ks'), '%include latin.ks\n%include sub\nfrob\n%include pipe\n');
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    writeFileSync(join(folder, 'large.ks'), '#'.repeat(4 * 1024 * 1024 + 1));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('are found beside the including file, and where the user says', () => {
    const kickstart = readKickstart(join(folder, 'main.ks'), {
      defineIncludes: { '/tmp/given.ks': join(folder, 'sub', 'two.ks') },
    });
    expect(kickstart.issues.map((issue) => issue.code)).toEqual(['byte-order-mark']);
    expect(kickstart.osinfo?.name).toBe('debian12');
    expect(kickstart.lang?.lang).toBe('nn_NO.UTF-8');
  });

  it('that are no text, or no files, are told each where it is, and the rest is read', () => {
    expect(readKickstart(join(folder, 'includes.ks')).issues.map(formatIssue)).toEqual([
      `${join(folder, 'latin.ks')}:2:1: the file is not UTF-8 here: save it as UTF-8`,
      `${join(folder, 'includes.ks')}:2:1: %include sub cannot be read: check the path; it is relative to this file`,
      expect.stringMatching(/:3:1: "frob"/),
      `${join(folder, 'includes.ks')}:4:1: %include pipe cannot be read: check the path; it is relative to this file`,
    ]);
  });

  it.each([
    ['none.ks', 'unreadable', ': there is no such file: check the path'],
    ['sub', 'unreadable', ': it is a folder: give a kickstart file'],
    ['latin.ks', 'not-utf8', ':2: the file is not UTF-8 here: save it as UTF-8'],
    ['large.ks', 'too-large', ': it is larger than 4 MiB, which no kickstart is: give another file'],
  ])('are refused when they cannot be read: %s', (name, code, message) => {
    const path = join(folder, name);
    expect(() => readKickstart(path)).toThrow(expect.objectContaining({ code, message: `${path}${message}` }));
  });
});
