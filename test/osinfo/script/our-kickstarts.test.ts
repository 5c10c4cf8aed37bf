// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { parseKickstart } from '../../../builder/kickstart/index.js';
import { generateCommandLine, generateScript } from '../../../osinfo/script/generate.js';
import { account, type Config, question, scriptOf } from './asking.js';

const given: Config = {
  ...account,
  hostname: 'box.example.org',
  'l10n-language': 'de_DE',
  'l10n-keyboard': 'de_DE',
  'l10n-timezone': 'Europe/Berlin',
  'target-disk': 'vda',
};

const releases: readonly (readonly [id: string, os: string, version: string])[] = [
  ['http://fedoraproject.org/fedora/kickstart/jeos', 'fedora36', 'F36'],
  ['http://fedoraproject.org/fedora/kickstart/desktop', 'fedora43', 'F43'],
  ['http://redhat.com/rhel/kickstart/jeos', 'rhel7.9', 'RHEL7'],
  ['http://redhat.com/rhel/kickstart/jeos', 'rhel8.10', 'RHEL8'],
  ['http://redhat.com/rhel/kickstart/desktop', 'rhel9.6', 'RHEL9'],
  ['http://redhat.com/rhel/kickstart/jeos', 'rhel10.0', 'RHEL10'],
];

describe.each(releases)('%s for %s', (id, os, version) => {
  it(`is a kickstart of ${version} that says every parameter`, async () => {
    const { text, fileName } = await generateScript(scriptOf(id), question(os, given));
    const kickstart = parseKickstart(text, fileName, { version });
    expect(kickstart.issues.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(kickstart.lang?.lang).toBe('de_DE.UTF-8');
    expect(kickstart.keyboard).toMatchObject({ xLayouts: ['de'] });
    expect(kickstart.timezone).toMatchObject({ zone: 'Europe/Berlin', utc: true });
    expect(kickstart.network[0]).toMatchObject({ hostname: 'box.example.org' });
    expect(kickstart.users).toMatchObject([{ name: 'berta', gecos: "Berta O'Neil", groups: ['wheel'] }]);
    for (const [hash, password] of [
      [kickstart.rootpw?.password, 'top secret'],
      [kickstart.users[0]?.password, 'also secret'],
    ] as const) {
      const [, , salt] = hash!.split('$');
      expect(
        execFileSync('openssl', ['passwd', '-6', '-salt', salt!, '-stdin'], {
          input: password,
          encoding: 'utf8',
        }).trim(),
      ).toBe(hash);
    }
    expect(text).not.toContain('secret');
  });
});

it('what nobody gave is left out', async () => {
  const { text } = await generateScript(
    scriptOf('http://redhat.com/rhel/kickstart/jeos'),
    question('rhel9.6', { 'l10n-language': 'en_US', 'l10n-keyboard': 'en_US', 'l10n-timezone': 'UTC' }),
  );
  expect(text.split('\n')).toContain('rootpw --lock');
  expect(text).not.toMatch(/user |--hostname|--drives/);
});

it('a user is an administrator unless it is said otherwise', async () => {
  const { 'user-admin': _, ...unsaid } = given;
  const script = scriptOf('http://redhat.com/rhel/kickstart/jeos');
  expect((await generateScript(script, question('rhel9.6', unsaid))).text).toContain('--groups=wheel');
  const plain = { ...given, 'user-admin': 'false' };
  expect((await generateScript(script, question('rhel9.6', plain))).text).not.toContain('wheel');
});

it('the kernel of the installer is told where the kickstart lies', async () => {
  const line = await generateCommandLine(scriptOf('http://redhat.com/rhel/kickstart/jeos'), question('rhel9.6', given));
  expect(line).toBe('inst.ks=hd:LABEL=OEMDRV:/rhel.ks');
});
