// SPDX-License-Identifier: Apache-2.0
import { type Bytes, damaged, Recent, safe, unsupported } from '../bytes.js';
import { readExtent } from './extents.js';
import { folderNames, type NtfsName } from './ntfs-folders.js';
import { attributeType, type NtfsAttribute, parseRecord, unfixed } from './ntfs-records.js';
import type { FileNode, FileSystem, FolderEntry } from './types.js';

// The format as the ntfs-3g and Linux NTFS documentation describe it. Everything is little-endian.
const rootRecord = 5;
const volumeRecord = 3;
const folderIndex = '$I30';
const maxFolderBytes = 64 * 1024 * 1024;
const maxListBytes = 256 * 1024;

export function isNtfs(bytes: Bytes): boolean {
  return bytes.length >= 512 && bytes.read(3, 8).toString('latin1') === 'NTFS    ';
}

/** A size that is written as a number of clusters or, where negative, as a power of two of bytes. */
function recordBytes(value: number, clusterBytes: number): number {
  return value > 0 ? value * clusterBytes : 2 ** -value;
}

/**
 * NTFS without its compression and encryption. The journal is not replayed.
 * @throws InputError when its first sector or the file table is damaged
 */
export function openNtfs(bytes: Bytes): FileSystem {
  const sector = bytes.read(0, 512);
  const sectorBytes = sector.readUInt16LE(11);
  const perCluster = sector[13]!;
  const clusterBytes = sectorBytes * (perCluster > 128 ? 2 ** (256 - perCluster) : perCluster);
  const powerOfTwo = (value: number): boolean => value > 0 && Number.isInteger(Math.log2(value));
  if (!powerOfTwo(sectorBytes) || sectorBytes < 256 || !powerOfTwo(clusterBytes) || clusterBytes > 2 * 1024 * 1024) {
    throw damaged('the clusters of the NTFS');
  }
  const tableBytes = recordBytes(sector.readInt8(64), clusterBytes);
  const tableStart = safe(sector.readBigUInt64LE(48)) * clusterBytes;
  if (!powerOfTwo(tableBytes) || tableBytes < 512 || tableBytes > 65536) throw damaged('the file table of the NTFS');

  const read = (attribute: NtfsAttribute, offset: number, count: number): Buffer => {
    if (attribute.packed) throw unsupported('a file that is needed is compressed by NTFS');
    if (attribute.encrypted) throw unsupported('a file that is needed is encrypted by NTFS');
    const wanted = Math.max(0, Math.min(count, attribute.size - offset));
    if (attribute.value) return attribute.value.subarray(offset, offset + wanted);
    const { runs } = attribute;
    const map = (block: number) => runs.find((run) => block >= run.block && block < run.block + run.count);
    return readExtent(bytes, map, clusterBytes, offset, wanted);
  };

  // The table is a file of itself: its first record says where it lies, and the rest is found with what that says.
  const first = parseRecord(unfixed(bytes.read(tableStart, tableBytes), 'FILE'));
  let table = first.attributes.find((one) => one.type === attributeType.data && one.name === '');
  if (!table) throw damaged('the file table of the NTFS');
  const records = new Recent<number, ReturnType<typeof parseRecord>>(256);
  const record = (number: number): ReturnType<typeof parseRecord> =>
    records.get(number, () => {
      const raw = read(table!, number * tableBytes, tableBytes);
      if (raw.length !== tableBytes) throw damaged(`record ${number} of the NTFS`);
      return parseRecord(unfixed(raw, 'FILE'));
    });

  /** The attribute of a file, put together where it is spread over several records. */
  const find = (number: number, own: ReturnType<typeof parseRecord>, type: number, name: string) => {
    const fits = (one: NtfsAttribute): boolean => one.type === type && one.name === name;
    const parts = own.attributes.filter(fits);
    const list = own.attributes.find((one) => one.type === attributeType.list);
    if (list) {
      const others = new Set<number>();
      const data = read(list, 0, Math.min(list.size, maxListBytes));
      for (let at = 0; at + 24 <= data.length; ) {
        const length = data.readUInt16LE(at + 4);
        if (length < 24) throw damaged('the list of attributes of a file of the NTFS');
        const where = data.readUIntLE(at + 16, 6);
        if (data.readUInt32LE(at) === type && where !== number) others.add(where);
        at += length;
      }
      for (const other of others) parts.push(...record(other).attributes.filter(fits));
    }
    const [head, ...rest] = parts.toSorted((a, b) => a.firstBlock - b.firstBlock);
    return head && { ...head, runs: [...head.runs, ...rest.flatMap((part) => part.runs)] };
  };
  table = find(0, first, attributeType.data, '') ?? table;

  const nodeOf = (number: number): FileNode => {
    const own = record(number);
    if (!own.inUse) throw damaged(`record ${number} of the NTFS`);
    const data = own.isFolder ? undefined : find(number, own, attributeType.data, '');
    return {
      kind: own.isReparse ? 'other' : own.isFolder ? 'folder' : 'file',
      size: data?.size ?? 0,
      read: (offset, count) => (data ? read(data, offset, count) : Buffer.alloc(0)),
      target: () => '',
      entries: () => entriesOf(number, own),
    };
  };

  function* entriesOf(number: number, own: ReturnType<typeof parseRecord>): Generator<FolderEntry> {
    const root = find(number, own, attributeType.indexRoot, folderIndex);
    const blocks = find(number, own, attributeType.indexBlocks, folderIndex);
    const used = find(number, own, attributeType.bitmap, folderIndex);
    if (!root) throw damaged('a folder of the NTFS');
    if (blocks && blocks.size > maxFolderBytes) throw damaged('a folder of the NTFS is too large');
    const names = folderNames(
      read(root, 0, root.size),
      blocks && ((offset, count) => read(blocks, offset, count)),
      blocks?.size ?? 0,
      used ? read(used, 0, Math.min(used.size, 64 * 1024)) : Buffer.alloc(0),
    );
    for (const entry of names) yield toEntry(entry);
  }

  const toEntry = ({ name, record: number }: NtfsName): FolderEntry => ({ name, open: () => nodeOf(number) });
  const volumeName = record(volumeRecord).attributes.find((one) => one.type === attributeType.volumeName);
  return {
    type: 'ntfs',
    label: volumeName?.value?.toString('utf16le') ?? '',
    uuid: sector.readBigUInt64LE(72).toString(16).toUpperCase().padStart(16, '0'),
    caseless: true,
    root: () => nodeOf(rootRecord),
    subvolumes: () => [],
  };
}
