// SPDX-License-Identifier: Apache-2.0
import { type Bytes, checkRange, damaged, Recent, safe, unsupported } from '../bytes.js';
import { inflateExactly } from '../compression/inflate.js';
import { zstdExactly } from '../compression/zstd.js';
import type { Disk } from './types.js';

// The format: QEMU's docs/interop/qcow2.txt.
const incompatible = { dataFile: 2, compression: 3, extendedL2: 4 } as const;
const offsetMask = 0x00ff_ffff_ffff_fe00n;
const compressedFlag = 1n << 62n;

interface Header {
  readonly capacity: number;
  readonly clusterBits: number;
  readonly l1Entries: number;
  readonly l1Offset: number;
  readonly backing: boolean;
  readonly zstd: boolean;
  readonly extendedL2: boolean;
}

function readHeader(file: Bytes): Header {
  const head = file.read(0, Math.min(file.length, 112));
  if (head.length < 72) throw damaged('the qcow2 header is incomplete');
  const version = head.readUInt32BE(4);
  if (version !== 2 && version !== 3) throw unsupported(`qcow2 version ${version} is not known here`);
  if (version === 3 && head.length < 104) throw damaged('the qcow2 header is incomplete');
  const clusterBits = head.readUInt32BE(20);
  if (clusterBits < 9 || clusterBits > 21) throw damaged(`qcow2 clusters of 2^${clusterBits} bytes`);
  if (head.readUInt32BE(32) !== 0) {
    throw unsupported('the image is encrypted (qcow2); what is in it cannot be told without its key');
  }
  const features = version === 3 ? head.readBigUInt64BE(72) : 0n;
  const has = (bit: number): boolean => ((features >> BigInt(bit)) & 1n) === 1n;
  if (features >> 5n !== 0n) throw unsupported('the qcow2 image uses features that are not known here');
  if (has(incompatible.dataFile)) {
    throw unsupported(
      'the qcow2 image keeps its data in another file, which is never opened; convert it into one file',
    );
  }
  const zstd = has(incompatible.compression) && head.length > 104 && head[104] === 1;
  if (has(incompatible.compression) && !zstd) throw unsupported('the qcow2 image is compressed in an unknown way');
  return {
    capacity: safe(head.readBigUInt64BE(24)),
    clusterBits,
    l1Entries: head.readUInt32BE(36),
    l1Offset: safe(head.readBigUInt64BE(40)),
    backing: head.readBigUInt64BE(8) !== 0n,
    zstd,
    extendedL2: has(incompatible.extendedL2),
  };
}

/**
 * The disk in a qcow2 file, versions 2 and 3, with compressed clusters and subclusters. A backing file is never opened:
 * clusters that it would have to give are an error when they are read.
 * @throws InputError for a damaged, encrypted or unknown image, or one with an external data file
 */
export function openQcow2(file: Bytes): Disk {
  const header = readHeader(file);
  const clusterBytes = 2 ** header.clusterBits;
  const entryBytes = header.extendedL2 ? 16 : 8;
  const l2Entries = clusterBytes / entryBytes;
  const needed = Math.ceil(header.capacity / (clusterBytes * l2Entries));
  // QEMU's own bound of an L1 table is 32 MiB.
  if (needed > header.l1Entries || needed * 8 > 32 * 1024 * 1024) throw damaged('the L1 table of the qcow2 image');
  const l1 = file.read(header.l1Offset, needed * 8);
  const tables = new Recent<number, Buffer>(64);
  const inflated = new Recent<number, Buffer>(Math.max(4, 2 ** 24 / clusterBytes));

  const missing = (bytes: number): Buffer => {
    if (!header.backing) return Buffer.alloc(bytes);
    throw unsupported('a part that is needed lies in the backing file, which is never opened');
  };

  const plain = (offset: number, bytes: number): Buffer => {
    // The last cluster of a file may be cut short by those who do not write zeros.
    const there = Math.max(0, Math.min(bytes, file.length - offset));
    if (there === 0) throw damaged(`a qcow2 cluster at byte ${offset} lies beyond the end of the file`);
    const data = file.read(offset, there);
    return there === bytes ? data : Buffer.concat([data, Buffer.alloc(bytes - there)]);
  };

  const compressed = (entry: bigint): Buffer => {
    const bits = BigInt(62 - (header.clusterBits - 8));
    const offset = safe(entry & ((1n << bits) - 1n));
    const sectors = Number((entry & (compressedFlag - 1n)) >> bits) + 1;
    return inflated.get(offset, () => {
      const bytes = Math.min(sectors * 512 - (offset % 512), file.length - offset);
      if (bytes <= 0) throw damaged(`a compressed qcow2 cluster at byte ${offset}`);
      const packed = file.read(offset, bytes);
      return header.zstd ? zstdExactly(packed, clusterBytes) : inflateExactly(packed, clusterBytes, 'raw');
    });
  };

  /** What one cluster (or the part of it that lies in one subcluster) holds; never more than `bytes`. */
  const readPart = (offset: number, bytes: number): Buffer => {
    const cluster = Math.floor(offset / clusterBytes);
    const within = offset % clusterBytes;
    const l1Entry = l1.readBigUInt64BE(Math.floor(cluster / l2Entries) * 8) & offsetMask;
    if (l1Entry === 0n) return missing(Math.min(bytes, clusterBytes - within));
    const table = tables.get(safe(l1Entry), () => file.read(safe(l1Entry), clusterBytes));
    const at = (cluster % l2Entries) * entryBytes;
    const entry = table.readBigUInt64BE(at);
    if (entry & compressedFlag) {
      return compressed(entry).subarray(within, Math.min(clusterBytes, within + bytes));
    }
    const start = safe(entry & offsetMask);
    if (!header.extendedL2) {
      const here = Math.min(bytes, clusterBytes - within);
      if (entry & 1n) return Buffer.alloc(here);
      return start === 0 ? missing(here) : plain(start + within, here);
    }
    const bitmap = table.readBigUInt64BE(at + 8);
    const subBytes = clusterBytes / 32;
    const sub = BigInt(Math.floor(within / subBytes));
    const here = Math.min(bytes, subBytes - (within % subBytes));
    if ((bitmap >> (32n + sub)) & 1n) return Buffer.alloc(here);
    return (bitmap >> sub) & 1n ? plain(start + within, here) : missing(here);
  };

  return {
    format: 'qcow2',
    notes: header.backing
      ? ['the image is an overlay: its backing file is never opened, only what the overlay itself holds is read']
      : [],
    bytes: {
      length: header.capacity,
      read(offset, bytes) {
        checkRange(header.capacity, offset, bytes);
        const parts: Buffer[] = [];
        let done = 0;
        while (done < bytes) {
          const got = readPart(offset + done, bytes - done);
          parts.push(got);
          done += got.length;
        }
        return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
      },
    },
  };
}
