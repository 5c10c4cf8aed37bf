// SPDX-License-Identifier: Apache-2.0
import { constants, readFileSync, type Stats } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { SourceError, type SourceFault } from './errors.js';
import type { ByteSource } from './types.js';

/** Most bytes of one read: what is asked for comes from what was read, and must not size a buffer without bound. */
const MOST_BYTES = 16 * 1024 * 1024;

/**
 * A regular file or a block device. Anything else is refused before it is opened: a pipe would wait for its writer,
 * and the opening of a character device can do something (a tape rewinds).
 * @throws SourceError
 */
export async function openFileSource(path: string, name: string = path): Promise<ByteSource> {
  const absolute = resolve(path);
  let file: FileHandle | undefined;
  try {
    refuseSpecial(await stat(path), name, absolute);
    // What lies there may have been replaced meanwhile: opened without waiting, and looked at once more.
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const about = await file.stat();
    refuseSpecial(about, name, absolute);
    return fileSource(file, about, name, absolute);
  } catch (error) {
    await file?.close();
    throw sourceError(error, name, absolute);
  }
}

function fileSource(file: FileHandle, about: Stats, name: string, absolute: string): ByteSource {
  const device = about.isBlockDevice();
  const size = device ? blockDeviceBytes(about.rdev) : about.size;
  return {
    name,
    kind: device ? 'device' : 'file',
    size: () => size,
    async read(offset, length) {
      const bytes = new Uint8Array(Math.max(0, Math.min(length, MOST_BYTES, (size ?? Infinity) - offset)));
      let filled = 0;
      try {
        while (filled < bytes.length) {
          const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, offset + filled);
          if (bytesRead === 0) break;
          filled += bytesRead;
        }
      } catch (error) {
        throw sourceError(error, name, absolute);
      }
      return filled === bytes.length ? bytes : bytes.subarray(0, filled);
    },
    close: () => file.close(),
  };
}

function refuseSpecial(about: Stats, name: string, absolute: string): void {
  const opening = `Error opening file ${absolute}: `;
  if (about.isDirectory()) {
    throw new SourceError('directory', `${name}: is a directory, not an image`, `${opening}Is a directory`);
  }
  if (about.isFile() || about.isBlockDevice()) return;
  const what = about.isFIFO() ? 'a pipe' : about.isSocket() ? 'a socket' : 'a character device';
  throw new SourceError(
    'special',
    `${name}: is ${what}, which cannot be read at places; save what comes out of it as a file first`,
    `${opening}Not a regular file`,
  );
}

const FAULTS: Readonly<Record<string, { fault: SourceFault; words: string; original: string }>> = {
  ENOENT: { fault: 'missing', words: 'there is no such file', original: 'No such file or directory' },
  ENOTDIR: { fault: 'missing', words: 'there is no such file', original: 'Not a directory' },
  EACCES: { fault: 'denied', words: 'no right to read it', original: 'Permission denied' },
  EPERM: { fault: 'denied', words: 'no right to read it', original: 'Operation not permitted' },
  ELOOP: { fault: 'missing', words: 'its links lead round in a circle', original: 'Too many levels of symbolic links' },
  ENOMEDIUM: { fault: 'missing', words: 'there is no disc in the drive', original: 'No medium found' },
  ENAMETOOLONG: { fault: 'missing', words: 'the name is too long for a file', original: 'File name too long' },
};

function sourceError(error: unknown, name: string, absolute: string): SourceError {
  if (error instanceof SourceError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  const known = FAULTS[code ?? ''] ?? {
    fault: 'unreadable' as const,
    words: `cannot be read (${code === 'EIO' ? 'the device reports an error' : (code ?? message)})`,
    original: code === 'EIO' ? 'Input/output error' : (code ?? message),
  };
  return new SourceError(known.fault, `${name}: ${known.words}`, `Error opening file ${absolute}: ${known.original}`, {
    cause: error,
  });
}

/**
 * Bytes of the block device with this number, from the kernel's list in sectors of 512 bytes (Documentation/ABI,
 * sysfs-block); undefined where that is not there. Node cannot seek, and its `stat` says 0.
 */
export function blockDeviceBytes(device: number): number | undefined {
  // The numbers as glibc packs them into dev_t.
  const high = Math.floor(device / 2 ** 32);
  const low = device % 2 ** 32;
  const major = (high & 0xfffff000) | ((low >>> 8) & 0xfff);
  const minor = ((low >>> 12) & 0xffffff00) | (low & 0xff);
  try {
    const sectors = readFileSync(`/sys/dev/block/${major}:${minor}/size`, 'latin1').trim();
    return /^\d{1,15}$/.test(sectors) ? Number(sectors) * 512 : undefined;
  } catch {
    return undefined;
  }
}
