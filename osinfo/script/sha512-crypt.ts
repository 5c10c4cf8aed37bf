// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';

const ALPHABET = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const ROUNDS = 5000;
const LENGTH = 64;

/**
 * Hashes a password as crypt(3) does for `$6$`: every system of the last fifteen years reads it, and it needs no
 * program of the tree. The scheme is Ulrich Drepper's "Unix crypt using SHA-256 and SHA-512".
 * @param salt up to 16 characters of `./0-9A-Za-z`
 */
export function sha512Crypt(password: string, salt: string): string {
  const key = new TextEncoder().encode(password);
  const saltBytes = new TextEncoder().encode(salt.slice(0, 16));
  const alternate = digest([key, saltBytes, key]);
  const first: Uint8Array[] = [key, saltBytes, repeated(alternate, key.length)];
  for (let bits = key.length; bits > 0; bits >>>= 1) first.push(bits & 1 ? alternate : key);
  let result = digest(first);
  const p = repeated(digest(Array.from({ length: key.length }, () => key)), key.length);
  const s = repeated(digest(Array.from({ length: 16 + result[0]! }, () => saltBytes)), saltBytes.length);
  for (let round = 0; round < ROUNDS; round++) {
    const parts: Uint8Array[] = [round & 1 ? p : result];
    if (round % 3 !== 0) parts.push(s);
    if (round % 7 !== 0) parts.push(p);
    parts.push(round & 1 ? result : p);
    result = digest(parts);
  }
  return `$6$${salt.slice(0, 16)}$${encode(result)}`;
}

function digest(parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash('sha512');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

/** The bytes over and over again, `length` of them. */
function repeated(bytes: Uint8Array, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => bytes[index % bytes.length]!);
}

/** The scheme's own order of bytes: three at a time from the thirds of the digest, the thirds turning; the last alone. */
function encode(bytes: Uint8Array): string {
  let text = '';
  const put = (value: number, count: number): void => {
    for (let left = value, index = 0; index < count; index++, left >>>= 6) text += ALPHABET[left & 63];
  };
  for (let index = 0; index < 21; index++) {
    const three = [index, index + 21, index + 42];
    const turn = index % 3;
    const [a, b, c] = [three[turn]!, three[(turn + 1) % 3]!, three[(turn + 2) % 3]!];
    put((bytes[a]! << 16) | (bytes[b]! << 8) | bytes[c]!, 4);
  }
  put(bytes[LENGTH - 1]!, 2);
  return text;
}
