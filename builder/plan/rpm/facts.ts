// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../../../osinfo/errors.js';
import type { Fact, Os } from '../../../osinfo/model/types.js';
import { basearchOf, type RpmFamily, rpmDatabaseOf, rpmFamily, toolOf } from './distributions.js';
import type { RpmAddress, RpmInstallPlan, RpmKey } from './types.js';

/** What the database says about building an rpm system (`gw:packaging`, `gw:repository`… of docs/database-format.md). */
export interface RpmFacts
  extends Pick<RpmInstallPlan, 'tool' | 'releasever' | 'basearch' | 'database' | 'modulePlatform'> {
  readonly family: RpmFamily;
  readonly distro: string;
  /** The number of the release; infinite where it has only a name. */
  readonly release: number;
  readonly releasePackage: string;
  readonly repositories: readonly { readonly name: string; readonly address: RpmAddress }[];
  /** Keys that sign the packages of all of them. */
  readonly keys: readonly RpmKey[];
  readonly kernel: string;
  readonly boot: { readonly bios?: BootPackages; readonly uefi?: BootPackages; readonly other?: BootPackages };
}

export interface BootPackages {
  readonly package: string;
  /** What Secure Boot starts first. */
  readonly shim?: string;
}

/** The kernel's package where nothing else is known. */
const KERNEL = 'kernel';

/** The kind of packages that the database says an OS is made of; undefined where it says nothing. */
export function packagingType(os: Os): string | undefined {
  return os.facts.find((one) => one.name === 'packaging')?.attributes['type'];
}

/**
 * Reads the facts that an rpm build stands on. Repositories and keys are the release's own: an older one's are not
 * taken, though its entry is inherited.
 * @throws InputError when the entry does not say how the OS is built
 */
export function readRpmFacts(os: Os, arch: string): RpmFacts {
  const packaging = os.facts.find((one) => one.name === 'packaging')!;
  const releasever = packaging.attributes['releasever'];
  const releasePackage = packaging.attributes['release-package'];
  if (releasever === undefined || releasePackage === undefined)
    throw new InputError(
      'packaging-incomplete',
      `the database lacks the releasever or the release package of ${os.shortId ?? os.id}`,
    );
  const distro = os.distro ?? '';
  const platform = packaging.attributes['platform-id'];
  const family = rpmFamily(distro, platform);
  const own = (name: string): Fact[] => os.facts.filter((one) => one.name === name && one.from === packaging.from);
  return {
    family,
    distro,
    release: /^\d/.test(releasever) ? Number.parseFloat(releasever) : Number.POSITIVE_INFINITY,
    tool: toolOf(family),
    releasever,
    basearch: basearchOf(arch, family),
    database: rpmDatabaseOf(distro, releasever),
    ...(platform === undefined ? {} : { modulePlatform: platform }),
    releasePackage,
    repositories: own('repository').flatMap(({ attributes }) => {
      const address = addressOf(attributes);
      return address === undefined ? [] : [{ name: attributes['name']!, address }];
    }),
    keys: own('signing-key').map(({ attributes }) => ({
      url: attributes['url']!,
      fingerprints: (attributes['fingerprints'] ?? '').split(/\s+/).filter((one) => one !== ''),
    })),
    kernel: nearest(os, 'kernel', arch)?.attributes['package'] ?? KERNEL,
    boot: {
      ...bootOf(os, arch, 'bios', 'bios'),
      ...bootOf(os, arch, 'efi', 'uefi'),
      ...bootOf(os, arch, 'openfirmware', 'other'),
      ...bootOf(os, arch, 'zipl', 'other'),
    },
  };
}

function addressOf(attributes: Fact['attributes']): RpmAddress | undefined {
  for (const [name, kind] of [
    ['url', 'baseurl'],
    ['metalink', 'metalink'],
    ['mirrorlist', 'mirrorlist'],
  ] as const) {
    const url = attributes[name];
    if (url !== undefined) return { kind, url };
  }
  return undefined;
}

function bootOf(os: Os, arch: string, type: string, name: keyof RpmFacts['boot']): RpmFacts['boot'] {
  const found = nearest(os, 'boot', arch, type)?.attributes;
  if (found?.['package'] === undefined) return {};
  const shim = found['shim'];
  return { [name]: { package: found['package'], ...(shim === undefined ? {} : { shim }) } };
}

/** The nearest release's word; one for the architecture itself before one for all. */
function nearest(os: Os, name: string, arch: string, type?: string): Fact | undefined {
  const facts = os.facts.filter((one) => one.name === name && (type === undefined || one.attributes['type'] === type));
  const exact = facts.find((one) => one.arch === arch);
  const general = facts.find((one) => one.arch === undefined || one.arch === 'all');
  if (exact === undefined || general === undefined) return exact ?? general;
  return facts.indexOf(exact) < facts.indexOf(general) || exact.from === general.from ? exact : general;
}
