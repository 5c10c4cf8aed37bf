// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { parseKickstart } from '../../../builder/kickstart/index.js';
import {
  formatAptSource,
  parseDeb822Sources,
  parseSourceAddress,
  parseSourcesList,
} from '../../../builder/plan/apt-sources.js';
import type { DebFacts } from '../../../builder/plan/os-facts.js';
import { planSources } from '../../../builder/plan/sources.js';
import type { HostFacts } from '../../../builder/plan/types.js';

const deb: DebFacts = {
  distro: 'debian',
  suite: 'trixie',
  components: ['main'],
  mirror: 'http://ftp.debian.org/debian',
  updatesSuite: 'trixie-updates',
  security: 'http://security.debian.org/debian-security',
  securitySuite: 'trixie-security',
  keyring: '/usr/share/keyrings/debian-archive-keyring.gpg',
  kernel: 'linux-image-cloud-amd64',
  bootPackages: { bios: 'grub-pc-bin', uefi: 'grub-efi-amd64-bin' },
};
const host: HostFacts = {
  distro: 'debian',
  codename: 'bookworm',
  arch: 'x86_64',
  aptOptions: ['Acquire::Check-Date "false"'],
  keyrings: ['/usr/share/keyrings/debian-archive-keyring.gpg'],
  aptSources: [
    { uri: 'http://mirror.example/debian', suite: 'bookworm', components: ['main'] },
    { uri: 'http://mirror.example/debian', suite: 'bookworm-updates', components: ['main'] },
    { uri: 'http://mirror.example/debian-security', suite: 'bookworm-security', components: ['main'] },
  ],
};
const plan = (text: string, mirror?: string, on: HostFacts = host) =>
  planSources(parseKickstart(text, 'test.ks'), deb, on, mirror);
const lines = (sources: readonly Parameters<typeof formatAptSource>[0][]) => sources.map(formatAptSource);

describe('where packages come from', () => {
  it('is the kickstart’s url before all else, and the system keeps it', () => {
    const { sources, imageSources, sourcesWhy } = plan(
      'url --url="http://own.example/debian trixie main contrib"\n',
      'http://other.example/debian',
    );
    expect(lines(sources)).toEqual(['deb http://own.example/debian trixie main contrib']);
    expect(lines(imageSources)).toEqual(lines(sources));
    expect(sourcesWhy).toBe('test.ks:1:1: url');
  });

  it('is --mirror before the host’s, and the system gets the public address', () => {
    const { sources, imageSources } = plan('', 'http://other.example/debian/');
    expect(lines(sources)).toEqual(['deb http://other.example/debian trixie main']);
    expect(lines(imageSources)[0]).toBe('deb http://ftp.debian.org/debian trixie main');
  });

  it('is the mirror of a host of the same family, for the suite that is built', () => {
    const { sources, imageSources, aptOptions } = plan('');
    expect(lines(sources)).toEqual([
      'deb http://mirror.example/debian trixie main',
      'deb http://mirror.example/debian trixie-updates main',
      'deb http://mirror.example/debian-security trixie-security main',
    ]);
    expect(lines(imageSources)[2]).toBe('deb http://security.debian.org/debian-security trixie-security main');
    expect(aptOptions).toEqual(['Acquire::Check-Date "false"']);
  });

  it('is the database’s address on any other host', () => {
    expect(plan('', undefined, { ...host, distro: 'fedora', aptSources: [] }).sourcesWhy).toMatch(/database/);
  });

  it('has the kickstart’s repos added, in the build and in the system', () => {
    const { sources, imageSources } = plan(
      'repo --name=x --baseurl="[signed-by=/usr/share/keyrings/x.gpg] http://x.example/apt stable main"\n',
    );
    expect(lines(sources).at(-1)).toBe('deb [signed-by=/usr/share/keyrings/x.gpg] http://x.example/apt stable main');
    expect(lines(imageSources).at(-1)).toBe(lines(sources).at(-1));
  });

  it('refuses what is no address, with its line', () => {
    expect(() => plan('url --url="ftp://x.example/debian trixie main"\nlang C\n', undefined)).not.toThrow();
    expect(() => plan('repo --name=x --baseurl=http://x.example/fedora\n')).toThrow(
      /test\.ks:1:\d+: repo x: a deb source is/,
    );
    expect(() => plan('', 'http://x.example/$(id)')).toThrow(/--mirror/);
    expect(() => plan('', 'not an address')).toThrow(/--mirror/);
  });
});

describe('apt’s own source lists', () => {
  it('are read in the one-line form', () => {
    expect(
      parseSourcesList(
        '# deb http://no.example/ a b\ndeb [arch=amd64 signed-by=/k.gpg] http://a.example/debian/ sid main contrib # x\ndeb-src http://a.example/debian sid main\n',
      ),
    ).toEqual([
      { uri: 'http://a.example/debian', suite: 'sid', components: ['main', 'contrib'], options: 'signed-by=/k.gpg' },
    ]);
  });

  it('are read in the deb822 form, each address with each suite', () => {
    expect(
      parseDeb822Sources(
        'Types: deb deb-src\nURIs: http://a.example/debian\nSuites: bookworm bookworm-updates\nComponents: main\n contrib\nSigned-By: /k.gpg\n\nTypes: deb\nEnabled: no\nURIs: http://b.example\nSuites: x\n',
      ),
    ).toEqual([
      {
        uri: 'http://a.example/debian',
        suite: 'bookworm',
        components: ['main', 'contrib'],
        options: 'signed-by=/k.gpg',
      },
      {
        uri: 'http://a.example/debian',
        suite: 'bookworm-updates',
        components: ['main', 'contrib'],
        options: 'signed-by=/k.gpg',
      },
    ]);
  });

  it('are what a kickstart’s quoted address is', () => {
    expect(parseSourceAddress('http://a.example/debian bookworm main')).toEqual({
      uri: 'http://a.example/debian',
      suite: 'bookworm',
      components: ['main'],
    });
    expect(parseSourceAddress('http://a.example/debian')).toBeUndefined();
  });
});
