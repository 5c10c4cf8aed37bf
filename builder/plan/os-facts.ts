// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../../osinfo/errors.js';
import type { Fact, Os } from '../../osinfo/model/types.js';

/** What the database says about building a deb system (`gw:packaging`, `gw:kernel`, `gw:boot` of docs/database-format.md). */
export interface DebFacts {
  readonly distro: string;
  readonly suite: string;
  readonly components: readonly string[];
  readonly mirror: string;
  readonly updatesSuite: string | undefined;
  readonly security: string | undefined;
  readonly securitySuite: string | undefined;
  /** The keyring that signs the archive, where its keyring package installs it. */
  readonly keyring: string | undefined;
  readonly kernel: string;
  readonly bootPackages: { readonly bios: string | undefined; readonly uefi: string | undefined };
}

/** The database's architecture names, and dpkg's. */
export const DEB_ARCH: Readonly<Record<string, string>> = {
  x86_64: 'amd64',
  aarch64: 'arm64',
  i686: 'i386',
  armv7l: 'armhf',
  ppc64le: 'ppc64el',
  s390x: 's390x',
  riscv64: 'riscv64',
  loongarch64: 'loong64',
};

/**
 * Reads the facts that a deb build stands on.
 * @throws InputError when the OS is of another family, or its entry does not say how it is built
 */
export function readDebFacts(os: Os, arch: string): DebFacts {
  const name = os.shortId ?? os.id;
  const packaging = fact(os.facts, 'packaging');
  if (!packaging) {
    throw new InputError(
      'no-packaging',
      `the database does not say how ${name} is put together (gw:packaging); only systems with it can be built`,
    );
  }
  const get = (key: string): string | undefined => packaging.attributes[key];
  if (get('type') !== 'deb') {
    throw new InputError(
      'packaging-type',
      `${name} is made of ${get('type')} packages; this version builds deb systems`,
    );
  }
  const suite = get('suite');
  const mirror = get('mirror');
  const kernel = fact(os.facts, 'kernel', arch)?.attributes['package'];
  if (suite === undefined || mirror === undefined || kernel === undefined) {
    throw new InputError(
      'packaging-incomplete',
      `the database lacks the suite, mirror or ${arch} kernel package of ${name}`,
    );
  }
  return {
    distro: os.distro ?? 'debian',
    suite,
    components: (get('components') ?? 'main').split(/\s+/),
    mirror,
    updatesSuite: get('updates-suite'),
    security: get('security'),
    securitySuite: get('security-suite'),
    keyring: get('keyring'),
    kernel,
    bootPackages: { bios: bootPackage(os, arch, 'bios'), uefi: bootPackage(os, arch, 'efi') },
  };
}

function bootPackage(os: Os, arch: string, type: string): string | undefined {
  return os.facts.find((one) => one.name === 'boot' && one.attributes['type'] === type && fits(one, arch))?.attributes[
    'package'
  ];
}

function fact(facts: readonly Fact[], name: string, arch?: string): Fact | undefined {
  return facts.find((one) => one.name === name && (arch === undefined || fits(one, arch)));
}

function fits(fact: Fact, arch: string): boolean {
  return fact.arch === undefined || fact.arch === 'all' || fact.arch === arch;
}
