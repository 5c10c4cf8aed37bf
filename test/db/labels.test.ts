// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { childrenOf, REFERENCE, readEntries } from './places.js';

interface Labels {
  readonly 'volume-id'?: string | null;
  readonly 'system-id'?: string | null;
  readonly 'publisher-id'?: string | null;
  readonly 'application-id'?: string | null;
}

interface Treeinfo {
  readonly family?: string | null;
  readonly variant?: string | null;
  readonly version?: string | null;
  readonly arch?: string | null;
}

interface Matcher {
  readonly os: string;
  readonly arch: string;
  readonly patterns: readonly (readonly [string, RegExp])[];
}

/** The patterns of all media (`iso`) or trees (`treeinfo`), told apart by the element that holds them. */
function matchers(kind: 'media' | 'tree', holder: 'iso' | 'treeinfo', keys: readonly string[]): readonly Matcher[] {
  return readEntries()
    .filter((entry) => entry.kind === 'os')
    .flatMap(({ element }) =>
      childrenOf(element, kind).flatMap((one) => {
        const patterns = (one.child(holder)?.children ?? []).filter(({ name }) => keys.includes(name));
        if (patterns.length === 0) return [];
        const compiled = patterns.map(({ name, text }) => [name, new RegExp(text, 'u')] as const);
        return [{ os: element.child('short-id')!.text, arch: one.attrs.get('arch')!, patterns: compiled }];
      }),
    );
}

const media = matchers('media', 'iso', ['volume-id', 'system-id', 'publisher-id', 'application-id']);
const trees = matchers('tree', 'treeinfo', ['family', 'variant', 'version', 'arch']);

/** Short ids of the OSes with an entry whose every pattern is found. */
function fitting(among: readonly Matcher[], fields: Labels | Treeinfo, arch?: string): readonly string[] {
  const text = fields as Readonly<Record<string, string | null | undefined>>;
  const fits = among.filter(
    (one) =>
      (arch === undefined || one.arch === 'all' || one.arch === arch) &&
      one.patterns.every(([key, pattern]) => pattern.test(text[key] ?? '')),
  );
  return [...new Set(fits.map(({ os }) => os))].sort();
}

const ALIASES: Readonly<Record<string, string>> = { x86_64_v2: 'x86_64', i386: 'i686', armhfp: 'armv7l' };
const MICROSOFT = { 'publisher-id': 'MICROSOFT CORPORATION' };

describe('the labels of real media', () => {
  it.each<readonly [string, Labels, readonly string[]]>([
    ['Debian netinst', { 'volume-id': 'Debian 12.0.0 arm64 n' }, ['debian12']],
    ['Debian DVD of a point release to come', { 'volume-id': 'Debian 13.11.0 amd64 1' }, ['debian13']],
    ['Debian for POWER, cut short', { 'volume-id': 'Debian 11.0.0 p64el n' }, ['debian11']],
    ['Debian live', { 'volume-id': 'd-live 12.10.0 gn amd64' }, ['debian12']],
    ['Ubuntu', { 'volume-id': 'Ubuntu-Server 22.04.5 LTS amd64' }, ['ubuntu22.04']],
    ['Ubuntu, cut short', { 'volume-id': 'Ubuntu-Server 26.04 riscv' }, ['ubuntu26.04']],
    ['Fedora Server', { 'volume-id': 'Fedora-S-dvd-aarch64-44' }, ['fedora44']],
    [
      'Fedora Workstation',
      {
        'volume-id': 'Fedora-WS-Live-43',
        'publisher-id': 'FEDORA PROJECT',
        'application-id': 'FEDORA-WORKSTATION-LIVE-43',
      },
      ['fedora43'],
    ],
    ['RHEL 9', { 'volume-id': 'RHEL-9-6-0-BaseOS-x86_64' }, ['rhel9.6']],
    ['RHEL 10', { 'volume-id': 'RHEL-10-0-BaseOS-s390x' }, ['rhel10.0']],
    ['RHEL of a release to come', { 'volume-id': 'RHEL-10-11-BaseOS-x86_64' }, ['rhel10-unknown']],
    ['CentOS Stream', { 'volume-id': 'CentOS-Stream-9-BaseOS-x86_64' }, ['centos-stream9']],
    ['AlmaLinux live, with a point', { 'volume-id': 'AlmaLinux-9.1-x86_64-Live-XFCE' }, ['almalinux9']],
    ['AlmaLinux live, with a bar', { 'volume-id': 'AlmaLinux-9_5-x86_64-Live-GNOME' }, ['almalinux9']],
    ['Rocky', { 'volume-id': 'Rocky-10-0-Workstation-Lite' }, ['rocky10']],
    [
      'openSUSE, cut short',
      { 'volume-id': 'openSUSE-Leap-15.6-NET-ppc64le71', 'system-id': 'LINUX', 'publisher-id': 'SUSE LINUX GmbH' },
      ['opensuse15.6'],
    ],
    ['Alpine', { 'volume-id': 'alpine-std 3.22.0 x86', 'system-id': 'LINUX' }, ['alpinelinux3.22']],
    ['FreeBSD', { 'volume-id': '14_3_RELEASE_AMD64_DVD', 'system-id': 'FreeBSD' }, ['freebsd14.3']],
    ['Windows on ARM', { 'volume-id': 'CCCOMA_A64FRE_EN-GB_DV9', ...MICROSOFT }, ['win11']],
    [
      'Windows of a language with a script',
      { 'volume-id': 'CCCOMA_X64FRE_SR-LATN-RS_DV9', ...MICROSOFT },
      ['win10', 'win11'],
    ],
    ['Windows 10 for schools', { 'volume-id': 'J_CEDNA_X64FRE_EN-US_DV5', ...MICROSOFT }, ['win10']],
    ['Windows Server', { 'volume-id': 'SSS_X64FRE_EN-US_DV9', ...MICROSOFT }, ['win2k22', 'win2k25']],
    ['none of ours', { 'volume-id': 'Debian 10.3.0 amd64 n' }, []],
    ['a dot that is no dot', { 'volume-id': 'Ubuntu 22x04 LTS amd64' }, []],
    ['a label inside another', { 'volume-id': 'not Debian 12.0.0 amd64 n' }, []],
  ])('%s', (_, labels, wanted) => {
    expect(fitting(media, labels)).toEqual(wanted);
  });

  const cases = `${REFERENCE}/osinfo-db/detect-cases.jsonl`;
  it.skipIf(!existsSync(cases))('every case of the reference folder that is ours fits, no other does', () => {
    const ours = new Set(media.map(({ os }) => os));
    // Microsoft writes one label on several releases, of which not all are here yet.
    const shared = ['win2k16', 'win2k19'];
    const lines = readFileSync(cases, 'utf8').trim().split('\n');
    for (const line of lines) {
      const one = JSON.parse(line);
      const labels = {
        'volume-id': one.volume_id,
        'system-id': one.system_id,
        'publisher-id': one.publisher_id,
        'application-id': one.application_id,
      };
      const found = fitting(media, labels);
      if (ours.has(one.expected_shortid)) expect(found, one.path).toContain(one.expected_shortid);
      else if (!shared.includes(one.expected_shortid)) expect(found, one.path).toEqual([]);
      if (!/^win/.test(one.expected_shortid)) expect(found.length, one.path).toBeLessThan(2);
    }
  });
});

describe('the treeinfo of real install trees', () => {
  it.each<readonly [string, Treeinfo, readonly string[]]>([
    ['Fedora', { family: 'Fedora', variant: 'Server', version: '44', arch: 'x86_64' }, ['fedora44']],
    [
      'RHEL',
      { family: 'Red Hat Enterprise Linux', variant: 'AppStream', version: '9.5', arch: 'aarch64' },
      ['rhel9.5'],
    ],
    [
      'RHEL to come',
      { family: 'Red Hat Enterprise Linux', variant: 'BaseOS', version: '9.10', arch: 'x86_64' },
      ['rhel9-unknown'],
    ],
    [
      'CentOS Stream',
      { family: 'CentOS Stream', variant: 'BaseOS', version: '10', arch: 's390x' },
      ['centos-stream10'],
    ],
    [
      'AlmaLinux, second build',
      { family: 'AlmaLinux', variant: 'BaseOS', version: '10', arch: 'x86_64_v2' },
      ['almalinux10'],
    ],
    ['Rocky', { family: 'Rocky Linux', variant: 'BaseOS', version: '10.0', arch: 'ppc64le' }, ['rocky10']],
    [
      'a family whose name begins the same',
      { family: 'AlmaLinux Kitten', variant: 'BaseOS', version: '10', arch: 'x86_64' },
      [],
    ],
  ])('%s', (_, treeinfo, wanted) => {
    expect(fitting(trees, treeinfo, ALIASES[treeinfo.arch!] ?? treeinfo.arch!)).toEqual(wanted);
  });

  const cases = `${REFERENCE}/osinfo-db/tree-cases.jsonl`;
  it.skipIf(!existsSync(cases))('every case of the reference folder that is ours fits, and no other', () => {
    const ours = new Set(trees.map(({ os }) => os));
    for (const line of readFileSync(cases, 'utf8').trim().split('\n')) {
      const one = JSON.parse(line);
      const found = fitting(trees, one, ALIASES[one.arch] ?? one.arch);
      expect(found, one.path).toEqual(ours.has(one.expected_shortid) ? [one.expected_shortid] : []);
    }
  });
});
