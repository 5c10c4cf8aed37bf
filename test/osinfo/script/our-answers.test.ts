// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { generateCommandLine } from '../../../osinfo/script/generate.js';
import { hasCommand } from '../../builder/stages/tree.js';
import { newFolder } from '../load/folders.js';
import { account, type Config, db, generate as generateFor, question } from './asking.js';
import { preseedAnswers } from './readers.js';

const given: Config = {
  ...account,
  hostname: 'box',
  'l10n-language': 'fr_CH',
  'l10n-keyboard': 'fr_CH',
  'l10n-timezone': 'Europe/Zurich',
  'target-disk': '/dev/vda',
  'installation-url': 'http://mirror.example.org:8080/debian',
};
const generate = async (id: string, os: string, config: Config = given) => (await generateFor(id, os, config)).text;

describe.each(['jeos', 'desktop'])('the preseed of Debian, %s', (profile) => {
  const id = `http://debian.org/debian/preseed/${profile}`;

  it('is taken by debconf, and has every parameter', async () => {
    const text = await generate(id, 'debian12');
    execFileSync('debconf-set-selections', ['--checkonly'], { input: text });
    expect(preseedAnswers(text)).toMatchObject({
      'debian-installer/locale': 'fr_CH.UTF-8',
      'keyboard-configuration/xkb-keymap': 'ch',
      'netcfg/get_hostname': 'box',
      'passwd/username': 'berta',
      'passwd/user-fullname': "Berta O'Neil",
      'time/zone': 'Europe/Zurich',
      'partman-auto/disk': '/dev/vda',
      'mirror/http/hostname': 'mirror.example.org:8080',
      'mirror/http/directory': '/debian',
    });
    expect(text).not.toContain('secret');
  });

  it('what nobody gave is left to the installer, or has its usual answer', async () => {
    const least = { 'user-login': 'b', 'user-password': 'x' };
    const answers = preseedAnswers(await generate(id, 'debian12', least));
    expect(answers['passwd/root-login']).toBe('false');
    expect(answers['mirror/http/hostname']).toBe('ftp.debian.org');
    for (const key of ['partman-auto/disk', 'time/zone', 'debian-installer/locale'])
      expect(answers).not.toHaveProperty(key);
  });
});

it('the kernel of the installer is told what it asks before it reads a preseed', async () => {
  const script = db.installScripts().find(({ id }) => id === 'http://debian.org/debian/preseed/jeos')!;
  expect(await generateCommandLine(script, question('debian12', given))).toBe(
    'auto=true priority=critical keymap=ch locale=fr_CH.UTF-8',
  );
});

describe.each(['jeos', 'desktop'])('the autoinstall of Ubuntu, %s', (profile) => {
  const id = `http://ubuntu.com/ubuntu/autoinstall/${profile}`;

  it('is YAML that cloud-init takes for its own, and has every parameter', async () => {
    const text = await generate(id, 'ubuntu24.04');
    expect(text.split('\n')[0]).toBe('#cloud-config');
    const { autoinstall } = parseYaml(text);
    expect(autoinstall).toMatchObject({
      version: 1,
      locale: 'fr_CH.UTF-8',
      keyboard: { layout: 'ch', variant: 'fr' },
      timezone: 'Europe/Zurich',
      identity: { realname: "Berta O'Neil", hostname: 'box', username: 'berta' },
      storage: { layout: { name: 'lvm', match: { path: '/dev/vda' } } },
      apt: { primary: [{ uri: 'http://mirror.example.org:8080/debian' }] },
    });
    expect(autoinstall['late-commands'][0].slice(0, 5)).toEqual(['curtin', 'in-target', '--', 'usermod', '-p']);
    for (const hash of [autoinstall.identity.password, autoinstall['late-commands'][0][5]])
      expect(hash).toMatch(/^\$6\$/);
    expect(text).not.toContain('secret');
  });

  it.skipIf(!hasCommand('cloud-init'))('is taken by cloud-init’s own schema', async () => {
    const file = join(newFolder(), 'user-data');
    writeFileSync(file, await generate(id, 'ubuntu24.04'));
    expect(execFileSync('cloud-init', ['schema', '--config-file', file], { encoding: 'utf8' })).toContain('Valid');
  });

  it('asks for an account, without which nobody could log in', async () => {
    await expect(generate(id, 'ubuntu24.04', { hostname: 'x' })).rejects.toThrow('needs user-login and user-password');
  });
});
