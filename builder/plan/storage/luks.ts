// SPDX-License-Identifier: Apache-2.0
import type { At, Encryption, Issue } from '../../kickstart/model.js';
import { uuidFor } from '../identity.js';
import { MIB, notice, refusal, type StorageContext } from './context.js';
import type { DeviceContent, DeviceId, LuksPlan } from './types.js';

/** Where the data begins: cryptsetup's own place for version 2, and room enough for a header of version 1. */
const DATA_OFFSET = 16 * MIB;

/**
 * What a passphrase costs to try where the kickstart does not say. cryptsetup would measure the machine that builds, and
 * choose what a small guest has not the memory for, or GRUB not the speed. 600000 is what OWASP asks of PBKDF2 with
 * SHA-256.
 */
const COST = { pbkdf2: 600_000, argon2: 4, argon2MemoryKiB: 128 * 1024 } as const;

/**
 * How many iterations are made of a millisecond of `--pbkdf-time`: nothing is measured, so a slow machine of today is
 * assumed (argon2 with the memory above).
 */
const PER_MS = { pbkdf2: 500, argon2: 1 / 100 } as const;

/** What cryptsetup takes (its own lower bounds, and libargon2's). */
const BOUNDS = {
  pbkdf2: { least: 1000, most: 2 ** 31 - 1 },
  argon2: { least: 4, most: 2 ** 31 - 1 },
  memory: { least: 32, most: 4 * 1024 * 1024 },
} as const;

/** Ciphers with keys of 256 bits, the ways to go through the sectors, and where their numbers come from (cryptsetup(8)). */
const CIPHER = /^(aes|aria|camellia|serpent|twofish)-(xts-plain64|xts-plain|cbc-essiv:sha256|cbc-plain64|cbc-plain)$/;

/** From here on the size of an image is worth a word. */
const NOTEWORTHY_BYTES = 4096 * MIB;

/** Smallest ext file system whose blocks are 4 KiB where nothing else is asked (mke2fs(8), `small`). */
const EXT_LARGE_BYTES = 512 * MIB;

/** Bytes of a device that are left for what is encrypted on it. */
export function insideLuks(sizeBytes: number, encryption: Encryption | undefined): number {
  return encryption === undefined ? sizeBytes : Math.max(0, sizeBytes - DATA_OFFSET);
}

function versionOf(encryption: Encryption): 1 | 2 {
  return encryption.luksVersion === 'luks1' ? 1 : 2;
}

/** The name that an opened container has below /dev/mapper: the installer's. */
export function luksName(uuid: string): string {
  return `luks-${uuid}`;
}

/**
 * The container on a device; what is inside is told by `inside`.
 * @param forBoot GRUB has to open it, which it cannot with argon2
 * @throws InputError where there is no passphrase, or one that GRUB could never open
 */
export function planLuks(
  context: StorageContext,
  device: DeviceId,
  deviceBytes: number,
  what: string,
  at: At,
  encryption: Encryption,
  forBoot: boolean,
  inside: (device: DeviceId, sizeBytes: number) => DeviceContent,
  notices: Issue[],
): LuksPlan {
  const { passphrase, luksVersion, cipher } = encryption;
  if (passphrase === undefined) {
    throw refusal(at, 'no-passphrase', `${what} --encrypted has no --passphrase, and nobody can be asked: add it`);
  }
  if (/[\r\n\0]/.test(passphrase)) throw refusal(at, 'passphrase', `${what}: a passphrase is one line`);
  if (luksVersion !== undefined && luksVersion !== 'luks1' && luksVersion !== 'luks2') {
    throw refusal(at, 'luks-version', `${what} --luks-version=${luksVersion} is not made here; use luks2 or luks1`);
  }
  if (cipher !== undefined && !CIPHER.test(cipher)) {
    throw refusal(
      at,
      'cipher',
      `${what} --cipher=${cipher} is no cipher that a disk is encrypted with here; use one such as aes-xts-plain64`,
    );
  }
  if (encryption.backupPassphrase) {
    notices.push(
      notice(at, 'no-effect', `${what} --backuppassphrase does nothing without --escrowcert: it is left out`),
    );
  }
  const version = versionOf(encryption);
  const uuid = uuidFor(context.name, device, 'luks');
  const name = luksName(uuid);
  const id = `luks/${name}`;
  const sizeBytes = insideLuks(deviceBytes, encryption);
  if (sizeBytes < MIB) {
    throw refusal(at, 'part-size', `${what}: encryption takes ${DATA_OFFSET / MIB} MiB; give it more`);
  }
  if (sizeBytes >= NOTEWORTHY_BYTES) {
    const gib = (sizeBytes / (1024 * MIB)).toFixed(1);
    notices.push(
      notice(
        at,
        'luks-size',
        `${what}: what is encrypted has no holes, so that the image takes ${gib} GiB for it, whatever lies there; --disk-size or --size makes it less`,
      ),
    );
  }
  const content = inside(id, sizeBytes);
  return {
    ...content,
    id,
    name,
    device,
    version,
    uuid,
    passphrase,
    cipher: cipher ?? 'aes-xts-plain64',
    keyBits: cipher === undefined || cipher.includes('-xts-') ? 512 : 256,
    // GRUB has not been seen to read the larger sectors, and LUKS1 has none.
    sectorBytes: version === 1 || forBoot || !hasLargeBlocks(content, sizeBytes) ? 512 : 4096,
    pbkdf: planPbkdf(what, at, encryption, version, forBoot, notices),
    dataOffsetBytes: DATA_OFFSET,
    sizeBytes,
  };
}

/** Whether nothing inside is read by less than 4 KiB, which a device with such sectors would refuse. */
function hasLargeBlocks({ filesystem }: DeviceContent, sizeBytes: number): boolean {
  if (!filesystem || filesystem.mkfsOptions.length > 0) return false;
  const { type } = filesystem;
  return type === 'swap' || type === 'btrfs' || (type === 'ext4' && sizeBytes >= EXT_LARGE_BYTES);
}

function planPbkdf(
  what: string,
  at: At,
  encryption: Encryption,
  version: 1 | 2,
  forBoot: boolean,
  notices: Issue[],
): LuksPlan['pbkdf'] {
  const { pbkdf, pbkdfMemoryKiB } = encryption;
  if (pbkdf === 'argon2i' || pbkdf === 'argon2id') {
    if (version === 1) throw refusal(at, 'pbkdf', `${what}: luks1 knows pbkdf2 only; remove --pbkdf=${pbkdf}`);
    if (forBoot) {
      throw refusal(
        at,
        'luks-boot-argon2',
        `${what} --pbkdf=${pbkdf}: the boot loader cannot open it to read /boot; use --pbkdf=pbkdf2, or add a part /boot`,
      );
    }
  } else if (pbkdf !== undefined && pbkdf !== 'pbkdf2') {
    throw refusal(at, 'pbkdf', `${what} --pbkdf=${pbkdf} is unknown; use argon2id, argon2i or pbkdf2`);
  }
  if (forBoot && pbkdf === undefined && version === 2) {
    notices.push(
      notice(at, 'luks-boot-pbkdf2', `${what}: pbkdf2 is taken, since the boot loader opens it to read /boot`),
    );
  }
  if (pbkdf === 'pbkdf2' || version === 1 || (forBoot && pbkdf === undefined))
    return { kind: 'pbkdf2', iterations: iterationsOf('pbkdf2', what, at, encryption, notices) };
  const memoryKiB = pbkdfMemoryKiB ?? COST.argon2MemoryKiB;
  checkBounds(what, at, 'memory', memoryKiB, BOUNDS.memory);
  const kind = pbkdf === 'argon2i' ? 'argon2i' : 'argon2id';
  return { kind, memoryKiB, iterations: iterationsOf('argon2', what, at, encryption, notices) };
}

function iterationsOf(
  kind: 'pbkdf2' | 'argon2',
  what: string,
  at: At,
  { pbkdfIterations, pbkdfTimeMs }: Encryption,
  notices: Issue[],
): number {
  const { least, most } = BOUNDS[kind];
  if (pbkdfIterations !== undefined) {
    checkBounds(what, at, 'iterations', pbkdfIterations, BOUNDS[kind]);
    return pbkdfIterations;
  }
  if (pbkdfTimeMs === undefined) return COST[kind];
  checkBounds(what, at, 'time', pbkdfTimeMs, { least: 1, most: 600_000 });
  const iterations = Math.min(most, Math.max(least, Math.round(pbkdfTimeMs * PER_MS[kind])));
  notices.push(
    notice(
      at,
      'pbkdf-time',
      `${what} --pbkdf-time=${pbkdfTimeMs} is taken as ${iterations} iterations: the machine that builds is not measured`,
    ),
  );
  return iterations;
}

function checkBounds(
  what: string,
  at: At,
  option: string,
  value: number,
  { least, most }: { readonly least: number; readonly most: number },
): void {
  if (value < least || value > most)
    throw refusal(at, 'pbkdf', `${what} --pbkdf-${option}=${value}: give a number from ${least} to ${most}`);
}
