// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { errorsOf, parse } from './parsing.js';

describe('files of other languages', () => {
  it.each([
    [
      '#cloud-config\nautoinstall:\n  version: 1\n',
      'a.ks:1:1: this is a cloud-init or Ubuntu autoinstall file, not a kickstart: give a kickstart',
    ],
    [
      '# comment\nd-i debian-installer/locale string en_US\n',
      'a.ks:2:1: this is a preseed file of debian-installer, not a kickstart: give a kickstart',
    ],
    ['#!/bin/bash\nset -e\n', 'a.ks:1:1: this is a script, not a kickstart: give the kickstart that it belongs to'],
    ['<?xml version="1.0"?>\n<domain/>\n', 'a.ks:1:1: this is XML or a web page, not a kickstart: give a kickstart'],
    [
      '\n# x\nautoinstall:\n  version: 1\n',
      'a.ks:3:1: this is YAML for another installer, not a kickstart: give a kickstart',
    ],
    ['{\n  "ignition": {}\n}\n', 'a.ks:1:1: this is JSON, not a kickstart: give a kickstart'],
    [
      '<%#\nkind: provision\nname: Kickstart default\n%>\ninstall\n',
      'a.ks:1:1: this is a template that was not filled in: give the kickstart that is made from it',
    ],
    ['lang a\0b\n', 'a.ks:1:1: there is a NUL character: this is no text file'],
  ])('are told apart from a kickstart: %j', (text, message) => {
    expect(errorsOf(text)).toEqual([message]);
  });

  it.each([
    ['vmaccepteula', 'VMware ESXi'],
    ['install --firstdisk', 'VMware ESXi'],
    ['${network}', 'template'],
    ['$SNIPPET(x)', 'template'],
    ['{{ lang }}', 'template'],
    ['@KSTEST_REPO@', 'template'],
    ['<% if x %>', 'template'],
    ['%{if network}', 'template'],
    ['part / --size={{ size }}', 'template'],
    ['iscsi --ipaddr=a --port=@PORT@', 'template'],
    ['url @URL@', 'template'],
    ['%firstboot --interpreter=busybox', 'VMware ESXi'],
    ['preseed --owner d-i a b c', 'Kickseed'],
    ['user bob --fullname "Bob"', 'Kickseed'],
    ['echo hello', 'shell script'],
  ])('show in one line: %s', (line, word) => {
    expect(errorsOf(`lang a\n${line}\n`)[0]).toMatch(/^a\.ks:2:\d+: /);
    expect(errorsOf(`lang a\n${line}\n`).join('\n')).toContain(word);
  });

  it.each(['lang a\n{\n', 'lang a\nautoinstall:\n'])('tell by their first line only: %j', (text) => {
    expect(parse(text).issues.map((issue) => issue.code)).toEqual(['unknown-command']);
  });

  it('do not hide a kickstart whose sections hold such lines', () => {
    expect(
      parse('lang a\n%post --interpreter=/bin/bash\n#!/bin/bash\ncat > x <<EOF\nd-i a/b string c\nEOF\n%end\n').issues,
    ).toEqual([]);
  });
});

describe('the OS of a kickstart', () => {
  it.each([
    ['# osinfo: debian12\nlang a\n', 'debian12', 1, 11],
    ['\n#\n  #osinfo:   fedora40  \n', 'fedora40', 3, 14],
    ['# osinfo: one\n# osinfo: two\n', 'one', 1, 11],
  ])('is named by a comment before the first command: %j', (text, name, line, column) => {
    expect(parse(text).osinfo).toEqual({ name, at: { file: 'a.ks', line, column } });
  });

  it.each(['lang a\n# osinfo: debian12\n', '# osinfo: a b\n', '# osinfos: a\n', '%include b\n'])(
    'is not named by %j',
    (text) => {
      expect(parse(text, { b: '# osinfo: debian12\n' }).osinfo).toBeUndefined();
    },
  );
});
