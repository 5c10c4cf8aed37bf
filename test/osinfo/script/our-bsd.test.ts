// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../osinfo/errors.js';
import { newFolder } from '../load/folders.js';
import { account, type Config, db, generate } from './asking.js';
import { hostile } from './hostile.js';

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

/**
 * What the script of FreeBSD does: its first half is read by a shell, its second is run by one, in a folder of its own
 * instead of the new system, with a `pw` that writes down what it is told.
 */
function install(text: string): { readonly settings: Config; readonly rc: Config; readonly pw: readonly string[][] } {
  const [preamble = '', setup = ''] = text.split('\n#!/bin/sh\n');
  const read = (script: string, names: readonly string[], environment: NodeJS.ProcessEnv = {}): Config => {
    const show = names.map((name) => `printf '%s\\0' "$${name}"`).join('\n');
    const values = execFileSync('sh', ['-e'], { input: `${script}\n${show}\n`, env: environment, encoding: 'utf8' });
    return Object.fromEntries(
      values
        .split('\0')
        .slice(0, -1)
        .map((value, at) => [names[at]!, value]),
    );
  };
  const folder = newFolder();
  for (const name of ['bin', 'etc', 'var/db', 'usr/share/zoneinfo/Europe'])
    mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, 'usr/share/zoneinfo/Europe/London'), 'London');
  writeFileSync(
    join(folder, 'bin/pw'),
    `#!/bin/sh\nfor word; do printf '%s\\0' "$word"; done >> "$LOG"\nprintf '\\1' >> "$LOG"\n`,
  );
  chmodSync(join(folder, 'bin/pw'), 0o755);
  const moved = setup.replaceAll(/(?<=[ "])\/(?=etc\/|var\/|usr\/)/g, `${folder}/`);
  const log = join(folder, 'log');
  execFileSync('sh', ['-eu'], { input: moved, env: { PATH: `${folder}/bin:/usr/bin:/bin`, LOG: log }, cwd: folder });
  return {
    settings: read(preamble, ['DISTRIBUTIONS', 'PARTITIONS', 'BSDINSTALL_DISTSITE', 'nonInteractive']),
    rc: read(readFileSync(join(folder, 'etc/rc.conf'), 'utf8'), [
      'hostname',
      'keymap',
      'ifconfig_DEFAULT',
      'sshd_enable',
    ]),
    pw: readFileSync(log, 'utf8')
      .split('\u0001')
      .slice(0, -1)
      .map((call) => call.split('\0').slice(0, -1)),
  };
}

describe('the installerconfig of FreeBSD', () => {
  it('does what every parameter says', async () => {
    expect(db.os('freebsd14.3').installScripts).toContain(freebsd);
    const { text, fileName } = await generate(freebsd, 'freebsd14.3', given);
    expect(fileName).toBe('installerconfig');
    const { settings, rc, pw } = install(text);
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
    const { settings, pw } = install((await generate(freebsd, 'freebsd14.3', { 'user-login': 'berta' })).text);
    expect(settings).toMatchObject({ PARTITIONS: 'DEFAULT' });
    expect(pw.map((call) => call.slice(-2))).toEqual([
      ['-w', 'no'],
      ['-w', 'no'],
    ]);
  });

  it('hostile values come back as they went in, from what boots as well', async () => {
    await fc.assert(
      fc.asyncProperty(hostile, hostile, hostile, async (hostname, login, realname) => {
        fc.pre([hostname, login, realname].every((value) => value !== '' && !value.includes('\r')));
        const config = { ...given, hostname, 'user-login': login, 'user-realname': realname };
        const { rc, pw } = install((await generate(freebsd, 'freebsd14.3', config)).text);
        expect(rc['hostname']).toBe(hostname);
        expect(pw[1]!.slice(0, 5)).toEqual(['useradd', '-n', login, '-c', realname]);
      }),
      {
        numRuns: 15,
        examples: [
          ['a\n', 'b', 'c'],
          ['\\\n', 'b', "'"],
        ],
      },
    );
  });
});

describe('the answers of OpenBSD', () => {
  const answersOf = (text: string): Config =>
    Object.fromEntries(
      text
        .trimEnd()
        .split('\n')
        .map((line) => [line.slice(0, line.indexOf(' = ')), line.slice(line.indexOf(' = ') + 3)]),
    );

  it('has every parameter', async () => {
    expect(db.os('openbsd7.7').installScripts).toContain(openbsd);
    const { text, fileName } = await generate(openbsd, 'openbsd7.7', given);
    expect(fileName).toBe('install.conf');
    expect(answersOf(text)).toEqual({
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
    const answers = answersOf((await generate(openbsd, 'openbsd7.7', {})).text);
    expect(answers).toMatchObject({ 'Password for root account': '*************', 'Setup a user': 'no' });
  });

  it('hostile values come back as they went in, or are refused by name', async () => {
    await fc.assert(
      fc.asyncProperty(hostile, hostile, async (password, realname) => {
        fc.pre(password !== '' && realname !== '');
        const config = { ...given, 'admin-password': password, 'user-realname': realname };
        try {
          const answers = answersOf((await generate(openbsd, 'openbsd7.7', config)).text);
          expect(answers).toMatchObject({ 'Password for root account': password, 'Full name for user': realname });
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
          expect(error.message).toMatch(/^(admin-password|user-realname) (has a line break|begins or ends|ends with)/);
        }
      }),
      { numRuns: 25 },
    );
  });
});
