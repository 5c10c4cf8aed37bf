// SPDX-License-Identifier: Apache-2.0
import { constants, inflateRawSync, inflateSync } from 'node:zlib';
import { damaged } from '../bytes.js';

/**
 * Unpacks deflate data (`raw`) or zlib data that gives exactly `bytes` bytes; what stands behind its end is not looked at.
 * @throws InputError when it is damaged or gives more or less
 */
export function inflateExactly(packed: Buffer, bytes: number, kind: 'raw' | 'zlib'): Buffer {
  let result: Buffer;
  try {
    // An output as long as the bound is the only right one: nothing can make this larger.
    result = (kind === 'raw' ? inflateRawSync : inflateSync)(packed, { maxOutputLength: bytes });
  } catch {
    throw damaged('compressed data that cannot be unpacked');
  }
  if (result.length !== bytes) throw damaged(`compressed data gives ${result.length} bytes instead of ${bytes}`);
  return result;
}

/** Unpacks zlib data that gives at most `bytes` bytes. @throws InputError when it is damaged or gives more */
export function inflateUpTo(packed: Buffer, bytes: number): Buffer {
  try {
    return inflateSync(packed, { maxOutputLength: Math.max(1, bytes), finishFlush: constants.Z_SYNC_FLUSH });
  } catch {
    throw damaged('compressed data that cannot be unpacked');
  }
}
