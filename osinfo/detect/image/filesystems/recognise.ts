// SPDX-License-Identifier: Apache-2.0
import type { Bytes } from '../bytes.js';
import { isBtrfs, openBtrfs } from './btrfs.js';
import { isExt, openExt } from './ext.js';
import { isFat, openFat } from './fat.js';
import { isNtfs, openNtfs } from './ntfs.js';
import type { FileSystem } from './types.js';
import { isXfs, openXfs } from './xfs.js';

interface Reader {
  readonly type: string;
  readonly is: (bytes: Bytes) => boolean;
  readonly open: (bytes: Bytes) => FileSystem;
}

/** What can be looked into. Ext is asked behind those whose magic numbers stand first and are longer. */
const readers: readonly Reader[] = [
  { type: 'xfs', is: isXfs, open: openXfs },
  { type: 'btrfs', is: isBtrfs, open: openBtrfs },
  { type: 'ntfs', is: isNtfs, open: openNtfs },
  { type: 'ext', is: isExt, open: openExt },
  { type: 'vfat', is: isFat, open: openFat },
];

interface Signature {
  readonly content: string;
  /** From the start, or from the end where negative. */
  readonly offset: number;
  readonly bytes: Buffer;
  /** Why it is not looked into; absent for what holds no files. */
  readonly skipped?: string;
}

const encrypted = 'encrypted; what is in it cannot be told without its key';
const notRead = 'files of this file system are not read here';
const hex = (text: string): Buffer => Buffer.from(text, 'hex');

/** What is known by name. Those that wrap a file system come first: the inner one may show through. */
const signatures: readonly Signature[] = [
  { content: 'LUKS', offset: 0, bytes: Buffer.from('LUKS\xba\xbe', 'latin1'), skipped: encrypted },
  { content: 'BitLocker', offset: 3, bytes: Buffer.from('-FVE-FS-'), skipped: encrypted },
  { content: 'bcache', offset: 4096 + 24, bytes: hex('c68573f64e1a45ca8265f57f48ba6d81'), skipped: 'a bcache device' },
  { content: 'swap', offset: 4086, bytes: Buffer.from('SWAPSPACE2') },
  { content: 'swap', offset: 65526, bytes: Buffer.from('SWAPSPACE2') },
  { content: 'squashfs', offset: 0, bytes: Buffer.from('hsqs'), skipped: notRead },
  { content: 'erofs', offset: 1024, bytes: hex('e2e1f5e0'), skipped: notRead },
  { content: 'f2fs', offset: 1024, bytes: hex('1020f5f2'), skipped: notRead },
  { content: 'exfat', offset: 3, bytes: Buffer.from('EXFAT   '), skipped: notRead },
  { content: 'refs', offset: 3, bytes: Buffer.from('ReFS\0\0\0\0'), skipped: notRead },
  { content: 'jfs', offset: 32768, bytes: Buffer.from('JFS1'), skipped: notRead },
  { content: 'reiserfs', offset: 65536 + 52, bytes: Buffer.from('ReIsEr'), skipped: notRead },
  { content: 'apfs', offset: 32, bytes: Buffer.from('NXSB'), skipped: notRead },
  { content: 'hfsplus', offset: 1024, bytes: Buffer.from('H+\0\x04', 'latin1'), skipped: notRead },
  { content: 'ufs', offset: 65536 + 1372, bytes: hex('19015419'), skipped: notRead },
  { content: 'ufs', offset: 8192 + 1372, bytes: hex('54190100'), skipped: notRead },
  { content: 'zfs', offset: 128 * 1024, bytes: hex('0cb1ba0000000000'), skipped: notRead },
  { content: 'bcachefs', offset: 4096 + 24, bytes: hex('c68573f666ce90a9d96a60cf803df7ef'), skipped: notRead },
  { content: 'iso9660', offset: 32769, bytes: Buffer.from('CD001'), skipped: 'this is a CD; osinfo-detect tells it' },
  // Versions 1.0 and 0.90 of md stand at the end.
  { content: 'mdraid', offset: 4096, bytes: hex('fc4e2ba9'), skipped: 'a member of a RAID, which is not put together' },
  { content: 'mdraid', offset: 0, bytes: hex('fc4e2ba9'), skipped: 'a member of a RAID, which is not put together' },
];

export type Recognised =
  | { readonly kind: 'readable'; readonly type: string; readonly open: () => FileSystem }
  | { readonly kind: 'named'; readonly content: string; readonly skipped?: string }
  | { readonly kind: 'unknown' };

/** What lives in a volume, by its magic numbers. */
export function recognise(bytes: Bytes): Recognised {
  const found = signatures.find((one) => {
    const end = one.offset + one.bytes.length;
    return end <= bytes.length && bytes.read(one.offset, one.bytes.length).equals(one.bytes);
  });
  if (found) {
    return {
      kind: 'named',
      content: found.content,
      ...(found.skipped === undefined ? {} : { skipped: found.skipped }),
    };
  }
  const reader = readers.find((one) => one.is(bytes));
  if (reader) return { kind: 'readable', type: reader.type, open: () => reader.open(bytes) };
  return { kind: 'unknown' };
}
