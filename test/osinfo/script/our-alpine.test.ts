// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../osinfo/errors.js';
import { newFolder } from '../load/folders.js';
import { account, type Config, db, generate as generateFor } from './asking.js';
import { hostile } from './hostile.js';

const id = 'http://alpinelinux.org/alpinelinux/answers/jeos';
const given: Config = {
  ...account,
  hostname: 'box.example.org',
  'l10n-keyboard': 'fr_CH',
  'l10n-timezone': 'Europe/Zurich',
  'target-disk': '/dev/vda',
  'installation-url': 'http://mirror.example.org/alpine/v3.22/main',
};

const generate = async (config: Config) => {
  expect(db.os('alpinelinux3.22').installScripts).toContain(id);
  return generateFor(id, 'alpinelinux3.22', config);
};

const tools = ['adduser', 'addgroup', 'chpasswd', 'passwd'];
const names = ['KEYMAPOPTS', 'HOSTNAMEOPTS', 'TIMEZONEOPTS', 'APKREPOSOPTS', 'ERASE_DISKS', 'DISKOPTS', 'USEROPTS'];

/** What setup-alpine has after it sourced the answers, each option in the words it is split into, and which tools they called. */
function source(text: string): {
  readonly options: Readonly<Record<string, readonly string[]>>;
  readonly calls: readonly (readonly string[])[];
} {
  const folder = newFolder();
  const log = join(folder, 'log');
  for (const tool of tools) {
    const path = join(folder, tool);
    writeFileSync(
      path,
      `#!/bin/sh\nfor word in ${tool} "$@"; do printf '%s\\0' "$word"; done >> "$LOG"\nprintf '\\1' >> "$LOG"\n`,
    );
    chmodSync(path, 0o755);
  }
  const show = names.map((name) => `printf '%s\\0' ${name} $${name}; printf '\\1'`).join('\n');
  const shown = execFileSync('sh', ['-eu'], {
    input: `${text}\n${show}\n`,
    env: { PATH: `${folder}:/usr/bin:/bin`, LOG: log, KEYMAPOPTS: '' },
    encoding: 'utf8',
    cwd: folder,
  });
  const words = (all: string): string[][] =>
    all
      .split('\u0001')
      .slice(0, -1)
      .map((one) => one.split('\0').slice(0, -1));
  return {
    options: Object.fromEntries(words(shown).map(([name, ...rest]) => [name, rest])),
    calls: existsSync(log) ? words(readFileSync(log, 'utf8')) : [],
  };
}

describe('the answers of Alpine Linux', () => {
  it('say every parameter', async () => {
    const { text, fileName } = await generate(given);
    expect(fileName).toBe('answers');
    const { options, calls } = source(text);
    expect(options).toEqual({
      KEYMAPOPTS: ['ch', 'ch-fr'],
      HOSTNAMEOPTS: ['-n', 'box.example.org'],
      TIMEZONEOPTS: ['-z', 'Europe/Zurich'],
      APKREPOSOPTS: ['http://mirror.example.org/alpine/v3.22/main'],
      ERASE_DISKS: ['/dev/vda'],
      DISKOPTS: ['-m', 'sys', '/dev/vda'],
      USEROPTS: ['none'],
    });
    expect(calls.filter(([tool]) => tool !== 'chpasswd')).toEqual([
      ['adduser', '-D', '-g', "Berta O'Neil", '--', 'berta'],
      ['addgroup', 'berta', 'wheel'],
    ]);
    expect(calls.filter(([tool]) => tool === 'chpasswd')).toEqual([
      ['chpasswd', '-e'],
      ['chpasswd', '-e'],
    ]);
    expect(text.match(/\$6\$/g)).toHaveLength(2);
    expect(text).not.toContain('secret');
  });

  it('need the disk that is erased, and let nobody in without a password', async () => {
    await expect(generate({})).rejects.toThrow('needs target-disk');
    expect(source((await generate({ 'target-disk': '/dev/vda' })).text).calls).toEqual([['passwd', '-l', 'root']]);
  });

  it('hostile values come back as they went in, or are refused by name', async () => {
    await fc.assert(
      fc.asyncProperty(hostile, hostile, hostile, async (hostname, login, realname) => {
        fc.pre([hostname, login, realname].every((value) => value !== '' && !value.includes('\r')));
        try {
          const config = { ...given, hostname, 'user-login': login, 'user-realname': realname };
          const { options, calls } = source((await generate(config)).text);
          expect(options['HOSTNAMEOPTS']).toEqual(['-n', hostname]);
          expect(calls).toContainEqual(['adduser', '-D', '-g', realname, '--', login]);
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
          expect(error.message).toMatch(/^hostname has a blank or one of \* \? \[/);
        }
      }),
      { numRuns: 20 },
    );
  });
});
