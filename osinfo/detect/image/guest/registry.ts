// SPDX-License-Identifier: Apache-2.0
import { damaged } from '../bytes.js';
import type { FileNode } from '../filesystems/types.js';
import { printable } from './text.js';

// The format of a registry hive ("regf") as the reference of libyal's libregf describes it. Little-endian.
const headBytes = 4096;
const maxHiveBytes = 512 * 1024 * 1024;
const maxKeys = 100_000;
const maxValues = 4096;
const maxCellBytes = 1024 * 1024;
const asciiKeyName = 0x20;
const none = 0xffffffff;

/** A key of a hive. */
interface Key {
  readonly cell: Buffer;
}

/** Values of keys of a Windows registry hive, read where they are asked for: a hive can have 100 MiB. */
export class Hive {
  readonly #file: FileNode;
  readonly #root: Key;

  /** @throws InputError when the file is no hive */
  constructor(file: FileNode) {
    this.#file = file;
    const head = file.read(0, headBytes);
    if (head.length < headBytes || head.toString('latin1', 0, 4) !== 'regf' || file.size > maxHiveBytes) {
      throw damaged('a registry hive of Windows');
    }
    this.#root = this.#key(head.readUInt32LE(36));
  }

  /** The key at a path of names, whatever their case; undefined where there is none. */
  find(path: readonly string[]): Key | undefined {
    let key: Key | undefined = this.#root;
    for (const name of path) {
      key = key && this.#child(key, name.toLowerCase());
    }
    return key;
  }

  /** A value of a key: text of a string, number of a DWORD; undefined where there is none. */
  value(key: Key, name: string): string | number | undefined {
    const count = key.cell.readUInt32LE(36);
    const list = key.cell.readUInt32LE(40);
    if (count === 0 || list === none) return undefined;
    if (count > maxValues) throw damaged('the values of a key of the registry');
    const offsets = this.#cell(list);
    for (let index = 0; index < count; index++) {
      const cell = this.#cell(offsets.readUInt32LE(index * 4));
      if (cell.toString('latin1', 0, 2) !== 'vk') throw damaged('a value of the registry');
      const letters = cell.readUInt16LE(2);
      const ascii = (cell.readUInt16LE(16) & 1) !== 0;
      const own = cell.toString(ascii ? 'latin1' : 'utf16le', 20, 20 + letters);
      if (own.toLowerCase() === name.toLowerCase()) return this.#data(cell);
    }
    return undefined;
  }

  #data(cell: Buffer): string | number | undefined {
    const length = cell.readUInt32LE(4);
    const kind = cell.readUInt32LE(12);
    // Up to four bytes stand in place of the offset.
    const inline = length >= 0x8000_0000;
    const bytes = inline ? cell.subarray(8, 8 + (length & 7)) : this.#cell(cell.readUInt32LE(8)).subarray(0, length);
    if (kind === 4 && bytes.length >= 4) return bytes.readUInt32LE(0);
    if (kind === 1 || kind === 2) return printable(bytes.toString('utf16le').split('\0', 1)[0]!);
    return undefined;
  }

  #child(key: Key, name: string): Key | undefined {
    if (key.cell.readUInt32LE(20) === 0) return undefined;
    let seen = 0;
    for (const list of this.#lists(key.cell.readUInt32LE(28))) {
      const magic = list.toString('latin1', 0, 2);
      const step = magic === 'li' ? 4 : 8;
      if (!['lf', 'lh', 'li'].includes(magic)) throw damaged('a list of keys of the registry');
      for (let index = 0; index < list.readUInt16LE(2); index++) {
        if (++seen > maxKeys) throw damaged('a key of the registry with too many keys');
        const child = this.#key(list.readUInt32LE(4 + index * step));
        if (this.#nameOf(child) === name) return child;
      }
    }
    return undefined;
  }

  /** A long list is a list of lists, one level deep. */
  *#lists(offset: number): Generator<Buffer> {
    const list = this.#cell(offset);
    if (list.toString('latin1', 0, 2) !== 'ri') {
      yield list;
      return;
    }
    for (let index = 0; index < list.readUInt16LE(2); index++) yield this.#cell(list.readUInt32LE(4 + index * 4));
  }

  #key(offset: number): Key {
    const cell = this.#cell(offset);
    if (cell.length < 76 || cell.toString('latin1', 0, 2) !== 'nk') throw damaged('a key of the registry');
    return { cell };
  }

  #nameOf({ cell }: Key): string {
    const letters = cell.readUInt16LE(72);
    const encoding = cell.readUInt16LE(2) & asciiKeyName ? 'latin1' : 'utf16le';
    return cell.toString(encoding, 76, 76 + letters).toLowerCase();
  }

  /** A cell without its length, which is negative where it is in use. */
  #cell(offset: number): Buffer {
    const at = headBytes + offset;
    const head = this.#file.read(at, 4);
    const length = head.length === 4 ? -head.readInt32LE(0) : 0;
    if (length < 8 || length > maxCellBytes) throw damaged('a cell of the registry');
    return this.#file.read(at + 4, length - 4);
  }
}
