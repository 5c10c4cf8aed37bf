import { describe, expect, it } from 'vitest';
import { type Config, db, generate as generateFor } from './asking.js';

const given: Config = {
  'admin-password': 'top secret',
  'user-login': 'berta',
  'user-password': 'also secret',
  'user-admin': 'true',
  hostname: 'box',
  'l10n-language': 'en_GB',
  'l10n-keyboard': 'en_GB',
  'l10n-timezone': 'Europe/London',
  'target-disk': '/dev/vda',
  'installation-url': 'http://mirror.example.org/$repo/os/$arch',
};

const generate = async (profile: string, config: Config) => {
  const id = `http://archlinux.org/archlinux/archinstall/${profile}`;
  expect(db.os('archlinux').installScripts).toContain(id);
  return generateFor(id, 'archlinux', config);
};

describe.each([
  ['jeos', 'Minimal'],
  ['desktop', 'Desktop'],
])('the configuration of archinstall, %s', (profile, main) => {
  it('is JSON, and has every parameter', async () => {
    const { text, fileName } = await generate(profile, given);
    expect(fileName).toBe('user_configuration.json');
    const configuration = JSON.parse(text);
    expect(configuration).toMatchObject({
      disk_config: { config_type: 'default_layout', device_modifications: [{ device: '/dev/vda', wipe: true }] },
      hostname: 'box',
      locale_config: { kb_layout: 'uk', sys_lang: 'en_GB.UTF-8' },
      mirror_config: { custom_servers: [{ url: 'http://mirror.example.org/$repo/os/$arch' }] },
      profile_config: { profile: { main } },
      timezone: 'Europe/London',
      users: [{ username: 'berta', sudo: true }],
    });
    for (const hash of [configuration.root_enc_password, configuration.users[0].enc_password])
      expect(hash).toMatch(/^\$6\$/);
    expect(text).not.toContain('secret');
  });

  it('has partitions that lie one behind the other, the root as large as asked', async () => {
    const { text } = await generate(profile, { ...given, 'root-size': '100' });
    const [boot, root] = JSON.parse(text).disk_config.device_modifications[0].partitions;
    expect(boot.start.value + boot.size.value).toBe(root.start.value);
    expect(root.size.value).toBe(100 * 1024 ** 3);
    await expect(generate(profile, { ...given, 'root-size': 'all' })).rejects.toThrow('root-size is a number of GiB');
  });

  it('asks for the disk that it wipes, and for nothing else', async () => {
    await expect(generate(profile, {})).rejects.toThrow('needs target-disk');
    const configuration = JSON.parse((await generate(profile, { 'target-disk': '/dev/sda' })).text);
    for (const key of ['users', 'root_enc_password', 'mirror_config']) expect(configuration).not.toHaveProperty(key);
  });
});
