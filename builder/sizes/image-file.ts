// SPDX-License-Identifier: Apache-2.0
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { InputError } from '../../osinfo/errors.js';

const folder = 'this is a folder; name a disk image';

const openFailures: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'no permission to read it',
  EPERM: 'no permission to read it',
  EISDIR: folder,
  ELOOP: 'too many symbolic links',
  ENOTDIR: 'a part of the path is not a folder',
};

/** How many bytes of tables a strange file may make us read: those of a whole 8 TiB qcow2 image with 64 KiB clusters. */
export const maxTableBytes = 1024 * 1024 * 1024;

/**
 * A disk image, open for reading. Nothing in the file is believed before it is checked against the file's real length;
 * every complaint is one InputError that begins with the path.
 */
export class ImageFile {
  readonly path: string;
  /** Bytes to the end of the file. */
  readonly length: number;
  /** Bytes that the file takes on its file system. */
  readonly allocation: number;
  readonly #fd: number;

  /** @throws InputError when the path is no readable regular file */
  constructor(path: string) {
    this.path = path;
    try {
      // Without O_NONBLOCK the opening of a FIFO would wait for a writer before it can be refused.
      this.#fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
      throw new InputError('image-unreadable', openFailures[code] ?? `cannot be opened: ${code}`, { file: path });
    }
    const stat = fstatSync(this.#fd);
    if (!stat.isFile()) {
      this.close();
      const what = stat.isDirectory() ? folder : 'this is not a regular file; name a disk image';
      throw new InputError('image-unreadable', what, { file: path });
    }
    this.length = stat.size;
    this.allocation = stat.blocks * 512;
  }

  close(): void {
    closeSync(this.#fd);
  }

  /**
   * Exactly `bytes` bytes from `offset`; what lies in the file's last, unfinished piece reads as zeros.
   * @param what names the structure in the complaint: `L1 table`
   * @throws InputError when the structure begins beyond the end of the file
   */
  read(offset: number, bytes: number, what: string): Buffer {
    if (bytes > 0 && offset >= this.length) {
      throw this.damaged(`its ${what} at byte ${offset} lies beyond the end of the file (${this.length} bytes)`);
    }
    const buffer = Buffer.alloc(bytes);
    let done = 0;
    while (done < bytes) {
      const got = readSync(this.#fd, buffer, done, bytes - done, offset + done);
      if (got === 0) break;
      done += got;
    }
    return buffer;
  }

  /** As `read`, but the whole structure must be there. */
  readWhole(offset: number, bytes: number, what: string): Buffer {
    if (offset + bytes > this.length) {
      throw this.damaged(
        `its ${what} (${bytes} bytes at byte ${offset}) reaches beyond the end of the file (${this.length} bytes)`,
      );
    }
    return this.read(offset, bytes, what);
  }

  /** @throws InputError when the file does not begin a structure as its format demands */
  expectMagic(found: Buffer, wanted: string | Buffer, format: string): void {
    if (!found.equals(typeof wanted === 'string' ? Buffer.from(wanted, 'latin1') : wanted)) {
      throw new InputError('image-format', `this is not a ${format} image`, { file: this.path });
    }
  }

  /** The error for a file that contradicts itself. */
  damaged(why: string): InputError {
    return new InputError('image-damaged', `the image is damaged or cut short: ${why}`, { file: this.path });
  }

  /** The error for a file that is well formed and beyond what is known here. */
  unsupported(why: string): InputError {
    return new InputError('image-unsupported', why, { file: this.path });
  }

  /** A 64-bit number as a JavaScript one. @throws InputError beyond 2^53 - 1, which no host can store */
  safe(value: bigint, what: string): number {
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw this.damaged(`its ${what} says ${value}`);
    return Number(value);
  }
}
