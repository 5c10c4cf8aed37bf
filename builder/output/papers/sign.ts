// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { cleanEnvironment, run } from '../../../osinfo/doors/process.js';
import { InputError, ToolError, WorkError } from '../../../osinfo/errors.js';
import { probeTools } from '../../run/probes.js';

/** Who signs: one of them, or both. */
export interface SignOptions {
  /** A private SSH key, or the public one whose private half an agent has. */
  readonly sshKey?: string;
  /** An OpenPGP key, as gpg names keys: fingerprint, id, address. */
  readonly gpgKey?: string;
}

/** What `ssh-keygen -Y verify -n` has to be told. */
export const SSH_NAMESPACE = 'file';

/** What an agent, and whoever asks for a passphrase, are found by. */
const AGENT_VARIABLES = [
  'SSH_AUTH_SOCK',
  'SSH_ASKPASS',
  'SSH_ASKPASS_REQUIRE',
  'GNUPGHOME',
  'GPG_TTY',
  'DISPLAY',
  'WAYLAND_DISPLAY',
  'XDG_RUNTIME_DIR',
  'TERM',
];

/**
 * Looks before a build whether its end can be signed: programs and keys, no passphrase.
 * @throws InputError when there is no such key, MissingError when a program is missing
 */
export async function probeSigners({ sshKey, gpgKey }: SignOptions): Promise<void> {
  if (sshKey !== undefined) {
    probeTools([{ program: 'ssh-keygen', package: 'openssh-client' }]);
    if (!existsSync(sshKey)) throw new InputError('sign-ssh', `--sign-ssh ${sshKey}: there is no such file`);
    await asked(`--sign-ssh ${sshKey}: this is no SSH key`, ['ssh-keygen', '-l', '-f', resolve(sshKey)]);
  }
  if (gpgKey !== undefined) {
    probeTools([{ program: 'gpg', package: 'gnupg' }]);
    await keyCreated(gpgKey);
  }
}

/**
 * Signs a small file: `FILE.sig` by SSH, `FILE.asc` by gpg, beside it. The same file and key give the same signature
 * where an epoch is given.
 * @param epoch seconds since 1970 that an OpenPGP signature carries, which is never older than its key; default now
 * @returns the files that were written
 * @throws WorkError when the key's owner does not answer, or the key cannot sign
 */
export async function signFile(
  path: string,
  { sshKey, gpgKey }: SignOptions,
  epoch: number | undefined,
): Promise<string[]> {
  const input = readFileSync(path);
  const written: string[] = [];
  const write = (suffix: string, text: string): void => {
    writeFileSync(`${path}${suffix}`, text);
    written.push(`${path}${suffix}`);
  };
  if (sshKey !== undefined) {
    write('.sig', await sign(['ssh-keygen', '-q', '-Y', 'sign', '-n', SSH_NAMESPACE, '-f', resolve(sshKey)], input));
  }
  if (gpgKey !== undefined) {
    const time = epoch === undefined ? [] : ['--faked-system-time', `${Math.max(epoch, await keyCreated(gpgKey))}!`];
    write('.asc', await sign(['gpg', '--quiet', '--armor', '--detach-sign', '--local-user', gpgKey, ...time], input));
  }
  return written;
}

async function sign(words: readonly string[], input: Uint8Array): Promise<string> {
  try {
    return (await run(words, { input, env: environment(), timeoutMs: 300_000 })).stdout;
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    throw new WorkError('sign', `the checksums cannot be signed: ${error.message}; try the key by hand`, {
      cause: error,
    });
  }
}

/** Seconds since 1970 when a key was made whose private half is here. */
async function keyCreated(key: string): Promise<number> {
  const wrong = `--sign-gpg ${key}: gpg has no such private key (gpg --list-secret-keys lists those that it has)`;
  const text = await asked(wrong, ['gpg', '--batch', '--with-colons', '--list-secret-keys', '--', key]);
  const created = Number(/^sec:(?:[^:]*:){4}(\d+):/m.exec(text)?.[1]);
  if (!Number.isSafeInteger(created)) throw new InputError('sign-gpg', wrong);
  return created;
}

async function asked(wrong: string, words: readonly string[]): Promise<string> {
  try {
    return (await run(words, { env: environment(), timeoutMs: 60_000 })).stdout;
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    throw new InputError('sign-key', wrong, undefined, { cause: error });
  }
}

function environment(): Record<string, string> {
  const own = AGENT_VARIABLES.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return cleanEnvironment(Object.fromEntries(own));
}
