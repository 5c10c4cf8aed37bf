// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { account, type Config, db, generate as generateFor } from './asking.js';
import { sourceAlpine } from './readers.js';

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

describe('the answers of Alpine Linux', () => {
  it('say every parameter', async () => {
    const { text, fileName } = await generate(given);
    expect(fileName).toBe('answers');
    const { options, calls } = sourceAlpine(text);
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
    expect(sourceAlpine((await generate({ 'target-disk': '/dev/vda' })).text).calls).toEqual([
      ['passwd', '-l', 'root'],
    ]);
  });
});
