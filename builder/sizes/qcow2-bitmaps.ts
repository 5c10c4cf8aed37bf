// SPDX-License-Identifier: Apache-2.0
import type { ImageFile } from './image-file.js';
import type { BitmapExtension, Qcow2Header } from './qcow2-header.js';

/** Bytes of a directory entry before its extra data and its name. */
const entryBytes = 24;

/**
 * The clusters of one whole set of dirty bitmaps: the directory, and per bitmap a table and a cluster for every stretch
 * of the disk. QEMU writes the set anew whenever it closes the image, and frees the old one after that. It then searches
 * upwards only, so that one large request before the next closing makes it pass the freed places by.
 * @throws InputError when the directory contradicts itself
 */
export function bitmapClusters(file: ImageFile, header: Qcow2Header, extension: BitmapExtension): number {
  const directory = file.readWhole(extension.directoryOffset, extension.directoryBytes, 'bitmap directory');
  let clusters = Math.ceil(extension.directoryBytes / header.clusterBytes);
  let at = 0;
  for (let index = 0; index < extension.count; index++) {
    if (at + entryBytes > directory.length) {
      throw file.damaged(`its bitmap directory has room for ${index} of ${extension.count} bitmaps`);
    }
    const granularityBits = directory[at + 17]!;
    if (granularityBits < 9 || granularityBits > 31) {
      throw file.damaged(`bitmap ${index} has a granularity of 2^${granularityBits} bytes`);
    }
    const perCluster = header.clusterBytes * 8 * 2 ** granularityBits;
    const data = Math.ceil(header.capacityBytes / perCluster);
    clusters += data + Math.ceil((data * 8) / header.clusterBytes);
    at += Math.ceil((entryBytes + directory.readUInt16BE(at + 18) + directory.readUInt32BE(at + 20)) / 8) * 8;
  }
  return clusters;
}
