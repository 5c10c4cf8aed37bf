// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { errorsOf, issuesOf, parse } from './parsing.js';

const part = (line: string) => parse(line).commands[0]?.options;

describe('options', () => {
  it.each([
    ['part / --size=500', { size: 500 }],
    ['part --size 500 / --grow', { size: 500, grow: true }],
    ['part / --siz=1 --gro', { size: 1, grow: true }],
    ['part / --type=ext4 --ondrive=sda --usepart=/dev/sda1', { fstype: 'ext4', ondisk: 'sda', onpart: 'sda1' }],
    ['part / --size=" 1_000 "', { size: 1000 }],
    ['part / --size -1', { size: -1 }],
    ['part / --size=1 --size=2', { size: 2 }],
    ['part / --fsoptions="noatime,nodev" --label "a b"', { fsoptions: 'noatime,nodev', label: 'a b' }],
  ])('reads %s', (line, options) => {
    expect(errorsOf(line)).toEqual([]);
    expect(part(line)).toEqual(options);
  });

  it.each([
    ['part / --size=10G', 'a.ks:1:15: --size of part: "10G" is no whole number; sizes are MiB without a unit'],
    ['part / --size=1.5', 'a.ks:1:15: --size of part: "1.5" is no whole number'],
    ['part / --size=', 'a.ks:1:15: --size of part: "" is no whole number'],
    ['part / --grow=yes', 'a.ks:1:8: --grow of part takes no value, and yes is given: remove it'],
    ['part / --size', 'a.ks:1:8: --size of part needs a value: write --size=VALUE'],
    ['part / --f ext4', 'a.ks:1:8: --f of part may mean --fstype, --fsoptions, --fsprofile: write it in full'],
    ['part / --fstpye=ext4', 'a.ks:1:8: part has no option --fstpye; did you mean --fstype?'],
    ['part / -size 5', 'a.ks:1:8: part has no option -size; did you mean --size?'],
    ['part /', undefined],
    ['part / /boot', 'a.ks:1:8: part takes one mount point, and /boot is one too many'],
    ['part --size=1', 'a.ks:1:1: part needs a mount point'],
    ['user --password=x', 'a.ks:1:1: user needs --name'],
    [
      'services --enabled=sshd, chronyd',
      'a.ks:1:26: services takes no words besides options, and chronyd is one too many; a list has no blank behind its commas',
    ],
    [
      'part / \\\n',
      'a.ks:1:8: a backslash does not continue a line in a kickstart: put all of the command on one line',
    ],
  ])('says of %j: %s', (line, message) => {
    expect(errorsOf(line).slice(0, 1)).toEqual(message === undefined ? [] : [message]);
  });

  it('finds all that is wrong on a line', () => {
    expect(errorsOf('part --size=x --blorp --grow=1')).toHaveLength(4);
  });

  it('takes words after -- as words', () => {
    expect(parse('rootpw -- --secret').rootpw?.password).toBe('--secret');
  });

  it('drops blanks and empty parts of a list', () => {
    expect(parse('services --enabled="a, b,,c"').services?.enabled).toEqual(['a', 'b', 'c']);
  });

  it.each([
    ['on', true],
    ['YES', true],
    ['1', true],
    ['off', false],
    ['0', false],
  ])('reads --onboot=%s', (text, value) => {
    expect(parse(`network --device=e --onboot=${text}`).network[0]?.onboot).toBe(value);
  });

  it('tells a notice about options that are gone or going, with what to use instead', () => {
    expect(issuesOf('timezone --isUtc Europe/Oslo')).toEqual([
      'a.ks:1:10: notice: --isUtc of timezone was removed after RHEL9: use --utc',
    ]);
    expect(issuesOf('timezone --isUtc UTC', {}, { version: 'RHEL10' })).toEqual([
      'a.ks:1:10: --isUtc of timezone is no longer in RHEL10 (last in RHEL9): use --utc',
    ]);
    expect(issuesOf('part / --luks-version=luks2', {}, { version: 'RHEL7' })).toEqual([
      'a.ks:1:8: --luks-version of part is not in RHEL7 (it came with F29 and RHEL8)',
    ]);
  });

  it('takes in the union what tools beside the installer take, and says so', () => {
    expect(issuesOf('bootloader --timeout=1 extlinux')).toEqual([
      'a.ks:1:24: notice: extlinux stands for --extlinux: write it with its dashes',
    ]);
    expect(parse('bootloader extlinux').bootloader?.extlinux).toBe(true);
    expect(errorsOf('bootloader extlinux', {}, { version: 'F40' })).toHaveLength(1);
    expect(errorsOf('repo --name=a --baseurl=b --gpgkey=c')).toEqual([]);
    expect(errorsOf('repo --name=a --baseurl=b --gpgkey=c', {}, { version: 'F40' })).toHaveLength(1);
  });
});
