// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { fetchBytes } from '../../osinfo/doors/http.js';
import { run } from '../../osinfo/doors/process.js';
import { formatPlace, GuestwrightError, WorkError } from '../../osinfo/errors.js';
import { readXml } from '../../osinfo/xml/read.js';
import { expandVariables, withoutPassword } from '../plan/rpm/address.js';
import type { RpmInstallPlan, RpmRepository } from '../plan/types.js';

/** Bounds of what a repository is asked for: a list of mirrors, and the index of its metadata. */
const MAX_LIST_BYTES = 4 * 1024 * 1024;
const MAX_INDEX_BYTES = 4 * 1024 * 1024;
/** How many mirrors are asked before a list counts as dead. */
const MAX_MIRRORS = 6;

/**
 * What rpm repositories say of themselves now: a hash over each one's `repodata/repomd.xml`. dnf says of a dead one only
 * that all mirrors were tried; here it is named, with the cause and with who asked for it.
 * @throws WorkError
 */
export async function readRpmState(plan: RpmInstallPlan): Promise<string> {
  const indexes = await Promise.all(plan.repositories.map(async (repository) => await readState(repository, plan)));
  const hash = createHash('sha256');
  for (const index of indexes) hash.update(createHash('sha256').update(index).digest());
  return hash.digest('hex');
}

async function readState(repository: RpmRepository, plan: RpmInstallPlan): Promise<Uint8Array> {
  try {
    return await readIndex(repository, plan);
  } catch (error) {
    if (!(error instanceof GuestwrightError)) throw error;
    const { id, address, at } = repository;
    const where = withoutPassword(expandVariables(address.url, plan));
    const who = at === undefined ? plan.sourcesWhy : `${formatPlace(at)}`;
    // The address itself is not said twice.
    const cause = error.message.replace(`${where}: `, '');
    throw new WorkError(
      'mirror-unreachable',
      `the repository ${id} cannot be used: ${cause} (${address.kind} ${where}, from ${who}); correct the address, or give another with --mirror`,
      { cause: error },
    );
  }
}

async function readIndex(repository: RpmRepository, plan: RpmInstallPlan): Promise<Uint8Array> {
  const { kind } = repository.address;
  const url = expandVariables(repository.address.url, plan);
  if (kind === 'baseurl') return await readRepomd(`${url.replace(/\/+$/, '')}/repodata/repomd.xml`, repository);
  const list = await readAddress(url, MAX_LIST_BYTES, repository);
  const { mirrors, sums } =
    kind === 'metalink' ? parseMetalink(list) : { mirrors: parseMirrorlist(list, plan), sums: [] };
  if (mirrors.length === 0) throw new WorkError('no-mirrors', `the ${kind} names no mirror`);
  let last: unknown;
  for (const address of mirrors.slice(0, MAX_MIRRORS)) {
    try {
      const index = await readRepomd(address, repository);
      const sum = createHash('sha256').update(index).digest('hex');
      if (sums.length === 0 || sums.includes(sum)) return index;
      last = new WorkError('mirror-stale', `${withoutPassword(address)} is not what the metalink says`);
    } catch (error) {
      last = error;
    }
  }
  throw last;
}

async function readRepomd(address: string, repository: RpmRepository): Promise<Uint8Array> {
  const index = await readAddress(address, MAX_INDEX_BYTES, repository);
  if (!Buffer.from(index.subarray(0, 2048)).toString('latin1').includes('<repomd'))
    throw new WorkError('no-repomd', `${withoutPassword(address)}: what is there is no index of an rpm repository`);
  return index;
}

/** A mirror a line; what is no address is passed over. */
function parseMirrorlist(list: Uint8Array, plan: RpmInstallPlan): string[] {
  return Buffer.from(list)
    .toString('utf8')
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => /^(?:https?|file):\/\/\S+$/.test(line))
    .map((line) => `${expandVariables(line, plan).replace(/\/+$/, '')}/repodata/repomd.xml`);
}

/**
 * Reads a metalink (metalinker.org, version 3) of repomd.xml: where it is, best first, and the checksums that it may
 * have: this one's, and those of versions shortly before.
 */
function parseMetalink(list: Uint8Array): { mirrors: string[]; sums: string[] } {
  const file = readXml(list, 'metalink')
    .children.find((one) => one.name === 'files')
    ?.children.find((one) => one.name === 'file' && one.attrs.get('name') === 'repomd.xml');
  const resources = file?.child('resources')?.children ?? [];
  const mirrors = resources
    .map((one) => ({ url: one.text.trim(), preference: Number(one.attrs.get('preference') ?? 0) }))
    .filter(({ url }) => /^(?:https?|file):\/\/\S+\/repomd\.xml$/.test(url))
    .sort((a, b) => b.preference - a.preference)
    .map(({ url }) => url);
  const versions = [file, ...(file?.child('alternates')?.children ?? [])];
  const sums = versions.flatMap((one) =>
    (one?.child('verification')?.children ?? [])
      .filter((hash) => hash.attrs.get('type') === 'sha256')
      .map((hash) => hash.text.trim().toLowerCase()),
  );
  return { mirrors, sums };
}

/**
 * The bytes of an address, reached as the repository says.
 * @throws WorkError
 */
export async function readAddress(address: string, maxBytes: number, repository: RpmRepository): Promise<Uint8Array> {
  if (address.startsWith('file:')) return await readLocal(address, maxBytes);
  if (!/^https?:\/\//.test(address)) throw new WorkError('address', `${address} is no http, https or file address`);
  return needsCurl(repository)
    ? await fetchByCurl(address, maxBytes, repository)
    : await fetchBytes(address, { maxBytes });
}

/** Whether a repository is reached in a way that the door for HTTP does not have: a proxy, or TLS of its own. */
export function needsCurl({ proxy, verifySsl, sslCaCert, sslClientCert }: RpmRepository): boolean {
  return proxy !== undefined || !verifySsl || sslCaCert !== undefined || sslClientCert !== undefined;
}

async function readLocal(address: string, maxBytes: number): Promise<Uint8Array> {
  const path = fileURLToPath(address);
  try {
    if (statSync(path).size > maxBytes) throw new WorkError('too-large', `${path} is larger than ${maxBytes} bytes`);
    return await readFile(path);
  } catch (error) {
    if (error instanceof WorkError) throw error;
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new WorkError('no-repomd', missing ? `there is no ${path}` : (error as Error).message);
  }
}

/** Through a proxy, or with certificates of this machine. The settings come by the input: they may hold a password. */
async function fetchByCurl(address: string, maxBytes: number, repository: RpmRepository): Promise<Uint8Array> {
  const { proxy, verifySsl, sslCaCert, sslClientCert, sslClientKey } = repository;
  const settings: readonly (readonly [string, string | undefined])[] = [
    ['url', address],
    ['proxy', proxy],
    ['cacert', sslCaCert],
    ['cert', sslClientCert],
    ['key', sslClientKey],
  ];
  const { stdout } = await run(
    [
      'curl',
      '--disable',
      '--fail',
      '--silent',
      '--show-error',
      '--location',
      '--globoff',
      '--proto=http,https',
      '--proto-redir=http,https',
      '--connect-timeout=10',
      '--max-time=30',
      '--retry=2',
      `--max-filesize=${maxBytes}`,
      ...(verifySsl ? [] : ['--insecure']),
      '--config=-',
    ],
    {
      input: settings
        .filter(([, value]) => value !== undefined)
        .map(([name, value]) => `${name} = "${value!.replace(/["\\]/g, '\\$&')}"\n`)
        .join(''),
      timeoutMs: 120_000,
    },
  );
  return Buffer.from(stdout, 'utf8');
}
