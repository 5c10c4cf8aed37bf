// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../../osinfo/errors.js';
import type { Fact, Os } from '../../osinfo/model/types.js';
import { namedArchs } from '../../osinfo/recommend/archs.js';

/** What the database says about building a deb system (`gw:packaging`, `gw:kernel`, `gw:boot` of docs/database-format.md). */
export interface DebFacts {
  readonly distro: string;
  /** `12`, `24.04`; absent of a release that has no number. */
  readonly version?: string | undefined;
  readonly suite: string;
  readonly components: readonly string[];
  /** The archive that serves the architecture. */
  readonly mirror: string;
  /** The architectures which that archive serves; absent: all that the distribution has. */
  readonly mirrorArchs?: 'pc' | 'ports';
  readonly updatesSuite: string | undefined;
  readonly security: string | undefined;
  readonly securitySuite: string | undefined;
  /** The keyring that signs the archive, where its keyring package installs it. */
  readonly keyring: string | undefined;
  readonly keyringPackage?: string;
  readonly kernel: string;
  /** The boot loader's package, by what starts it. */
  readonly bootPackages: Readonly<Partial<Record<BootKind, string>>>;
}

export type BootKind = 'bios' | 'uefi' | 'openfirmware' | 'zipl';

/** The database's words for what starts a boot loader, and ours. */
const BOOT_KINDS: readonly (readonly [string, BootKind])[] = [
  ['bios', 'bios'],
  ['efi', 'uefi'],
  ['openfirmware', 'openfirmware'],
  ['zipl', 'zipl'],
];

/** Architectures of the archive that a distribution with ports keeps apart from those of the others. */
export function archiveOf(arch: string): 'pc' | 'ports' {
  return arch === 'x86_64' || arch === 'i686' ? 'pc' : 'ports';
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
  const ports = get('ports-mirror');
  const isPort = ports !== undefined && archiveOf(arch) === 'ports';
  const mirror = isPort ? ports : get('mirror');
  const kernel = kernelPackage(os, arch);
  if (suite === undefined || mirror === undefined) {
    throw new InputError('packaging-incomplete', `the database lacks the suite or the mirror of ${name}`);
  }
  if (kernel === undefined) {
    const others = Object.keys(DEB_ARCH).filter((one) => kernelPackage(os, one) !== undefined);
    const known = others.length === 0 ? 'none' : `those for ${others.join(', ')}`;
    throw new InputError(
      'no-kernel-package',
      `${name} has no kernel for ${arch} that the database knows, but ${known}`,
    );
  }
  return {
    distro: os.distro ?? 'debian',
    version: os.version,
    suite,
    components: (get('components') ?? 'main').split(/\s+/),
    mirror,
    ...(ports === undefined ? {} : { mirrorArchs: archiveOf(arch) }),
    updatesSuite: get('updates-suite'),
    // Ports have their security updates in the same archive.
    security: isPort && get('security') !== undefined ? ports : get('security'),
    securitySuite: get('security-suite'),
    keyring: get('keyring'),
    ...(get('keyring-package') === undefined ? {} : { keyringPackage: get('keyring-package')! }),
    kernel,
    bootPackages: bootPackages(os, arch),
  };
}

/**
 * The kernel of a release for an architecture. What an older release had counts only where this one is made for the
 * architecture too: distributions drop some.
 */
function kernelPackage(os: Os, arch: string): string | undefined {
  const found = fact(os.facts, 'kernel', arch);
  return found?.from === os.id || namedArchs(os).has(arch) ? found?.attributes['package'] : undefined;
}

function bootPackages(os: Os, arch: string): DebFacts['bootPackages'] {
  return Object.fromEntries(
    BOOT_KINDS.flatMap(([type, kind]) => {
      const found = os.facts.find((one) => one.name === 'boot' && one.attributes['type'] === type && fits(one, arch))
        ?.attributes['package'];
      return found === undefined ? [] : [[kind, found]];
    }),
  );
}

function fact(facts: readonly Fact[], name: string, arch?: string): Fact | undefined {
  return facts.find((one) => one.name === name && (arch === undefined || fits(one, arch)));
}

function fits(fact: Fact, arch: string): boolean {
  return fact.arch === undefined || fact.arch === 'all' || fact.arch === arch;
}
