// SPDX-License-Identifier: Apache-2.0
import type { ImageFile } from './image-file.js';
import { bitmapClusters } from './qcow2-bitmaps.js';
import { furthestEnd } from './qcow2-growth.js';
import { type Qcow2Header, readQcow2Header } from './qcow2-header.js';
import { guestClusters, readDemand, readUsage } from './qcow2-tables.js';
import type { FormatSizes } from './types.js';

/**
 * The sizes of a qcow2 image (version 2 or 3) from its own header and tables. Its backing file and its external data
 * file are never opened.
 */
export function readQcow2Sizes(file: ImageFile): FormatSizes {
  const header = readQcow2Header(file);
  const sizes = { capacityBytes: header.capacityBytes, clusterBytes: header.clusterBytes };
  if (header.snapshots > 0) {
    const count = header.snapshots === 1 ? 'an internal snapshot' : `${header.snapshots} internal snapshots`;
    return {
      ...sizes,
      commitmentBytes: null,
      commitmentNote: `unbounded: it has ${count}, and each keeps what is written over`,
    };
  }
  const demand = readDemand(file, header);
  if (!demand) {
    return { ...sizes, commitmentBytes: null, commitmentNote: 'not computed: its tables are larger than 1 GiB' };
  }
  const usage = readUsage(file, header);
  const bitmaps = header.bitmaps ? bitmapClusters(file, header, header.bitmaps) : 0;
  // In an external data file lies all that is data. A set of bitmaps is written before the one before it is freed.
  const added = (header.externalData ? 0 : demand.data) + demand.l2Tables + 2 * bitmaps;
  const end = furthestEnd(usage.end, added, {
    clusterBytes: header.clusterBytes,
    refcountBits: header.refcountBits,
    longestRun: Math.min(header.clusterBytes / header.l2EntryBytes, guestClusters(header)),
    blocks: usage.blocks,
  });
  const commitment = Math.max(end * header.clusterBytes, file.length);
  if (!Number.isSafeInteger(commitment)) throw file.damaged(`its refcounts speak of cluster ${usage.end}`);
  const free = usage.used === undefined ? 0 : (usage.end - usage.used) * header.clusterBytes;
  const note = noteOf(header, {
    compressed: demand.compressed,
    freeBytes: free > commitment / 100 ? free : 0,
    bitmapBytes: bitmaps * header.clusterBytes,
  });
  return { ...sizes, commitmentBytes: commitment, ...(note === '' ? {} : { commitmentNote: note }) };
}

interface Noted {
  readonly compressed: number;
  readonly freeBytes: number;
  readonly bitmapBytes: number;
}

/** What a person has to know to read the figure. */
function noteOf(header: Qcow2Header, { compressed, freeBytes, bitmapBytes }: Noted): string {
  const notes: string[] = [];
  if (header.externalData) notes.push('metadata only: the data lies in an external data file, which was not looked at');
  if (header.corrupt) notes.push('the image is marked as corrupt and can only be read until it is repaired');
  else if (header.dirty) notes.push('the image was not closed cleanly');
  if (compressed > 0) {
    notes.push(`counts the compressed clusters and the ${compressed} whole ones that replace them when written`);
  }
  if (freeBytes > 0) {
    notes.push(`counts ${freeBytes} bytes that are free inside the file, which writing may fill or pass by`);
  }
  if (bitmapBytes > 0) {
    notes.push(
      `counts its dirty bitmaps for two starts of the machine; until the disk is full each further start can add ${bitmapBytes} bytes`,
    );
  }
  return notes.join('; ');
}
