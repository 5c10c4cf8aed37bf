// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';

/** The name space of our name-based UUIDs (RFC 9562 §5.5 asks for one). */
const NAMESPACE = Buffer.from('6f0b6d1c2c5a4f0f9a7f3f1d5e8c7b42', 'hex');

/**
 * A UUID that follows from its name: the same plan gives the same disks, so that a changed `%post` does not change what
 * comes before it, and two builds can be compared. Version 5 of RFC 9562.
 */
export function uuidFor(...name: readonly string[]): string {
  const hash = createHash('sha1').update(NAMESPACE).update(name.join('\0')).digest().subarray(0, 16);
  hash[6] = (hash[6]! & 0x0f) | 0x50;
  hash[8] = (hash[8]! & 0x3f) | 0x80;
  const hex = hash.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** A FAT serial number in the form that blkid and fstab use, `ABCD-1234`, that follows from its name. */
export function fatSerialFor(...name: readonly string[]): string {
  const hex = createHash('sha1').update(NAMESPACE).update('fat\0').update(name.join('\0')).digest('hex').slice(0, 8);
  return `${hex.slice(0, 4)}-${hex.slice(4)}`.toUpperCase();
}

const LVM_DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** An id in LVM's own form, 32 digits and letters, that follows from its name. */
export function lvmIdFor(...name: readonly string[]): string {
  const hash = createHash('sha256').update(NAMESPACE).update('lvm\0').update(name.join('\0')).digest();
  return [...hash].map((byte) => LVM_DIGITS[byte % LVM_DIGITS.length]).join('');
}
