// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { WorkError } from '../../../osinfo/errors.js';

/** Tags of OpenPGP packets that are looked at (RFC 9580 §5). */
const PUBLIC_KEY = 6;

/**
 * Fingerprints, in upper-case hex, of the primary keys in a key file: armored blocks, as many as there are, or the bytes
 * themselves (RFC 9580 §4.2, §5.5.4).
 * @throws WorkError when it holds no key
 */
export function readFingerprints(file: Uint8Array): string[] {
  const found = blocksOf(file).flatMap(fingerprintsOf);
  if (found.length === 0) throw new WorkError('no-key', 'it holds no OpenPGP key');
  return found;
}

const ARMOR = /-----BEGIN PGP PUBLIC KEY BLOCK-----([^-]{0,4000000})-----END PGP PUBLIC KEY BLOCK-----/g;

function blocksOf(file: Uint8Array): Uint8Array[] {
  const text = Buffer.from(file).toString('latin1');
  if (!text.includes('-----BEGIN PGP PUBLIC KEY BLOCK-----')) return [file];
  return [...text.matchAll(ARMOR)].map(([, body]) => {
    const lines = body!.split(/\r?\n/).map((line) => line.trim());
    // Headers such as "Version:" end at the first empty line; a line that begins with = is the checksum.
    const data = lines.filter((line) => line !== '' && !line.includes(':') && !line.startsWith('='));
    return Buffer.from(data.join(''), 'base64');
  });
}

function fingerprintsOf(bytes: Uint8Array): string[] {
  const found: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const header = readHeader(bytes, at);
    if (header === undefined || header.start + header.length > bytes.length) break;
    const { tag, start, length } = header;
    if (tag === PUBLIC_KEY) found.push(fingerprintOf(bytes.subarray(start, start + length)));
    at = start + length;
  }
  return found;
}

interface Header {
  readonly tag: number;
  readonly start: number;
  readonly length: number;
}

/** Both forms of a packet's header; a key's length is never indeterminate or partial. */
function readHeader(bytes: Uint8Array, at: number): Header | undefined {
  const first = bytes[at]!;
  if ((first & 0x80) === 0) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const has = (count: number): boolean => at + 1 + count <= bytes.length;
  if ((first & 0x40) !== 0) {
    if (!has(1)) return undefined;
    const tag = first & 0x3f;
    const one = bytes[at + 1]!;
    if (one < 192) return { tag, start: at + 2, length: one };
    if (one < 224)
      return has(2) ? { tag, start: at + 3, length: ((one - 192) << 8) + bytes[at + 2]! + 192 } : undefined;
    return one === 255 && has(5) ? { tag, start: at + 6, length: view.getUint32(at + 2) } : undefined;
  }
  const tag = (first >> 2) & 0x0f;
  const size = [1, 2, 4][first & 3];
  if (size === undefined || !has(size)) return undefined;
  const length = size === 1 ? bytes[at + 1]! : size === 2 ? view.getUint16(at + 1) : view.getUint32(at + 1);
  return { tag, start: at + 1 + size, length };
}

function fingerprintOf(body: Uint8Array): string {
  const isV6 = body[0] === 6;
  const prefix = Buffer.alloc(isV6 ? 5 : 3);
  prefix[0] = isV6 ? 0x9b : 0x99;
  if (isV6) prefix.writeUInt32BE(body.length, 1);
  else prefix.writeUInt16BE(body.length, 1);
  return createHash(isV6 ? 'sha256' : 'sha1')
    .update(prefix)
    .update(body)
    .digest('hex')
    .toUpperCase();
}
