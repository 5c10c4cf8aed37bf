// SPDX-License-Identifier: Apache-2.0
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checksumFile } from '../../../../builder/output/checksum.js';
import { formatChecksumFile } from '../../../../builder/output/papers/checksum-file.js';
import { formatPackageList } from '../../../../builder/output/papers/package-list.js';
import { probeSigners, signFile } from '../../../../builder/output/papers/sign.js';
import { newFolder } from '../../../osinfo/load/folders.js';

const folder = newFolder();
const at = (name: string): string => join(folder, name);
const epoch = 1_700_000_000;
const owner = 'builder@example.org';
const before = process.env['GNUPGHOME'];

beforeAll(() => {
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', owner, '-f', at('key')]);
  mkdirSync(at('gnupg'));
  chmodSync(at('gnupg'), 0o700);
  process.env['GNUPGHOME'] = at('gnupg');
  const words = ['--batch', '--quiet', '--passphrase', '', '--quick-generate-key', owner, 'ed25519', 'sign', 'never'];
  execFileSync('gpg', words, { stdio: 'ignore' });
  for (const name of ['a.qcow2', 'b.xml']) writeFileSync(at(name), `this is ${name}\n`);
});

afterAll(() => {
  spawnSync('gpgconf', ['--kill', 'gpg-agent'], { env: { ...process.env, GNUPGHOME: at('gnupg') } });
  if (before === undefined) delete process.env['GNUPGHOME'];
  else process.env['GNUPGHOME'] = before;
});

async function writeSums(type: 'sha256' | 'sha512', name: string): Promise<string> {
  const digests = new Map<string, string>();
  for (const file of ['b.xml', 'a.qcow2']) digests.set(file, (await checksumFile(at(file), [type]))[type]);
  writeFileSync(at(name), formatChecksumFile(digests));
  return at(name);
}

describe('a checksum file', () => {
  it.each(['sha256', 'sha512'] as const)('is what %ssum checks, and finds a changed file by', async (type) => {
    await writeSums(type, 'SUMS');
    const check = () => spawnSync(`${type}sum`, ['--check', '--strict', 'SUMS'], { cwd: folder, encoding: 'utf8' });
    expect(check()).toMatchObject({ status: 0, stdout: 'a.qcow2: OK\nb.xml: OK\n' });
    const good = readFileSync(at('b.xml'));
    writeFileSync(at('b.xml'), 'changed\n');
    expect(check()).toMatchObject({ status: 1, stdout: 'a.qcow2: OK\nb.xml: FAILED\n' });
    writeFileSync(at('b.xml'), good);
  });
});

describe('a signature by SSH', () => {
  const verify = (file: string, name: string) =>
    spawnSync(
      'ssh-keygen',
      ['-Y', 'verify', '-f', at('allowed'), '-I', owner, '-n', 'file', '-s', at('SHA256SUMS.sig')],
      { input: readFileSync(file), encoding: 'utf8', cwd: name },
    );

  it('is verified by ssh-keygen, and not for another text', async () => {
    const sums = await writeSums('sha256', 'SHA256SUMS');
    await probeSigners({ sshKey: at('key') });
    expect(await signFile(sums, { sshKey: at('key') }, undefined)).toEqual([`${sums}.sig`]);
    writeFileSync(at('allowed'), `${owner} ${readFileSync(at('key.pub'), 'utf8')}`);
    expect(verify(sums, folder)).toMatchObject({ status: 0, stdout: expect.stringContaining(`Good "file" signature`) });
    expect(verify(at('a.qcow2'), folder).status).not.toBe(0);
  });

  it('is the same each time', async () => {
    const sums = await writeSums('sha256', 'SHA256SUMS');
    await signFile(sums, { sshKey: at('key') }, epoch);
    const first = readFileSync(`${sums}.sig`, 'utf8');
    await signFile(sums, { sshKey: at('key') }, epoch);
    expect(readFileSync(`${sums}.sig`, 'utf8')).toBe(first);
  });

  it('is refused before a build where there is no key', async () => {
    await expect(probeSigners({ sshKey: at('none') })).rejects.toThrow(
      `--sign-ssh ${at('none')}: there is no such file`,
    );
    await expect(probeSigners({ sshKey: at('a.qcow2') })).rejects.toThrow('this is no SSH key');
  });
});

describe('a signature by gpg', () => {
  it('is verified by gpg, and not for another text', async () => {
    const sums = await writeSums('sha256', 'SHA256SUMS');
    await probeSigners({ gpgKey: owner });
    expect(await signFile(sums, { gpgKey: owner, sshKey: at('key') }, undefined)).toEqual([
      `${sums}.sig`,
      `${sums}.asc`,
    ]);
    const verify = (file: string) =>
      spawnSync('gpg', ['--batch', '--verify', `${sums}.asc`, file], { encoding: 'utf8' });
    expect(verify(sums)).toMatchObject({ status: 0, stderr: expect.stringContaining('Good signature') });
    expect(verify(at('a.qcow2')).status).not.toBe(0);
  });

  it('is the same each time with an epoch, never older than its key, and good', async () => {
    const sums = await writeSums('sha256', 'SHA256SUMS');
    await signFile(sums, { gpgKey: owner }, epoch);
    const first = readFileSync(`${sums}.asc`, 'utf8');
    await new Promise((done) => setTimeout(done, 1100));
    await signFile(sums, { gpgKey: owner }, epoch);
    expect(readFileSync(`${sums}.asc`, 'utf8')).toBe(first);
    expect(spawnSync('gpg', ['--batch', '--verify', `${sums}.asc`, sums]).status).toBe(0);
  });

  it('is refused before a build where gpg has no such private key', async () => {
    await expect(probeSigners({ gpgKey: 'nobody@example.org' })).rejects.toThrow(
      '--sign-gpg nobody@example.org: gpg has no such private key',
    );
    await expect(probeSigners({ gpgKey: '--version' })).rejects.toThrow('gpg has no such private key');
  });
});

describe('a list of packages', () => {
  it('has a line for each, in order of name, architecture and version', () => {
    const list = formatPackageList([
      { name: 'zlib1g', version: '1', arch: 'amd64' },
      { name: 'bash', version: '5', arch: 'i386' },
      { name: 'bash', version: '5', arch: 'amd64' },
    ]);
    expect(list).toBe('bash\t5\tamd64\nbash\t5\ti386\nzlib1g\t1\tamd64\n');
  });
});
