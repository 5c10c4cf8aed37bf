// SPDX-License-Identifier: Apache-2.0
import { damaged } from '../bytes.js';

export interface XfsName {
  readonly name: string;
  readonly inode: bigint;
}

/** The entries of a folder that lies in its inode. */
export function* shortEntries(fork: Buffer, fileType: boolean): Generator<XfsName> {
  const count = fork[0]!;
  const wide = fork[1]! > 0;
  const numberBytes = wide ? 8 : 4;
  let at = 2 + numberBytes;
  for (let index = 0; index < count; index++) {
    const nameBytes = fork[at] ?? 0;
    const number = at + 3 + nameBytes + (fileType ? 1 : 0);
    if (nameBytes === 0 || number + numberBytes > fork.length) throw damaged('a folder of the XFS');
    const inode = wide ? fork.readBigUInt64BE(number) : BigInt(fork.readUInt32BE(number));
    yield { name: fork.toString('utf8', at + 3, at + 3 + nameBytes), inode };
    at = number + numberBytes;
  }
}

/** The entries of one block of a larger folder; none where the block is a hole. */
export function* dataEntries(block: Buffer, version5: boolean, fileType: boolean): Generator<XfsName> {
  const magic = block.toString('latin1', 0, 4);
  if (magic === '\0\0\0\0') return;
  const single = magic === (version5 ? 'XDB3' : 'XD2B');
  if (!single && magic !== (version5 ? 'XDD3' : 'XD2D')) throw damaged('a block of a folder of the XFS');
  // A folder of one block ends with its own hash table: eight bytes an entry, then their number.
  const end = single ? block.length - 8 - block.readUInt32BE(block.length - 8) * 8 : block.length;
  if (end < 0) throw damaged('a block of a folder of the XFS');
  for (let at = version5 ? 64 : 16; at + 8 <= end; ) {
    if (block.readUInt16BE(at) === 0xffff) {
      const free = block.readUInt16BE(at + 2);
      if (free < 8 || free % 8 !== 0) throw damaged('a block of a folder of the XFS');
      at += free;
      continue;
    }
    const nameBytes = block[at + 8] ?? 0;
    if (nameBytes === 0 || at + 9 + nameBytes > end) throw damaged('a block of a folder of the XFS');
    yield { name: block.toString('utf8', at + 9, at + 9 + nameBytes), inode: block.readBigUInt64BE(at) };
    at += Math.ceil((8 + 1 + nameBytes + (fileType ? 1 : 0) + 2) / 8) * 8;
  }
}
