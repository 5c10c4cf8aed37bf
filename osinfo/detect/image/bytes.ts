// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../../errors.js';

/** Random access to bytes that a stranger wrote: a file, the disk inside it, a partition, a logical volume. */
export interface Bytes {
  readonly length: number;
  /**
   * Exactly `bytes` bytes from `offset`.
   * @throws InputError when they are not all there, or when the limits of the inspection are reached
   */
  read(offset: number, bytes: number): Buffer;
}

/** Most bytes that one call may ask for: larger pieces are asked for by hostile structures only. */
const maxRead = 64 * 1024 * 1024;

/** The error for structures that contradict themselves. Its message is completed with the image's path at the edge. */
export function damaged(why: string): InputError {
  return new InputError('image-damaged', `damaged or cut short: ${why}`);
}

/** The error for structures that are well formed and beyond what is known here. */
export function unsupported(why: string): InputError {
  return new InputError('image-unsupported', why);
}

/** The error for an inspection that would take more than it is given. */
export function tooMuch(why: string): InputError {
  return new InputError('image-limit', why);
}

/** @throws InputError when the range is not inside of `length` bytes or is larger than one read may be */
export function checkRange(length: number, offset: number, bytes: number): void {
  if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(bytes) || offset < 0 || bytes < 0) {
    throw damaged(`a structure points to byte ${offset}`);
  }
  if (offset + bytes > length) throw damaged(`${bytes} bytes at byte ${offset} reach beyond the end (${length} bytes)`);
  if (bytes > maxRead) throw tooMuch(`a structure of ${bytes} bytes is larger than is read at once (${maxRead})`);
}

/** A 64-bit number as a JavaScript one. @throws InputError beyond 2^53 - 1, which no disk has */
export function safe(value: bigint): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER) || value < 0n) throw damaged(`a structure says ${value}`);
  return Number(value);
}

/** The part of `inner` from `start`, `length` bytes long, cut where `inner` ends. */
export function part(inner: Bytes, start: number, length: number): Bytes {
  const available = Math.max(0, Math.min(length, inner.length - start));
  return {
    length: available,
    read(offset, bytes) {
      checkRange(available, offset, bytes);
      return inner.read(start + offset, bytes);
    },
  };
}

/** A piece of a `pieced` disk: where it begins in the whole, how long it is, and its bytes (undefined reads as zeros). */
export interface Piece {
  readonly start: number;
  readonly length: number;
  readonly bytes: Bytes | undefined;
  /** Where the piece begins in `bytes`. */
  readonly offset: number;
}

/** One run of bytes from pieces in ascending order; what no piece covers reads as zeros. */
export function pieced(pieces: readonly Piece[], length: number): Bytes {
  return {
    length,
    read(offset, bytes) {
      checkRange(length, offset, bytes);
      const result = Buffer.alloc(bytes);
      for (let index = firstEndingAfter(pieces, offset); index < pieces.length; index++) {
        const piece = pieces[index]!;
        if (piece.start >= offset + bytes) break;
        const from = Math.max(offset, piece.start);
        const to = Math.min(offset + bytes, piece.start + piece.length);
        if (to > from && piece.bytes) {
          piece.bytes.read(piece.offset + (from - piece.start), to - from).copy(result, from - offset);
        }
      }
      return result;
    },
  };
}

function firstEndingAfter(pieces: readonly Piece[], offset: number): number {
  let low = 0;
  let high = pieces.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (pieces[middle]!.start + pieces[middle]!.length > offset) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** A map that forgets what was used longest ago, by count. */
export class Recent<Key, Value> {
  readonly #most: number;
  readonly #map = new Map<Key, Value>();

  constructor(most: number) {
    this.#most = most;
  }

  get(key: Key, make: () => Value): Value {
    const found = this.#map.get(key);
    const value = found ?? make();
    this.#map.delete(key);
    this.#map.set(key, value);
    if (this.#map.size > this.#most) this.#map.delete(this.#map.keys().next().value as Key);
    return value;
  }
}
