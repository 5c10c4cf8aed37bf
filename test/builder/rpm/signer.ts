// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newFolder } from '../../osinfo/load/folders.js';

/** Somebody who signs packages, with a key of their own that has no passphrase. */
export interface Signer {
  /** The public key, armored, as a repository has it. */
  readonly keyFile: string;
  /** What gpg says is its fingerprint. */
  readonly fingerprint: string;
  sign(files: readonly string[]): void;
  /** Signs the metadata of a repository, and lays the key beside them. */
  signMetadata(folder: string): void;
}

/** Makes a key of a kind that gpg knows, as `ed25519` or `rsa2048`. */
export function makeSigner(name: string, kind = 'ed25519'): Signer {
  const home = newFolder();
  const gpg = (...words: string[]): string =>
    execFileSync('gpg', ['--homedir', home, '--batch', '--quiet', ...words], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  gpg('--passphrase', '', '--quick-generate-key', name, kind, 'sign', 'never');
  const fingerprint = /^fpr:+([0-9A-F]{40}):$/m.exec(gpg('--with-colons', '--list-keys', name))![1]!;
  const keyFile = join(home, 'key.asc');
  writeFileSync(keyFile, gpg('--armor', '--export', name));
  const macros = { _gpg_name: name, _gpg_path: home, __gpg: '/usr/bin/gpg' };
  return {
    keyFile,
    fingerprint,
    sign: (files) => {
      const defines = Object.entries(macros).flatMap(([macro, value]) => ['--define', `${macro} ${value}`]);
      execFileSync('rpmsign', [...defines, '--addsign', ...files], { stdio: ['ignore', 'ignore', 'pipe'] });
    },
    signMetadata: (folder) => {
      gpg('--armor', '--detach-sign', join(folder, 'repodata/repomd.xml'));
      copyFileSync(keyFile, join(folder, 'repodata/repomd.xml.key'));
    },
  };
}

/** Ends the agents that gpg leaves for its folders. */
export function endAgent({ keyFile }: Signer): void {
  execFileSync('gpgconf', ['--homedir', join(keyFile, '..'), '--kill', 'gpg-agent'], { stdio: 'ignore' });
}
