// SPDX-License-Identifier: Apache-2.0
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RpmInstallPlan, RpmKey } from '../../../builder/plan/types.js';
import { newFolder } from '../../osinfo/load/folders.js';
import { hasCommand } from '../stages/tree.js';
import { install, packages, repository, rpmPlan } from './install.js';
import { buildPackages, indexPackages } from './repository.js';
import { endAgent, makeSigner, type Signer } from './signer.js';

const TIME = 60_000;
const MACHINE = ['rpmbuild', 'rpmsign', 'createrepo_c', 'gpg'].every(hasCommand);

/** `a` and `b` are signed by the maker, `bare` by nobody. */
let main: string;
/** The same, with metadata that are signed, and the key beside them. */
let own: string;
/** `b` is not what was signed there: the metadata say so, or were made again. */
let altered: string;
let renewed: string;
let maker: Signer;
let stranger: Signer;

beforeAll(() => {
  if (!MACHINE) return;
  main = newFolder();
  buildPackages([{ name: 'a', requires: ['b'] }, { name: 'b', files: ['/usr/share/b'] }, { name: 'bare' }], main);
  maker = makeSigner('Maker <maker@example.org>');
  stranger = makeSigner('Stranger <stranger@example.org>', 'rsa2048');
  maker.sign(['a', 'b'].map((name) => join(main, `${name}-1-1.noarch.rpm`)));
  indexPackages(main);
  own = newFolder();
  cpSync(main, own, { recursive: true });
  maker.signMetadata(own);
  [altered, renewed] = [copyAltered(), copyAltered()];
  indexPackages(renewed);
}, TIME);
afterAll(() => {
  if (MACHINE) for (const one of [maker, stranger]) endAgent(one);
});

function copyAltered(): string {
  const folder = newFolder();
  cpSync(main, folder, { recursive: true, preserveTimestamps: true });
  const file = join(folder, 'b-1-1.noarch.rpm');
  const bytes = readFileSync(file);
  bytes[bytes.length - 12]! ^= 0xff;
  writeFileSync(file, bytes);
  return folder;
}

const keyOf = ({ keyFile }: Signer, fingerprints: readonly string[] = []): RpmKey => ({
  url: `file://${keyFile}`,
  fingerprints,
});

interface Case {
  readonly names?: readonly string[];
  readonly folder?: string;
  readonly keys: readonly RpmKey[];
}

const planOf = (tool: RpmInstallPlan['tool'], { names = ['a'], folder = main, keys }: Case): RpmInstallPlan =>
  rpmPlan(folder, {
    tool,
    packages: packages(...names),
    repositories: [repository('fx', folder, { keys, gpgCheck: true, proxy: 'http://user:secret@127.0.0.1:9/' })],
  });

async function outcome(tool: RpmInstallPlan['tool'], one: Case): Promise<string> {
  const result = await install(planOf(tool, one)).catch((error: Error) => error);
  const said = result instanceof Error ? `${result.name}: ${result.message}` : `installed ${result.names().join(' ')}`;
  expect(said).not.toMatch(/secret|\n/);
  return said;
}

for (const tool of ['dnf', 'zypper'] as const)
  describe.runIf(MACHINE && hasCommand(tool))(`signatures with ${tool}`, () => {
    it('are right by one of the keys, which the system then knows', { timeout: TIME }, async () => {
      const plan = planOf(tool, { folder: own, keys: [keyOf(stranger), keyOf(maker, [maker.fingerprint])] });
      const system = await install(plan);
      expect(system.names()).toEqual(['a', 'b']);
      expect(system.notices).toEqual([]);
    });

    // dnf does not look at any where it is not told to; zypper does at those of metadata.
    it.runIf(tool === 'zypper')('are not looked at where no key is known', { timeout: TIME }, async () => {
      const plan = rpmPlan(own, { tool, packages: packages('a', 'bare') });
      expect((await install(plan)).names()).toEqual(['a', 'b', 'bare']);
    });

    it.each([
      ['are missing', () => ({ names: ['bare'], keys: [keyOf(maker)] }), /package bare\S* is not signed/],
      ['are another’s', () => ({ keys: [keyOf(stranger)] }), /package [ab]\S* is signed by another key/],
      ['are of what was there before', () => ({ folder: renewed, keys: [keyOf(maker)] }), /package b\S* is not what/],
      ['are not what the metadata say', () => ({ folder: altered, keys: [keyOf(maker)] }), /package b\S* is not what/],
      [
        'come with a key of the mirror’s own',
        () => ({ folder: own, keys: [keyOf(stranger)] }),
        tool === 'dnf'
          ? /package [ab]\S* is signed by another key/
          : /metadata of the repository fx were altered, or are signed by another key/,
      ],
    ] as const)('%s: refused in one line', { timeout: TIME }, async (_, make, words) => {
      const said = await outcome(tool, make());
      expect(said).toMatch(/^WorkError: installing packages failed: /);
      expect(said).toMatch(words);
    });
  });

describe.runIf(MACHINE)('the keys of a repository', () => {
  it('are refused in one line where they cannot be read, or are not those that are known', async () => {
    const damaged = join(newFolder(), 'damaged.asc');
    writeFileSync(damaged, readFileSync(maker.keyFile, 'utf8').slice(0, 120));
    const other = 'A'.repeat(40);
    for (const [key, words] of [
      [
        { url: 'file:///nowhere/key.asc', fingerprints: [] },
        /fx: its key file:\/\/\/nowhere\/key\.asc cannot be used: there is no \/nowhere\/key\.asc/,
      ],
      [{ url: `file://${damaged}`, fingerprints: [] }, /cannot be used: it holds no OpenPGP key/],
      [keyOf(maker, [other]), new RegExp(`is ${maker.fingerprint}, which the database does not know .*${other}`)],
    ] as const)
      expect(await outcome('dnf', { keys: [key] })).toMatch(words);
  });
});
