// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { generateCommandLine } from '../../../osinfo/script/generate.js';
import { account, type Config, db, generate as generateFor, question, scriptOf } from './asking.js';
import { autoyastTexts } from './readers.js';

const given: Config = {
  ...account,
  hostname: 'box.example.org',
  'l10n-language': 'fr_CH',
  'l10n-keyboard': 'fr_CH',
  'l10n-timezone': 'Europe/Zurich',
  'target-disk': '/dev/vda',
  'installation-url': 'http://mirror.example.org/leap',
};

const generate = async (id: string, os: string, config: Config = given) => (await generateFor(id, os, config)).text;

function expectHashes(hashes: readonly string[]): void {
  expect(hashes).toHaveLength(2);
  for (const [at, password] of ['top secret', 'also secret'].entries()) {
    const arguments_ = ['passwd', '-6', '-salt', hashes[at]!.split('$')[2]!, '-stdin'];
    expect(execFileSync('openssl', arguments_, { input: password, encoding: 'utf8' }).trim()).toBe(hashes[at]);
  }
}

const autoyast: readonly (readonly [id: string, os: string])[] = ['jeos', 'desktop'].flatMap((profile) => [
  [`http://opensuse.org/opensuse/autoyast/${profile}`, 'opensuse15.6'] as const,
  [`http://opensuse.org/opensuse/autoyast/${profile}`, 'opensusetumbleweed'] as const,
  [`http://suse.com/sle/autoyast/${profile}`, 'sles12sp5'] as const,
  [`http://suse.com/sle/autoyast/${profile}`, 'sle15sp6'] as const,
]);

describe.each(autoyast)('%s for %s', (id, os) => {
  it('is offered, and has every parameter', async () => {
    expect(db.os(os).installScripts).toContain(id);
    const text = await generate(id, os);
    const texts = autoyastTexts(text);
    expect(texts).toMatchObject({
      'general/mode/confirm': ['false'],
      'language/language': ['fr_CH'],
      'keyboard/keymap': ['french-ch'],
      'timezone/timezone': ['Europe/Zurich'],
      'networking/dns/hostname': ['box.example.org'],
      'partitioning/drive/device': ['/dev/vda'],
      'users/user/username': ['root', 'berta'],
      'users/user/fullname': ["Berta O'Neil"],
      'users/user/encrypted': ['true', 'true'],
      'groups/group/userlist': ['berta'],
    });
    expectHashes(texts['users/user/user_password']!);
    expect(text).not.toContain('secret');
  });

  it('what nobody gave is left to the installer, and nobody gets in without a password', async () => {
    const texts = autoyastTexts(await generate(id, os, {}));
    expect(texts['users/user/user_password']).toEqual(['!']);
    for (const key of ['partitioning/drive/device', 'timezone/timezone', 'language/language', 'groups/group/userlist'])
      expect(texts).not.toHaveProperty([key]);
  });
});

it('SLES 15 comes from its modules, or from where a code registers it', async () => {
  const id = 'http://suse.com/sle/autoyast/desktop';
  const complete = autoyastTexts(await generate(id, 'sle15sp6', {}));
  expect(complete['add-on/add_on_products/listentry/product_dir']).toContain('/Module-Basesystem');
  const registered = autoyastTexts(
    await generate(id, 'sle15sp6', { 'reg-product-key': 'CODE', 'reg-login': 'b@example.org' }),
  );
  expect(registered).toMatchObject({ 'suse_register/reg_code': ['CODE'], 'suse_register/email': ['b@example.org'] });
  expect(registered).not.toHaveProperty(['add-on/add_on_products/listentry/product_dir']);
  expect(autoyastTexts(await generate(id, 'sles12sp5', {}))).not.toHaveProperty(['software/products/product']);
});

const agama: readonly (readonly [id: string, os: string, product: string])[] = ['jeos', 'desktop'].flatMap(
  (profile) => [
    [`http://opensuse.org/opensuse/agama/${profile}`, 'opensuse16.0', 'openSUSE_Leap'] as const,
    [`http://suse.com/sle/agama/${profile}`, 'sles16.0', 'SLES'] as const,
  ],
);

describe.each(agama)('%s for %s', (id, os, product) => {
  it('is offered, is JSON, and has every parameter', async () => {
    expect(db.os(os).installScripts).toContain(id);
    const text = await generate(id, os);
    const profile = JSON.parse(text);
    expect(profile).toMatchObject({
      product: { id: product },
      localization: { language: 'fr_CH.UTF-8', keyboard: 'ch(fr)', timezone: 'Europe/Zurich' },
      hostname: { static: 'box.example.org' },
      root: { hashedPassword: true },
      user: { userName: 'berta', fullName: "Berta O'Neil", hashedPassword: true },
      software: { extraRepositories: [{ url: 'http://mirror.example.org/leap' }] },
      storage: { drives: [{ search: '/dev/vda' }] },
    });
    expectHashes([profile.root.password, profile.user.password]);
    expect(text).not.toContain('secret');
  });

  it('is JSON also where nobody gave anything', async () => {
    const profile = JSON.parse(await generate(id, os, {}));
    expect(Object.keys(profile)).toEqual(['product', 'localization', 'software', 'storage']);
    expect(profile.storage.drives[0]).not.toHaveProperty('search');
  });
});

it('the kernel of the installer is told where the profile lies', async () => {
  const line = (id: string, os: string) => generateCommandLine(scriptOf(id), question(os, {}));
  expect(await line('http://opensuse.org/opensuse/autoyast/jeos', 'opensuse15.6')).toBe(
    'autoyast=label://OEMDRV/autoinst.xml',
  );
  expect(await line('http://suse.com/sle/agama/jeos', 'sles16.0')).toBe('inst.auto=label://OEMDRV/autoinst.json');
});
