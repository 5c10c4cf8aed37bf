// SPDX-License-Identifier: Apache-2.0

/** 16 bytes as `f81d4fae-7dec-11d0-a765-00a0c91e6bf6`. */
export function uuidText(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
