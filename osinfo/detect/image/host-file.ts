// SPDX-License-Identifier: Apache-2.0
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { InputError } from '../../errors.js';
import { type Bytes, checkRange, damaged } from './bytes.js';

const openFailures: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'no permission to read it',
  EPERM: 'no permission to read it',
  ELOOP: 'too many symbolic links',
  ENOTDIR: 'a part of the path is not a folder',
};

/** A file of this machine, open for reading only. */
export class HostFile implements Bytes {
  readonly path: string;
  readonly length: number;
  readonly #fd: number;

  /**
   * @param follow false refuses a symbolic link: for files that an image names
   * @throws InputError when the path is no readable regular file or block device
   */
  constructor(path: string, follow = true) {
    this.path = path;
    try {
      // Without O_NONBLOCK the opening of a FIFO would wait for a writer before it can be refused.
      const flags = constants.O_RDONLY | constants.O_NONBLOCK | (follow ? 0 : constants.O_NOFOLLOW);
      this.#fd = openSync(path, flags);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
      throw new InputError('image-unreadable', openFailures[code] ?? `cannot be opened: ${code}`, { file: path });
    }
    const stat = fstatSync(this.#fd);
    if (!stat.isFile() && !(follow && stat.isBlockDevice())) {
      this.close();
      const what = stat.isDirectory() ? 'this is a folder' : 'this is not a regular file';
      throw new InputError('image-unreadable', `${what}; name a disk image`, { file: path });
    }
    this.length = stat.isFile() ? stat.size : this.#deviceLength();
  }

  close(): void {
    closeSync(this.#fd);
  }

  read(offset: number, bytes: number): Buffer {
    checkRange(this.length, offset, bytes);
    const buffer = Buffer.allocUnsafe(bytes);
    let done = 0;
    while (done < bytes) {
      let got: number;
      try {
        got = readSync(this.#fd, buffer, done, bytes - done, offset + done);
      } catch (error) {
        const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
        throw new InputError('image-unreadable', `cannot be read at byte ${offset + done}: ${code}`, {
          file: this.path,
        });
      }
      // Another process cut the file since it was opened.
      if (got === 0) throw damaged(`the file ends at byte ${offset + done}`);
      done += got;
    }
    return buffer;
  }

  /** A block device has no size in its stat: the last byte that can be read is searched for. */
  #deviceLength(): number {
    const probe = Buffer.alloc(1);
    let low = 0;
    let high = 2 ** 50;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (readSync(this.#fd, probe, 0, 1, middle) === 1) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
