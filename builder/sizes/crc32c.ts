// SPDX-License-Identifier: Apache-2.0

const table = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
  return value;
});

/**
 * CRC-32C without the inversions at its begin and end, to be continued from what the bytes before gave: the checksums of
 * ext4 and btrfs are made of it.
 */
export function rawCrc32c(before: number, bytes: Uint8Array): number {
  let value = before;
  for (let index = 0; index < bytes.length; index++) value = table[(value ^ bytes[index]!) & 0xff]! ^ (value >>> 8);
  return value >>> 0;
}

/** The CRC-32C (Castagnoli, RFC 3720) of some bytes, as VHDX guards its headers with. */
export function crc32c(bytes: Uint8Array): number {
  return (rawCrc32c(0xffffffff, bytes) ^ 0xffffffff) >>> 0;
}
