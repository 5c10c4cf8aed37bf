// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { filter } from '../doors/process.js';
import { MissingError, ToolError } from '../errors.js';
import { ArchiveError, shownName } from './errors.js';
import type { ArchiveSource } from './source.js';

/** Largest archive whose signature is checked: it is held in memory, since nothing of it may be used before. */
const maxBytes = 64 * 1024 * 1024;

/**
 * The same archive, once its detached OpenPGP signature has been found good: gpgv reads all of it first.
 * @param signature the signature itself, binary or armoured
 * @param keyring path of a keyring with the keys that are trusted, as `gpg --export` writes it
 * @throws ArchiveError where the signature is none of the archive, or by another key
 * @throws MissingError where gpgv is missing
 */
export async function verified(source: ArchiveSource, signature: Buffer, keyring: string): Promise<ArchiveSource> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of source.chunks) {
    size += chunk.byteLength;
    if (size > maxBytes) {
      throw new ArchiveError('archive-too-large', `${source.name}: a signed archive has at most ${maxBytes} bytes`);
    }
    chunks.push(Buffer.from(chunk));
  }
  const folder = mkdtempSync(join(tmpdir(), 'guestwright-signature-'));
  try {
    const file = join(folder, 'signature');
    writeFileSync(file, signature);
    for await (const _ of filter(['gpgv', '--quiet', '--keyring', resolve(keyring), file, '-'], pieces(chunks)));
  } catch (error) {
    if (error instanceof MissingError) throw new MissingError(error.code, `${error.message} (Debian: gpgv)`);
    if (!(error instanceof ToolError)) throw error;
    const why = error.message.replace(/^.*?: gpgv: /, '');
    throw new ArchiveError(
      'archive-signature',
      `${source.name}: its signature is not good: ${shownName(why)}`,
      undefined,
      error,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return { name: source.name, chunks: pieces(chunks) };
}

async function* pieces(chunks: readonly Buffer[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}
