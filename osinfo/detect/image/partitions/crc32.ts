// SPDX-License-Identifier: Apache-2.0

/** Table of a reflected CRC-32 with this polynomial. */
function tableOf(polynomial: number): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, index) => {
    let value = index;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ polynomial : value >>> 1;
    return value;
  });
}

const table = tableOf(0xedb88320);

/** The CRC-32 of ISO 3309, which GPT uses; LVM uses it with a start value of its own and without the last inversion. */
export function crc32(bytes: Uint8Array): number {
  return (crc32From(0xffffffff, bytes) ^ 0xffffffff) >>> 0;
}

/** The running value of the same CRC from a start value, not inverted. */
export function crc32From(start: number, bytes: Uint8Array): number {
  let value = start;
  for (const byte of bytes) value = table[(value ^ byte) & 0xff]! ^ (value >>> 8);
  return value >>> 0;
}
