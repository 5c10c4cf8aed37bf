// SPDX-License-Identifier: Apache-2.0
import { rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError, ToolError, WorkError } from '../../../osinfo/errors.js';
import type { LuksPlan } from '../../plan/types.js';
import type { StageContext } from '../../run/context.js';
import { readTreeFile } from '../files.js';

const SECTOR = 512;

/**
 * cryptsetup locks a device by a file in /run/cryptsetup, which a build may have no right to make: it gets a /run of its
 * own, in a name space that ends with it. No value from outside is in this text.
 */
const OWN_RUN = 'mount -t tmpfs none /run && exec "$@"';

/**
 * Encrypts a file where it is: the plain content of a container becomes the whole container, its header in front. Neither
 * device-mapper nor a loop device is used. The key of the data and the salts are random: no two are the same.
 *
 * A file of version 1 is made as version 2 and its header rewritten, since cryptsetup encrypts to version 1 by
 * device-mapper only.
 * @param file has the container's `sizeBytes`, and afterwards `dataOffsetBytes` more
 */
export async function encryptFile(context: StageContext, luks: LuksPlan, file: string): Promise<void> {
  // The data moves up by half of what the file is made longer; the other half is cut off again.
  truncateSync(file, luks.sizeBytes + 2 * luks.dataOffsetBytes);
  try {
    await cryptsetup(context, encryptWords(luks, file), luks.passphrase);
    await addKey(context, luks, file);
    if (luks.version === 1) await cryptsetup(context, ['convert', '--type', 'luks1', '--batch-mode', file]);
  } catch (error) {
    if (error instanceof ToolError && /cipher|crypto|algorithm/i.test(error.message)) {
      throw new InputError(
        'cipher',
        `--cipher=${luks.cipher}: the kernel of this machine cannot encrypt with it; use aes-xts-plain64`,
        luks.at,
      );
    }
    throw error;
  }
  truncateSync(file, luks.sizeBytes + luks.dataOffsetBytes);
  await checkHeader(context, luks, file);
}

function encryptWords(luks: LuksPlan, file: string): string[] {
  const { uuid, cipher, keyBits, sectorBytes, pbkdf, dataOffsetBytes } = luks;
  return [
    'reencrypt',
    '--encrypt',
    '--batch-mode',
    '--force-offline-reencrypt',
    ...['--type', 'luks2'],
    ...['--uuid', uuid],
    ...['--cipher', cipher],
    ...['--key-size', String(keyBits)],
    ...['--sector-size', String(sectorBytes)],
    ...['--hash', 'sha256'],
    ...['--reduce-device-size', `${(2 * dataOffsetBytes) / SECTOR}S`],
    ...['--pbkdf', pbkdf.kind],
    // Given, so that nothing is measured on the machine that builds.
    ...['--pbkdf-force-iterations', String(pbkdf.iterations)],
    ...(pbkdf.kind === 'pbkdf2' ? [] : ['--pbkdf-memory', String(pbkdf.memoryKiB), '--pbkdf-parallel', '1']),
    ...['--key-file', '-'],
    file,
  ];
}

async function cryptsetup(context: StageContext, words: readonly string[], input = '') {
  return await context.tool(['unshare', '--mount', '--', 'sh', '-c', OWN_RUN, 'sh', 'cryptsetup', ...words], {
    input,
    // A header is first made in a file there.
    cwd: context.scratch,
    timeoutMs: 3_600_000,
  });
}

/**
 * The key file that the system opens the container by itself with, where the plan has one: a second key beside the
 * passphrase. It is random and long, so that nothing is gained by making it costly to try.
 */
async function addKey(context: StageContext, luks: LuksPlan, file: string): Promise<void> {
  const path = context.plan.storage.crypttab.find((one) => one.name === luks.name)?.key;
  if (path === undefined) return;
  const key = join(context.scratch, 'luks.key');
  writeFileSync(key, readTreeFile(context.tree, path), { mode: 0o600 });
  try {
    const cost = ['--pbkdf', 'pbkdf2', '--pbkdf-force-iterations', '1000'];
    await cryptsetup(context, ['luksAddKey', '--batch-mode', ...cost, '--key-file', '-', file, key], luks.passphrase);
  } finally {
    rmSync(key);
  }
}

/** @throws WorkError where the data does not begin at the place that the plan has for it */
async function checkHeader(context: StageContext, luks: LuksPlan, file: string): Promise<void> {
  const { stdout } = await cryptsetup(context, ['luksDump', file]);
  const offset =
    luks.version === 1
      ? Number(/^Payload offset:\s*(\d+)$/m.exec(stdout)?.[1]) * SECTOR
      : Number(/^\s*offset:\s*(\d+) \[bytes\]$/m.exec(stdout)?.[1]);
  if (offset !== luks.dataOffsetBytes)
    throw new WorkError('luks-differs', `cryptsetup put the data of ${luks.name} at ${offset}, not where planned`);
}
