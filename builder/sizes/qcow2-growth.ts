// SPDX-License-Identifier: Apache-2.0

/** What decides where the next clusters of a qcow2 file go. Everything is counted in clusters. */
export interface Allocator {
  readonly clusterBytes: number;
  readonly refcountBits: number;
  /** The longest run of clusters that one request asks for: no run crosses an L2 table. */
  readonly longestRun: number;
  /** For every entry of the refcount table, whether there is a refcount block. */
  readonly blocks: Uint8Array;
}

/**
 * The end that a qcow2 file can reach at most, in clusters, when `demand` clusters of data and L2 tables are added to a
 * file that ends at `end`, whatever the order and the size of the requests.
 *
 * QEMU takes the first free run that is long enough, so the file grows by what is asked for, plus what cannot be used:
 * - every `cluster size * 8 / refcount bits` clusters need a refcount block of one cluster;
 * - when the refcount table is full, a new one is put behind the next refcount block's whole range, and the old one is
 *   freed. The gap in front of it is filled by later requests, except for a rest that is shorter than the request; in
 *   the worst order that rest is one cluster less than the longest request. The old table's place, and free clusters
 *   that the file has now, need never be used again: a request which continues the one before is put behind it.
 */
export function furthestEnd(end: number, demand: number, allocator: Allocator): number {
  const { clusterBytes, longestRun } = allocator;
  const perBlock = (clusterBytes * 8) / allocator.refcountBits;
  let tableEntries = allocator.blocks.length;
  // With counts as wide as L2 entries, one request can reach over a block's whole range. The block for it then lies in
  // the range behind, the new table comes one range later, and it can be larger for that.
  const wide = longestRun >= perBlock;
  // Blocks that the file has now, then those that a grown table brings ready-made (they are consecutive).
  let made = { from: 0, to: 0 };
  const isMade = (block: number) => allocator.blocks[block] === 1 || (block >= made.from && block < made.to);
  let area: { from: number; to: number } | undefined;
  let position = end;
  let left = demand;
  let entered = -1;
  while (left > 0) {
    if (area && position === area.from) {
      position = area.to;
      area = undefined;
      continue;
    }
    const block = Math.floor(position / perBlock);
    if (block !== entered && !isMade(block)) {
      left++;
      if (block >= tableEntries) {
        const start = (block + 1) * perBlock;
        const grown = grownTable(start, clusterBytes, perBlock);
        area = { from: start, to: start + grown.blocks + grown.tableClusters };
        made = { from: block + 1, to: block + 1 + grown.blocks };
        tableEntries = grown.tableEntries;
        left += Math.min(start - position, longestRun - 1);
        if (wide) left += Math.ceil(grown.tableClusters / 2) + 1;
      }
    }
    entered = block;
    const taken = Math.min(
      left,
      (block + 1) * perBlock - position,
      (area?.from ?? Number.POSITIVE_INFINITY) - position,
    );
    position += taken;
    left -= taken;
  }
  return area ? area.to + (wide ? perBlock : 0) : position;
}

/**
 * The refcount structures that QEMU writes at cluster `start` when the table is full: blocks that count themselves, and
 * a table with room for half as many entries again (`qcow2_refcount_area` with `exact_size` false).
 */
function grownTable(
  start: number,
  clusterBytes: number,
  perBlock: number,
): { blocks: number; tableClusters: number; tableEntries: number } {
  const perTableCluster = clusterBytes / 8;
  let clusters = start;
  let generous = true;
  let blocks = 0;
  let table = 0;
  let total = 0;
  for (;;) {
    const last = total;
    blocks = Math.ceil((clusters + table + blocks) / perBlock);
    table = Math.ceil(blocks / perTableCluster);
    total = clusters + blocks + table;
    if (total !== last) continue;
    if (!generous) break;
    clusters += Math.ceil(table / 2);
    total = 0;
    generous = false;
  }
  const tableClusters = Math.ceil((blocks + Math.ceil(blocks / 2)) / perTableCluster);
  return {
    blocks: blocks - Math.floor(start / perBlock),
    tableClusters,
    tableEntries: tableClusters * perTableCluster,
  };
}
