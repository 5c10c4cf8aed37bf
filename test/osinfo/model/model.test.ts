// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { NotFoundError } from '../../../osinfo/errors.js';
import { languageNames } from '../../../osinfo/languages.js';
import { dbFromXml } from '../../../osinfo/model/build.js';
import { toBoolean, toInteger } from '../../../osinfo/model/values.js';

const file = (content: string) => `<libosinfo version="0.0.1">${content}</libosinfo>`;
const withOs = (content: string) =>
  dbFromXml({ 'os/e.org/a.xml': file(`<os id="http://e.org/a"><short-id>a</short-id>${content}</os>`) }).os('a');

describe('values', () => {
  it('integers are read as C reads them', () => {
    const table: [string | undefined, number | undefined][] = [
      [undefined, undefined],
      ['42', 42],
      [' 42 ', 42],
      ['0x10', 16],
      ['010', 8],
      ['0', 0],
      ['2 GB', 2],
      ['rubbish', 0],
      ['', 0],
      ['-1', undefined],
      ['26388279066624', 26388279066624],
    ];
    for (const [text, wanted] of table) expect([text, toInteger(text)]).toEqual([text, wanted]);
  });

  it('true and yes are true, everything else is false', () => {
    expect(['true', 'yes', 'TRUE', '1', ''].map((text) => toBoolean(text, true))).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
    expect([toBoolean(undefined, true), toBoolean(undefined, false)]).toEqual([true, false]);
  });
});

describe('defaults', () => {
  it('of a media', () => {
    expect(withOs('<media arch="all"/>').media[0]).toMatchObject({
      id: 'http://e.org/a:0',
      installer: true,
      live: false,
      installerReboots: 1,
      ejectAfterInstall: true,
      installerScript: undefined,
      volumeSize: undefined,
      variants: [],
    });
    expect(withOs('<media arch="all" installer="false" installer-reboots="2"/>').media[0]).toMatchObject({
      installer: false,
      installerReboots: undefined,
    });
  });

  it('of a tree: treeinfo counts when it has a field', () => {
    const trees = withOs(
      '<tree arch="all"><treeinfo><version>1</version></treeinfo></tree><tree arch="all"><treeinfo/></tree>',
    ).trees;
    expect(trees.map((tree) => [tree.hasTreeinfo, tree.treeinfoVersion])).toEqual([
      [true, '1'],
      [false, undefined],
    ]);
  });

  it('of a driver, an image, a status and firmware', () => {
    const os = withOs(
      '<driver arch="all" location="x"/><image arch="all" format="raw"/><firmware arch="all" type="efi" recommended="true"/>',
    );
    expect(os.drivers[0]).toMatchObject({ priority: 50, preInstallable: false, signed: false, files: [], devices: [] });
    expect(os.images[0]).toMatchObject({ cloudInit: false, format: 'raw' });
    expect(os.releaseStatus).toBe('released');
    expect(os.firmware[0]).toMatchObject({ supported: true, recommended: true });
    expect(withOs('<release-status>rolling</release-status>').releaseStatus).toBe('rolling');
    expect(withOs('<release-status>bogus</release-status>').releaseStatus).toBe('released');
  });

  it('a media’s languages, fixed or by a pattern', () => {
    const iso = '<iso><l10n-language>en</l10n-language><l10n-language>de</l10n-language></iso>';
    const pattern = '<iso><l10n-language regex="true" l10n-language-map="http://m.org/m">(..)</l10n-language></iso>';
    const [fixed, matched] = withOs(`<media arch="all">${iso}</media><media arch="all">${pattern}</media>`).media;
    expect(fixed).toMatchObject({ languages: ['en', 'de'], languageRegex: undefined });
    expect(matched).toMatchObject({ languages: [], languageRegex: '(..)', languageMap: 'http://m.org/m' });
  });
});

describe('install scripts and datamaps', () => {
  const db = dbFromXml({
    'install-script/s.org/1.xml': file(
      `<install-script id="http://s.org/1"><profile>jeos</profile><needs-internet/><can-pre-install-drivers>yes</can-pre-install-drivers><path-format>dos</path-format>
<injection-method>web</injection-method><injection-method>cdrom</injection-method><injection-method>pigeon</injection-method>
<avatar-format><mime-type>image/png</mime-type><mime-type>image/jpeg</mime-type><width>64</width></avatar-format>
<config><param name="a" policy="required" value-map="http://m.org/m"/><param name="b" policy="optional"/></config>
<template><xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform" version="1.0"><!-- kept --></xsl:stylesheet></template></install-script>`,
    ),
    'install-script/s.org/2.xml': file(
      '<install-script id="http://s.org/2"><template uri="file:///x.xsl"/></install-script>',
    ),
    'datamap/m.org/m.xml': file(
      '<datamap id="http://m.org/m"><entry inval="a" outval="b"/><entry inval="a" outval="c"/></datamap>',
    ),
  });

  it('are read with all their parts', () => {
    const script = db.findInstallScript('http://s.org/1')!;
    expect(script).toMatchObject({
      profile: 'jeos',
      needsInternet: true,
      canPreInstallDrivers: false,
      canPostInstallDrivers: false,
      pathFormat: 'dos',
      injectionMethods: ['cdrom', 'web'],
      avatarFormat: { mimeTypes: ['image/png', 'image/jpeg'], width: 64, height: undefined, alpha: false },
      configParams: [
        { name: 'a', required: true, valueMap: 'http://m.org/m' },
        { name: 'b', required: false, valueMap: undefined },
      ],
      template: {
        text: '<xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform" version="1.0"><!-- kept --></xsl:stylesheet>',
      },
    });
    expect(script.preferredInjectionMethod).toBe('cdrom');
    expect(db.findInstallScript('http://s.org/2')).toMatchObject({
      template: { uri: 'file:///x.xsl' },
      injectionMethods: [],
      preferredInjectionMethod: 'disk',
    });
    expect(db.issues).toMatchObject([{ severity: 'warning', message: '"pigeon" is no injection method' }]);
  });

  it('a datamap answers with the last entry', () => {
    expect(db.findDatamap('http://m.org/m')!.lookup('a')).toBe('c');
    expect(db.findDatamap('http://m.org/m')!.lookup('z')).toBeUndefined();
    expect(db.findDatamap('http://m.org/m')!.reverseLookup('b')).toBe('a');
    expect(db.findDatamap('http://m.org/m')!.reverseLookup('a')).toBeUndefined();
    expect(db.findDatamap('http://m.org/none')).toBeUndefined();
  });
});

describe('what an OS says of installing it', () => {
  const script = (id: string, profile: string) =>
    file(`<install-script id="http://s.org/${id}"><profile>${profile}</profile></install-script>`);
  const content =
    '<installer><script id="http://s.org/1"/><script id="http://s.org/2"/></installer><media arch="all"/><media arch="all" installer-script="false"/><driver arch="x86_64" location="a"/><driver arch="x86_64" location="b" priority="70"/><driver arch="i686" location="c" priority="70"/>';
  const db = dbFromXml({
    'os/e.org/a.xml': file(`<os id="http://e.org/a"><short-id>a</short-id>${content}</os>`),
    'os/e.org/b.xml': file(
      '<os id="http://e.org/b"><short-id>b</short-id><media arch="all"/><media arch="all"><installer><script id="http://s.org/1"/></installer></media></os>',
    ),
    'install-script/s.org/1.xml': script('1', 'jeos'),
    'install-script/s.org/2.xml': script('2', 'desktop'),
  });

  it('its script of a profile, the media that can be so installed, the drivers to take', () => {
    const [a, b] = [db.os('a'), db.os('b')];
    expect(a.findInstallScript('desktop')).toBe(db.findInstallScript('http://s.org/2'));
    expect([a.findInstallScript('other'), b.findInstallScript('jeos')]).toEqual([undefined, undefined]);
    expect(a.media.map((media) => a.supportsInstallerScript(media))).toEqual([true, false]);
    expect(b.media.map((media) => b.supportsInstallerScript(media))).toEqual([false, true]);
    expect(a.preferredDrivers.map(({ location }) => location)).toEqual(['b', 'c']);
    expect(b.preferredDrivers).toEqual([]);
  });
});

describe('finding entities', () => {
  const os = (id: string, shortIds: string) => [
    `os/e.org/${id}.xml`,
    file(`<os id="http://e.org/${id}">${shortIds}</os>`),
  ];
  const db = dbFromXml(
    Object.fromEntries([
      os('a', '<short-id>other</short-id><short-id>shared</short-id>'),
      os('b', '<short-id>shared</short-id><short-id>second</short-id>'),
      [
        'deployment/e.org/d.xml',
        file('<deployment id="http://e.org/d"><os id="http://e.org/a"/><platform id="http://e.org/p"/></deployment>'),
      ],
    ]),
  );

  it('by id, by any short id; the one whose first short id it is goes before', () => {
    expect(db.os('http://e.org/b').id).toBe('http://e.org/b');
    expect(db.os('second').id).toBe('http://e.org/b');
    expect(db.os('shared').id).toBe('http://e.org/b');
    expect(db.os('shared')).toBe(db.os('http://e.org/b'));
  });

  it('an unknown name is an error with near matches, or with the way to the list', () => {
    expect(db.findOs('othr')).toBeUndefined();
    expect(() => db.os('othr')).toThrow(NotFoundError);
    expect(() => db.os('othr')).toThrow('there is no operating system "othr" in the database; did you mean other?');
    expect(() => db.platform('zzzzzzzz')).toThrow('osinfo-query platform lists them all');
    expect(db.findOs('constructor')).toBeUndefined();
    expect(db.findOs('')).toBeUndefined();
  });

  it('deployments name their OS and platform', () => {
    expect(db.deployments()).toHaveLength(1);
    expect(db.findDeployment('http://e.org/d')).toMatchObject({ os: 'http://e.org/a', platform: 'http://e.org/p' });
  });
});

describe.skipIf(!existsSync('/usr/share/misc/pci.ids'))('devices of pci.ids (package pci.ids)', () => {
  const device = (path: string, content: string) => ({ [`device/pcisig.com/${path}.xml`]: file(content) });
  const id = 'http://pcisig.com/pci/1af4/1041';

  it('are found without being in the database', () => {
    const db = dbFromXml({});
    expect(db.findDevice(id)).toMatchObject({ vendorId: '1af4', productId: '1041', busType: 'pci', name: undefined });
    expect(db.findDevice(id)!.vendor).toMatch(/Red Hat/);
    expect(db.findDevice('http://pcisig.com/pci/1af4/zzzz')).toBeUndefined();
    expect(db.findDevice('http://usb.org/usb/1d6b/0002')).toMatchObject({ busType: 'usb' });
  });

  it('a native fragment lies on top, a native master takes their place', () => {
    const fragment = dbFromXml(
      device('pci-1af4-1041.d/x', `<device id="${id}"><name>virtio-net</name><product>P</product></device>`),
    );
    expect(fragment.findDevice(id)).toMatchObject({ name: 'virtio-net', product: 'P', busType: 'pci' });
    expect(fragment.findDevice(id)!.paramKeys().toSorted()).toEqual([
      'bus-type',
      'id',
      'name',
      'product',
      'product-id',
      'vendor',
      'vendor-id',
    ]);
    const master = dbFromXml(device('pci-1af4-1041', `<device id="${id}"><name>virtio-net</name></device>`));
    expect(master.findDevice(id)).toMatchObject({ name: 'virtio-net', product: undefined, busType: undefined });
  });

  it('the whole list answers the same as single look-ups', () => {
    const db = dbFromXml({});
    const all = db.devices();
    expect(all.length).toBeGreaterThan(10_000);
    for (const one of all.filter((_, index) => index % 997 === 0)) {
      const alone = dbFromXml({}).findDevice(one.id)!;
      expect([alone.vendor, alone.product, alone.busType]).toEqual([one.vendor, one.product, one.busType]);
    }
  });
});

describe('languages', () => {
  it('come from the environment as libosinfo takes them', () => {
    expect(languageNames({ LANG: 'C.UTF-8' })).toEqual([]);
    expect(languageNames({})).toEqual([]);
    expect(languageNames({ LANG: 'de_AT.UTF-8' })).toEqual(['de_AT.UTF-8', 'de_AT', 'de.UTF-8', 'de']);
    expect(languageNames({ LANG: 'de', LC_ALL: 'fr_FR' })).toEqual(['fr_FR', 'fr']);
    expect(languageNames({ LANGUAGE: 'ko:ja', LC_ALL: 'C' })).toEqual(['ko', 'ja']);
    expect(languageNames({ LANG: 'sr_RS@latin' })).toEqual(['sr_RS@latin', 'sr@latin', 'sr_RS', 'sr']);
  });
});
