// SPDX-License-Identifier: Apache-2.0
import type { At, Encryption, Issue } from '../../kickstart/model.js';
import { uuidFor } from '../identity.js';
import { MIB, notice, refusal, type StorageContext } from './context.js';
import type { DeviceContent, DeviceId, LuksPlan } from './types.js';

/** Where the data begins: cryptsetup's own places for both versions of the header. */
const DATA_OFFSET = { 1: 2 * MIB, 2: 16 * MIB } as const;

/**
 * What argon2 costs where the kickstart does not say. cryptsetup would measure the machine that builds, and choose what
 * a small guest has not the memory for.
 */
const ARGON2 = { memoryKiB: 128 * 1024, iterations: 4 } as const;

/** Bytes of a device that are left for what is encrypted on it. */
export function insideLuks(sizeBytes: number, encryption: Encryption | undefined): number {
  return encryption === undefined ? sizeBytes : Math.max(0, sizeBytes - DATA_OFFSET[versionOf(encryption)]);
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
  if (cipher !== undefined && !/^[a-z0-9]{1,20}-[a-z0-9]{1,20}(-[a-z0-9:]{1,30})?$/.test(cipher)) {
    throw refusal(at, 'cipher', `${what} --cipher=${cipher} is no cipher; use one such as aes-xts-plain64`);
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
    throw refusal(at, 'part-size', `${what}: encryption takes ${DATA_OFFSET[version] / MIB} MiB; give it more`);
  }
  return {
    ...inside(id, sizeBytes),
    id,
    name,
    device,
    version,
    uuid,
    passphrase,
    cipher: cipher ?? 'aes-xts-plain64',
    keyBits: cipher === undefined || cipher.includes('-xts-') ? 512 : 256,
    // GRUB has not been seen to read the larger sectors, and LUKS1 has none.
    sectorBytes: version === 1 || forBoot ? 512 : 4096,
    pbkdf: planPbkdf(what, at, encryption, version, forBoot, notices),
    dataOffsetBytes: DATA_OFFSET[version],
    sizeBytes,
  };
}

function planPbkdf(
  what: string,
  at: At,
  { pbkdf, pbkdfMemoryKiB, pbkdfIterations, pbkdfTimeMs }: Encryption,
  version: 1 | 2,
  forBoot: boolean,
  notices: Issue[],
): LuksPlan['pbkdf'] {
  const cost = {
    ...(pbkdfIterations === undefined ? {} : { iterations: pbkdfIterations }),
    ...(pbkdfTimeMs === undefined ? {} : { timeMs: pbkdfTimeMs }),
  };
  for (const [option, value] of [
    ['memory', pbkdfMemoryKiB],
    ['iterations', pbkdfIterations],
    ['time', pbkdfTimeMs],
  ] as const) {
    if (value !== undefined && (value < 1 || value > 2 ** 31))
      throw refusal(at, 'pbkdf', `${what} --pbkdf-${option}=${value}: give a number of 1 or more`);
  }
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
  if (pbkdf === 'pbkdf2' || version === 1) return { kind: 'pbkdf2', ...cost };
  if (forBoot && pbkdf === undefined) {
    notices.push(
      notice(at, 'luks-boot-pbkdf2', `${what}: pbkdf2 is taken, since the boot loader opens it to read /boot`),
    );
    return { kind: 'pbkdf2', ...cost };
  }
  return {
    kind: pbkdf === 'argon2i' ? 'argon2i' : 'argon2id',
    memoryKiB: pbkdfMemoryKiB ?? ARGON2.memoryKiB,
    ...(pbkdfTimeMs === undefined && pbkdfIterations === undefined ? { iterations: ARGON2.iterations } : cost),
  };
}
