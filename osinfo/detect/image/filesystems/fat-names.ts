// SPDX-License-Identifier: Apache-2.0

export interface FatEntry {
  readonly name: string;
  readonly folder: boolean;
  readonly cluster: number;
  readonly size: number;
}

const attribute = { volumeLabel: 0x08, folder: 0x10, longName: 0x0f } as const;
/** Where the thirteen UTF-16 letters of a long name's piece stand. */
const letters = [1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30];

/** The entries of a folder, with their long names where they have one that belongs to them. */
export function* fatEntries(data: Buffer): Generator<FatEntry> {
  let long: string[] = [];
  let longSum = -1;
  for (let at = 0; at + 32 <= data.length && data[at] !== 0; at += 32) {
    const entry = data.subarray(at, at + 32);
    if (entry[0] === 0xe5) {
      long = [];
      continue;
    }
    if ((entry[11]! & 0x3f) === attribute.longName) {
      // The pieces come last first; the last one has bit 0x40.
      if (entry[0]! & 0x40) long = [];
      longSum = entry[13]!;
      long.unshift(pieceOf(entry));
      continue;
    }
    const name = long.length > 0 && longSum === checksum(entry) ? long.join('') : shortName(entry);
    long = [];
    if (entry[11]! & attribute.volumeLabel || name === '.' || name === '..') continue;
    yield {
      name,
      folder: (entry[11]! & attribute.folder) !== 0,
      cluster: entry.readUInt16LE(20) * 65536 + entry.readUInt16LE(26),
      size: entry.readUInt32LE(28),
    };
  }
}

function pieceOf(entry: Buffer): string {
  const codes = letters.map((at) => entry.readUInt16LE(at));
  const end = codes.indexOf(0);
  return String.fromCharCode(...(end < 0 ? codes : codes.slice(0, end)).filter((code) => code !== 0xffff));
}

function shortName(entry: Buffer): string {
  const raw = Buffer.from(entry.subarray(0, 11));
  // A first letter that would mark a deleted entry is written as 5.
  if (raw[0] === 0x05) raw[0] = 0xe5;
  const base = raw.toString('latin1', 0, 8).trimEnd();
  const extension = raw.toString('latin1', 8, 11).trimEnd();
  return extension === '' ? base : `${base}.${extension}`;
}

/** Of the short name: a long name belongs to it only if it says the same. */
function checksum(entry: Buffer): number {
  let sum = 0;
  for (let at = 0; at < 11; at++) sum = (((sum & 1) << 7) + (sum >> 1) + entry[at]!) & 0xff;
  return sum;
}
