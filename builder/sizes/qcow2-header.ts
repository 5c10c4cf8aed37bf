// SPDX-License-Identifier: Apache-2.0
import type { ImageFile } from './image-file.js';

/** What the first cluster of a qcow2 file says, checked. Source of the format: QEMU's docs/interop/qcow2.txt. */
export interface Qcow2Header {
  readonly version: 2 | 3;
  readonly clusterBytes: number;
  readonly capacityBytes: number;
  readonly l1Offset: number;
  readonly l1Entries: number;
  readonly refcountTableOffset: number;
  readonly refcountTableClusters: number;
  readonly refcountBits: number;
  readonly snapshots: number;
  /** Bytes of an L2 entry: 16 with subclusters (extended L2), else 8. */
  readonly l2EntryBytes: 8 | 16;
  readonly dirty: boolean;
  readonly corrupt: boolean;
  readonly externalData: boolean;
  readonly bitmaps?: BitmapExtension;
}

export interface BitmapExtension {
  readonly count: number;
  readonly directoryBytes: number;
  readonly directoryOffset: number;
}

/** QEMU refuses tables beyond these; so do we, before memory is taken for them. */
const maxL1Bytes = 32 * 1024 * 1024;
const maxRefcountTableBytes = 8 * 1024 * 1024;
const maxBitmapDirectoryBytes = 64 * 1024 * 1024;
const maxBitmaps = 65_535;

const incompatible = { dirty: 1n, corrupt: 2n, externalData: 4n, compressionType: 8n, extendedL2: 16n } as const;
const autoclearBitmaps = 1n;
const bitmapsExtension = 0x23852875;

/** @throws InputError when the header is damaged, or needs a feature that is not known here */
export function readQcow2Header(file: ImageFile): Qcow2Header {
  const head = file.read(0, 112, 'header');
  file.expectMagic(head.subarray(0, 4), 'QFI\xfb', 'qcow2');
  const version = head.readUInt32BE(4);
  if (version !== 2 && version !== 3) {
    throw file.unsupported(`qcow version ${version} is not supported; convert it with qemu-img convert -O qcow2`);
  }
  const clusterBits = head.readUInt32BE(20);
  if (clusterBits < 9 || clusterBits > 21)
    throw file.damaged(`its cluster size is 2^${clusterBits} bytes (512 to 2 MiB are allowed)`);
  const clusterBytes = 2 ** clusterBits;
  const flags = version === 3 ? head.readBigUInt64BE(72) : 0n;
  const unknown = flags & ~Object.values(incompatible).reduce((all, bit) => all | bit, 0n);
  if (unknown !== 0n)
    throw file.unsupported(`it needs features of qcow2 that are not known here (bits 0x${unknown.toString(16)})`);
  const refcountOrder = version === 3 ? head.readUInt32BE(96) : 4;
  if (refcountOrder > 6)
    throw file.damaged(`its reference counts are 2^${refcountOrder} bits wide (1 to 64 are allowed)`);
  const extendedL2 = (flags & incompatible.extendedL2) !== 0n;
  if (extendedL2 && clusterBits < 14) throw file.damaged('it has subclusters in clusters smaller than 16 KiB');
  const headerBytes = version === 3 ? head.readUInt32BE(100) : 72;
  if (headerBytes < (version === 3 ? 104 : 72) || headerBytes > clusterBytes) {
    throw file.damaged(`its header says it is ${headerBytes} bytes long`);
  }
  const header = {
    version,
    clusterBytes,
    // The guest sees whole sectors.
    capacityBytes: Math.floor(file.safe(head.readBigUInt64BE(24), 'capacity') / 512) * 512,
    l1Offset: file.safe(head.readBigUInt64BE(40), 'L1 table offset'),
    l1Entries: head.readUInt32BE(36),
    refcountTableOffset: file.safe(head.readBigUInt64BE(48), 'refcount table offset'),
    refcountTableClusters: head.readUInt32BE(56),
    refcountBits: 2 ** refcountOrder,
    snapshots: head.readUInt32BE(60),
    l2EntryBytes: extendedL2 ? 16 : 8,
    dirty: (flags & incompatible.dirty) !== 0n,
    corrupt: (flags & incompatible.corrupt) !== 0n,
    externalData: (flags & incompatible.externalData) !== 0n,
  } as const;
  checkTables(file, header);
  const autoclear = version === 3 ? head.readBigUInt64BE(88) : 0n;
  // Without the autoclear bit the extension is stale: a program that knows no bitmaps has written since.
  const bitmaps =
    (autoclear & autoclearBitmaps) !== 0n
      ? findBitmaps(file, headerBytes, clusterBytes, head.readBigUInt64BE(8))
      : undefined;
  return bitmaps ? { ...header, bitmaps } : header;
}

function checkTables(file: ImageFile, header: Qcow2Header): void {
  const { clusterBytes, l1Entries, refcountTableClusters } = header;
  if (l1Entries * 8 > maxL1Bytes)
    throw file.damaged(`its L1 table has ${l1Entries} entries (at most ${maxL1Bytes / 8} are allowed)`);
  if (refcountTableClusters === 0) throw file.damaged('it has no refcount table');
  if (refcountTableClusters * clusterBytes > maxRefcountTableBytes) {
    throw file.damaged(
      `its refcount table has ${refcountTableClusters} clusters (at most ${maxRefcountTableBytes / clusterBytes} are allowed)`,
    );
  }
  if (header.l1Offset % clusterBytes !== 0) throw file.damaged('its L1 table does not begin at a cluster');
  if (header.refcountTableOffset % clusterBytes !== 0)
    throw file.damaged('its refcount table does not begin at a cluster');
  const needed = Math.ceil(header.capacityBytes / (clusterBytes * (clusterBytes / header.l2EntryBytes)));
  if (l1Entries < needed) throw file.damaged(`its L1 table has ${l1Entries} entries, and the capacity needs ${needed}`);
}

/** Walks the header extensions, which lie between the header and the backing file's name, in the first cluster. */
function findBitmaps(
  file: ImageFile,
  headerBytes: number,
  clusterBytes: number,
  backingOffset: bigint,
): BitmapExtension | undefined {
  const end = backingOffset > 0n && backingOffset <= BigInt(clusterBytes) ? Number(backingOffset) : clusterBytes;
  const area = file.read(0, end, 'header extensions');
  let at = headerBytes;
  while (at + 8 <= end) {
    const type = area.readUInt32BE(at);
    const bytes = area.readUInt32BE(at + 4);
    if (type === 0) return undefined;
    if (at + 8 + bytes > end) throw file.damaged(`a header extension of ${bytes} bytes does not fit into the header`);
    if (type === bitmapsExtension && bytes >= 24) return readBitmapExtension(file, area.subarray(at + 8), clusterBytes);
    at += 8 + Math.ceil(bytes / 8) * 8;
  }
  return undefined;
}

function readBitmapExtension(file: ImageFile, data: Buffer, clusterBytes: number): BitmapExtension {
  const found = {
    count: data.readUInt32BE(0),
    directoryBytes: file.safe(data.readBigUInt64BE(8), 'bitmap directory size'),
    directoryOffset: file.safe(data.readBigUInt64BE(16), 'bitmap directory offset'),
  };
  if (found.count === 0 || found.count > maxBitmaps) throw file.damaged(`it says that it has ${found.count} bitmaps`);
  if (found.directoryBytes > maxBitmapDirectoryBytes)
    throw file.damaged(`its bitmap directory has ${found.directoryBytes} bytes`);
  if (found.directoryOffset % clusterBytes !== 0)
    throw file.damaged('its bitmap directory does not begin at a cluster');
  return found;
}
