// SPDX-License-Identifier: Apache-2.0
import { type Bytes, damaged } from '../bytes.js';
import { fatEntries } from './fat-names.js';
import type { FileNode, FileSystem, FolderEntry } from './types.js';

// The format: Microsoft's "FAT File System Specification" (fatgen103).
const maxFileBytes = 64 * 1024 * 1024;
const maxFolderBytes = 8 * 1024 * 1024;

interface Layout {
  readonly clusterBytes: number;
  readonly bits: 12 | 16 | 32;
  readonly clusters: number;
  readonly tableOffset: number;
  readonly rootOffset: number;
  readonly rootBytes: number;
  readonly rootCluster: number;
  readonly dataOffset: number;
}

function readLayout(sector: Buffer): Layout | undefined {
  const sectorBytes = sector.readUInt16LE(11);
  const perCluster = sector[13]!;
  const reserved = sector.readUInt16LE(14);
  const tables = sector[16]!;
  const rootEntries = sector.readUInt16LE(17);
  const powerOfTwo = (value: number): boolean => value > 0 && (value & (value - 1)) === 0;
  const jump = sector[0] === 0xeb || sector[0] === 0xe9;
  if (!jump || sector.readUInt16LE(510) !== 0xaa55 || !powerOfTwo(sectorBytes) || sectorBytes < 512) return undefined;
  if (sectorBytes > 4096 || !powerOfTwo(perCluster) || reserved === 0 || tables === 0 || tables > 4) return undefined;
  const tableSectors = sector.readUInt16LE(22) || sector.readUInt32LE(36);
  const sectors = sector.readUInt16LE(19) || sector.readUInt32LE(32);
  const rootSectors = Math.ceil((rootEntries * 32) / sectorBytes);
  const dataSector = reserved + tables * tableSectors + rootSectors;
  if (tableSectors === 0 || sectors <= dataSector) return undefined;
  const clusters = Math.floor((sectors - dataSector) / perCluster);
  const bits = sector.readUInt16LE(22) === 0 ? 32 : clusters < 4085 ? 12 : 16;
  return {
    bits,
    clusters,
    clusterBytes: perCluster * sectorBytes,
    tableOffset: reserved * sectorBytes,
    rootOffset: (dataSector - rootSectors) * sectorBytes,
    rootBytes: rootEntries * 32,
    rootCluster: bits === 32 ? sector.readUInt32LE(44) : 0,
    dataOffset: dataSector * sectorBytes,
  };
}

export function isFat(bytes: Bytes): boolean {
  return bytes.length >= 512 && readLayout(bytes.read(0, 512)) !== undefined;
}

/** FAT with 12, 16 or 32 bits and long names. @throws InputError when it is damaged */
export function openFat(bytes: Bytes): FileSystem {
  const sector = bytes.read(0, 512);
  const layout = readLayout(sector);
  if (!layout) throw damaged('the first sector of the FAT file system');

  const nextCluster = (cluster: number): number => {
    if (layout.bits === 12) {
      const pair = bytes.read(layout.tableOffset + Math.floor(cluster * 1.5), 2).readUInt16LE();
      return cluster % 2 === 0 ? pair & 0xfff : pair >> 4;
    }
    if (layout.bits === 16) return bytes.read(layout.tableOffset + cluster * 2, 2).readUInt16LE();
    return bytes.read(layout.tableOffset + cluster * 4, 4).readUInt32LE() & 0x0fff_ffff;
  };
  const inData = (cluster: number): boolean => cluster >= 2 && cluster < layout.clusters + 2;

  /** The clusters of a chain from its start, up to `most` bytes. A chain that is longer than the disk goes in a circle. */
  const chain = (first: number, most: number): Buffer => {
    const pieces: Buffer[] = [];
    let cluster = first;
    for (let done = 0; done < most && inData(cluster); done += layout.clusterBytes) {
      if (pieces.length > layout.clusters) throw damaged('a chain of the FAT file system goes in a circle');
      pieces.push(bytes.read(layout.dataOffset + (cluster - 2) * layout.clusterBytes, layout.clusterBytes));
      cluster = nextCluster(cluster);
    }
    return Buffer.concat(pieces);
  };

  const fileNode = (first: number, size: number): FileNode => ({
    kind: 'file',
    size,
    read: (offset, count) => {
      const end = Math.min(size, offset + count);
      if (end > maxFileBytes) throw damaged('a file that is needed is too large');
      return chain(first, end).subarray(offset, end);
    },
    entries: () => [],
    target: () => '',
  });

  const folderNode = (content: () => Buffer): FileNode => ({
    kind: 'folder',
    size: 0,
    read: () => Buffer.alloc(0),
    entries: () => entriesOf(content()),
    target: () => '',
  });

  function* entriesOf(data: Buffer): Generator<FolderEntry> {
    for (const entry of fatEntries(data)) {
      const open = (): FileNode =>
        entry.folder ? folderNode(() => chain(entry.cluster, maxFolderBytes)) : fileNode(entry.cluster, entry.size);
      yield { name: entry.name, open };
    }
  }

  const at = layout.bits === 32 ? 67 : 39;
  const hasLabel = sector[at - 1] === 0x29;
  const serial = sector.readUInt32LE(at).toString(16).toUpperCase().padStart(8, '0');
  const label = hasLabel ? sector.toString('latin1', at + 4, at + 15).trimEnd() : '';
  return {
    type: 'vfat',
    label: label === 'NO NAME' ? '' : label,
    uuid: hasLabel ? `${serial.slice(0, 4)}-${serial.slice(4)}` : '',
    caseless: true,
    root: () =>
      folderNode(() =>
        layout.bits === 32
          ? chain(layout.rootCluster, maxFolderBytes)
          : bytes.read(layout.rootOffset, layout.rootBytes),
      ),
    subvolumes: () => [],
  };
}
