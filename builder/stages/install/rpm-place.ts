// SPDX-License-Identifier: Apache-2.0
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RunOptions, RunResult } from '../../../osinfo/doors/process.js';
import { GuestwrightError, WorkError } from '../../../osinfo/errors.js';
import { expandVariables, withoutPassword } from '../../plan/rpm/address.js';
import type { RpmInstallPlan, RpmRepository } from '../../plan/types.js';
import type { StageContext } from '../../run/context.js';
import { readAddress } from '../../run/rpm-repository.js';
import { sandboxed } from '../../run/sandbox.js';
import { readFingerprints } from './openpgp-keys.js';
import { formatRepository, type RepoFiles } from './repo-file.js';

/** Where the tool sees the tree, its own settings, and its cache. */
export const SEEN = { tree: '/mnt/system', own: '/run/guestwright', cache: '/var/cache/guestwright' } as const;

const MAX_KEY_BYTES = 4 * 1024 * 1024;

/** What an installer of rpm systems works in: nothing of this machine's settings is seen there. */
export interface RpmPlace {
  /** Settings of the tool, private to this build: repositories may hold passwords. */
  readonly own: string;
  /** Metadata and packages, on the disk. */
  readonly cache: string;
  /** Runs the tool; without the network it sees none, and neither do the scripts of packages. */
  readonly run: (words: readonly string[], network: boolean, options?: RunOptions) => Promise<RunResult>;
}

/**
 * Makes the folder with everything that the tool reads: `home/.rpmmacros`, `repos/*.repo`, keys, certificates.
 * @throws WorkError for a key that cannot be had, or is not the one that the database knows
 */
export async function makeRpmPlace(context: StageContext, plan: RpmInstallPlan): Promise<RpmPlace> {
  const own = join(context.scratch, 'rpm');
  const cache = join(context.job.workFolder, 'rpm-cache');
  for (const folder of [own, cache, join(own, 'home'), join(own, 'repos'), join(own, 'keys'), join(own, 'vars')])
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(join(own, 'home/.rpmmacros'), rpmMacros(plan));
  for (const [index, repository] of plan.repositories.entries()) {
    const files = await collectFiles(repository, plan, own, `${index + 1}`);
    writeFileSync(
      join(own, `repos/${repository.id}.repo`),
      formatRepository(repository, files, ofTool(plan, repository)),
      {
        mode: 0o600,
      },
    );
  }
  // rpm wants these as they are in its packages, and the owners of what is mounted there cannot be changed.
  for (const name of ['proc', 'sys', 'dev']) mkdirSync(join(context.tree, name), { recursive: true, mode: 0o755 });
  chmodSync(context.tree, 0o755);
  return {
    own,
    cache,
    run: (words, network, options = {}) =>
      sandboxed(context, words, {
        root: 'builder',
        network,
        binds: [
          [context.tree, SEEN.tree],
          [own, SEEN.own],
          [cache, SEEN.cache],
        ],
        readOnly: localFolders(plan),
        chroots: [SEEN.tree],
        env: {
          HOME: `${SEEN.own}/home`,
          LC_ALL: 'C.UTF-8',
          TZ: 'UTC',
          ...(context.plan.outputs.sourceDateEpoch === undefined
            ? {}
            : { SOURCE_DATE_EPOCH: String(context.plan.outputs.sourceDateEpoch) }),
        },
        ...options,
      }),
  };
}

/**
 * To zypper `gpgcheck` means the metadata, and packages only where these are not signed: here packages are always
 * looked at, as dnf does (libzypp's RepoInfo).
 */
function ofTool({ tool }: RpmInstallPlan, { gpgCheck }: RpmRepository): [string, string][] {
  if (tool !== 'zypper') return [];
  return [
    ['repo_gpgcheck', '0'],
    ['pkg_gpgcheck', gpgCheck ? '1' : '0'],
  ];
}

/**
 * Debian's rpm keeps its database in the home of who runs it. What is mounted in the tree for scripts (`/proc`, `/sys`,
 * `/dev`) is left alone when the package that owns the folders is unpacked.
 */
function rpmMacros(plan: RpmInstallPlan): string {
  const macros: readonly (readonly [string, string] | undefined)[] = [
    ['_dbpath', plan.database.path],
    ['_netsharedpath', '/proc:/sys:/dev'],
    plan.languages === undefined
      ? undefined
      : ['_install_langs', plan.languages.length === 0 ? 'C' : plan.languages.join(':')],
    plan.docs ? undefined : ['_excludedocs', '1'],
  ];
  return macros
    .filter((one) => one !== undefined)
    .map(([name, value]) => `%${name} ${value}\n`)
    .join('');
}

/** Folders of this machine that repositories lie in. What is below /usr is seen anyway. */
function localFolders(plan: RpmInstallPlan): string[] {
  return plan.repositories
    .map(({ address }) => expandVariables(address.url, plan))
    .filter((url) => url.startsWith('file:'))
    .map((url) => fileURLToPath(url))
    .filter((path) => {
      if (!existsSync(path)) throw new WorkError('mirror-unreachable', `there is no ${path}, which a repository names`);
      return !path.startsWith('/usr/');
    });
}

async function collectFiles(
  repository: RpmRepository,
  plan: RpmInstallPlan,
  own: string,
  prefix: string,
): Promise<RepoFiles> {
  const keys: string[] = [];
  for (const [index, key] of repository.keys.entries()) {
    const name = `${prefix}-${index + 1}.asc`;
    writeFileSync(join(own, 'keys', name), await readKey(repository, plan, key));
    keys.push(`file://${SEEN.own}/keys/${name}`);
  }
  const copy = (path: string | undefined, kind: string): string | undefined => {
    if (path === undefined) return undefined;
    writeFileSync(join(own, 'keys', `${prefix}-${kind}.pem`), readOwnFile(path, repository), { mode: 0o600 });
    return `${SEEN.own}/keys/${prefix}-${kind}.pem`;
  };
  const sslCaCert = copy(repository.sslCaCert, 'ca');
  const sslClientCert = copy(repository.sslClientCert, 'cert');
  const sslClientKey = copy(repository.sslClientKey, 'key');
  return {
    keys,
    ...(sslCaCert === undefined ? {} : { sslCaCert }),
    ...(sslClientCert === undefined ? {} : { sslClientCert }),
    ...(sslClientKey === undefined ? {} : { sslClientKey }),
  };
}

function readOwnFile(path: string, { id }: RpmRepository): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new WorkError('repository-file', `the repository ${id}: ${(error as Error).message}`);
  }
}

/** A key, which has to be the one that is known where its fingerprint is. */
async function readKey(
  repository: RpmRepository,
  plan: RpmInstallPlan,
  { url, fingerprints }: RpmRepository['keys'][number],
): Promise<Uint8Array> {
  const address = expandVariables(url, plan);
  const about = `the repository ${repository.id}: its key ${withoutPassword(address)}`;
  let bytes: Uint8Array;
  let found: readonly string[];
  try {
    bytes = await readAddress(address, MAX_KEY_BYTES, repository);
    found = readFingerprints(bytes);
  } catch (error) {
    if (!(error instanceof GuestwrightError)) throw error;
    throw new WorkError('key-unreadable', `${about} cannot be used: ${error.message.replace(`${address}: `, '')}`);
  }
  const stranger = fingerprints.length === 0 ? undefined : found.find((one) => !fingerprints.includes(one));
  if (stranger !== undefined)
    throw new WorkError(
      'key-stranger',
      `${about} is ${stranger}, which the database does not know (it knows ${fingerprints.join(', ')}); do not use this mirror`,
    );
  return bytes;
}
