// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { account, type Config, db, generate } from './asking.js';
import { installFreebsd, openbsdAnswers } from './readers.js';

const freebsd = 'http://freebsd.org/freebsd/bsdinstall/jeos';
const openbsd = 'http://openbsd.org/openbsd/autoinstall/jeos';
const given: Config = {
  ...account,
  hostname: 'box.example.org',
  'l10n-language': 'en_GB',
  'l10n-keyboard': 'en_GB',
  'l10n-timezone': 'Europe/London',
  'target-disk': '/dev/vtbd0',
  'installation-url': 'http://mirror.example.org/pub/x',
};

describe('the installerconfig of FreeBSD', () => {
  it('does what every parameter says', async () => {
    expect(db.os('freebsd14.3').installScripts).toContain(freebsd);
    const { text, fileName } = await generate(freebsd, 'freebsd14.3', given);
    expect(fileName).toBe('installerconfig');
    const { settings, rc, pw } = installFreebsd(text);
    expect(settings).toEqual({
      DISTRIBUTIONS: 'kernel.txz base.txz',
      PARTITIONS: 'vtbd0',
      BSDINSTALL_DISTSITE: 'http://mirror.example.org/pub/x',
      nonInteractive: 'YES',
    });
    expect(rc).toMatchObject({ hostname: 'box.example.org', keymap: 'uk', sshd_enable: 'YES' });
    expect(pw).toEqual([
      ['usermod', '-n', 'root', '-H', '0'],
      ['useradd', '-n', 'berta', '-c', "Berta O'Neil", '-m', '-s', '/bin/sh', '-G', 'wheel', '-H', '0'],
    ]);
    expect(text).not.toContain('secret');
    expect(text.match(/\$6\$/g)).toHaveLength(2);
  });

  it('lets nobody in without a password', async () => {
    const { settings, pw } = installFreebsd((await generate(freebsd, 'freebsd14.3', { 'user-login': 'berta' })).text);
    expect(settings).toMatchObject({ PARTITIONS: 'DEFAULT' });
    expect(pw.map((call) => call.slice(-2))).toEqual([
      ['-w', 'no'],
      ['-w', 'no'],
    ]);
  });
});

describe('the answers of OpenBSD', () => {
  it('has every parameter', async () => {
    expect(db.os('openbsd7.7').installScripts).toContain(openbsd);
    const { text, fileName } = await generate(openbsd, 'openbsd7.7', given);
    expect(fileName).toBe('install.conf');
    expect(openbsdAnswers(text)).toEqual({
      'System hostname': 'box.example.org',
      'Password for root account': 'top secret',
      'Start sshd(8) by default': 'yes',
      'Do you expect to run the X Window System': 'no',
      'Setup a user': 'berta',
      'Full name for user': "Berta O'Neil",
      'Password for user': 'also secret',
      'Allow root ssh login': 'no',
      'What timezone are you in': 'Europe/London',
      'Choose your keyboard layout': 'uk',
      'Which disk is the root disk': 'vtbd0',
      'Location of sets': 'http',
      'HTTP Server': 'mirror.example.org',
      'Server directory': 'pub/x',
      'Set name(s)': '-game* -x*',
    });
  });

  it('lets nobody in without a password', async () => {
    const answers = openbsdAnswers((await generate(openbsd, 'openbsd7.7', {})).text);
    expect(answers).toMatchObject({ 'Password for root account': '*************', 'Setup a user': 'no' });
  });
});
