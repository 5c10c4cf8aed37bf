// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { Media } from '../../../osinfo/model/types.js';
import { generateCommandLine, generateScript } from '../../../osinfo/script/generate.js';
import { account, type Config, db, question, scriptOf } from './asking.js';
import { unattendTexts } from './readers.js';

const given: Config = {
  ...account,
  hostname: 'box.example.org',
  'l10n-language': 'fr_CH',
  'l10n-keyboard': 'de_CH',
  'l10n-timezone': 'Europe/Zurich',
  'reg-product-key': 'AAAAA-BBBBB-CCCCC-DDDDD-EEEEE',
  'target-disk': '1',
};

const idOf = (profile: string): string => `http://microsoft.com/windows/unattend/${profile}`;
const generate = (profile: string, os: string, config: Config, media?: Media) =>
  generateScript(scriptOf(idOf(profile)), { ...question(os, config), ...(media && { source: { media } }) });

const answers = async (profile: string, os: string, config: Config, media?: Media) =>
  unattendTexts((await generate(profile, os, config, media)).text);

describe.each(['jeos', 'desktop'])('the answer file of Windows, %s', (profile) => {
  it.each(['win10', 'win11', 'win2k16', 'win2k19', 'win2k22', 'win2k25'])('%s has every parameter', async (os) => {
    expect((await generate(profile, os, given)).fileName).toBe('autounattend.xml');
    const texts = await answers(profile, os, given);
    const account = 'oobeSystem/Shell-Setup/UserAccounts';
    expect(Object.fromEntries(texts)).toMatchObject({
      [`${account}/AdministratorPassword/Value`]: ['top secret'],
      [`${account}/LocalAccounts/LocalAccount/Name`]: ['berta'],
      [`${account}/LocalAccounts/LocalAccount/Password/Value`]: ['also secret'],
      [`${account}/LocalAccounts/LocalAccount/DisplayName`]: ["Berta O'Neil"],
      [`${account}/LocalAccounts/LocalAccount/Group`]: ['Administrators'],
      'specialize/Shell-Setup/ComputerName': ['box'],
      'specialize/DNS-Client/DNSDomain': ['example.org'],
      'specialize/Shell-Setup/TimeZone': ['W. Europe Standard Time'],
      'windowsPE/International-Core-WinPE/UILanguage': ['fr-CH'],
      'windowsPE/International-Core-WinPE/InputLocale': ['de-CH'],
      'oobeSystem/International-Core/UserLocale': ['fr-CH'],
      'windowsPE/Setup/UserData/ProductKey/Key': ['AAAAA-BBBBB-CCCCC-DDDDD-EEEEE'],
      'windowsPE/Setup/UserData/AcceptEula': ['true'],
      'windowsPE/Setup/DiskConfiguration/Disk/DiskID': ['1'],
      'windowsPE/Setup/ImageInstall/OSImage/InstallTo/DiskID': ['1'],
    });
    expect([...texts.keys()].filter((key) => key.includes('AutoLogon'))).toEqual([]);
  });

  it('is of the edition that the profile means, on media of servers; a product key says it to media of clients', async () => {
    const index = 'windowsPE/Setup/ImageInstall/OSImage/InstallFrom/MetaData/Value';
    expect((await answers(profile, 'win2k22', {})).get(index)).toEqual([profile === 'jeos' ? '1' : '2']);
    expect((await answers(profile, 'win11', {})).get(index)).toEqual(['1']);
    expect((await answers(profile, 'win11', given)).get(index)).toBeUndefined();
    expect((await answers(profile, 'win11', { ...given, 'image-index': '6' })).get(index)).toEqual(['6']);
  });
});

describe('the answer file of Windows', () => {
  const types = 'windowsPE/Setup/DiskConfiguration/Disk/CreatePartitions/CreatePartition/Type';
  const drivers = 'windowsPE/PnpCustomizationsWinPE/DriverPaths/PathAndCredentials/Path';
  const arches = (text: string) =>
    new Set([...text.matchAll(/processorArchitecture="([^"]*)"/g)].map(([, arch]) => arch));

  it('divides the disk for the firmware', async () => {
    expect((await answers('jeos', 'win11', {})).get(types)).toEqual(['EFI', 'MSR', 'Primary']);
    expect((await answers('jeos', 'win10', { firmware: 'bios' })).get(types)).toEqual(['Primary', 'Primary']);
    expect((await answers('jeos', 'win10', { 'hardware-arch': 'i686' })).get(types)).toEqual(['Primary', 'Primary']);
  });

  it.each([
    ['x86_64', 'amd64', 'D:\\viostor\\w11\\amd64'],
    ['aarch64', 'arm64', 'D:\\viostor\\w11\\ARM64'],
    ['i686', 'x86', 'D:\\viostor\\w11\\x86'],
  ])('is for the processor: %s is %s', async (arch, name, path) => {
    const { text } = await generate('jeos', 'win11', { 'hardware-arch': arch });
    expect(arches(text)).toEqual(new Set([name]));
    expect(unattendTexts(text).get(drivers)).toContain(path);
  });

  it('asks the medium for processor and language where nobody says them', async () => {
    const media = db.os('win11').media.find(({ arch }) => arch === 'aarch64')!;
    const { text } = await generate('jeos', 'win11', { 'l10n-language': 'de_DE' }, { ...media, languages: ['fr_FR'] });
    expect(arches(text)).toEqual(new Set(['arm64']));
    const texts = unattendTexts(text);
    expect(texts.get('windowsPE/International-Core-WinPE/UILanguage')).toEqual(['fr-FR']);
    expect(texts.get('windowsPE/International-Core-WinPE/UserLocale')).toEqual(['de-DE']);
  });

  it('takes the drivers of virtio from where they are said to lie, or from the disc of virtio-win', async () => {
    const said = { 'pre-install-drivers-disk': 'A', 'pre-install-drivers-location': '\\virtio' };
    expect((await answers('jeos', 'win11', said)).get(drivers)).toEqual(['A:\\virtio']);
    const usual = (await answers('jeos', 'win2k25', {})).get(drivers);
    expect(usual).toHaveLength(12);
    expect(usual).toEqual(expect.arrayContaining(['D:\\vioscsi\\2k25\\amd64', 'E:\\NetKVM\\2k25\\amd64']));
  });

  it('lets the user in only when asked to, and an administrator alone on an edition for clients', async () => {
    const name = 'oobeSystem/Shell-Setup/AutoLogon/Username';
    expect((await answers('jeos', 'win11', { ...given, 'user-autologin': 'true' })).get(name)).toEqual(['berta']);
    expect((await answers('jeos', 'win11', { 'admin-password': 'x' })).get(name)).toEqual(['Administrator']);
    expect((await answers('jeos', 'win2k22', { 'admin-password': 'x' })).get(name)).toBeUndefined();
    const group = 'oobeSystem/Shell-Setup/UserAccounts/LocalAccounts/LocalAccount/Group';
    expect((await answers('jeos', 'win11', { ...given, 'user-admin': 'false' })).get(group)).toEqual(['Users']);
  });

  it('switches off nothing that Windows 11 asks of a machine', async () => {
    expect((await generate('desktop', 'win11', given)).text).not.toMatch(/LabConfig|Bypass|reg(?:\.exe)? add/i);
  });

  it.each([
    ['sr_RS@latin', 'sr-Latn-RS'],
    ['no_NO', 'nb-NO'],
    ['pt_BR.UTF-8', 'pt-BR'],
    ['C', 'en-US'],
  ])('calls the locale %s %s', async (locale, name) => {
    const texts = await answers('jeos', 'win11', { 'l10n-language': locale });
    expect(texts.get('oobeSystem/International-Core/UserLocale')).toEqual([name]);
  });

  it('tells the kernel nothing: Setup finds the file by its name', async () => {
    const script = db.installScripts().find(({ id }) => id === 'http://microsoft.com/windows/unattend/jeos')!;
    expect(await generateCommandLine(script, { db, os: db.os('win11'), config: new Map() })).toBe('');
  });

  it('refuses a name that Setup would stop at', async () => {
    await expect(generate('jeos', 'win11', { hostname: 'a-name-of-17-chars' })).rejects.toThrow(/15 characters/);
  });
});
