// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, writeSync } from 'node:fs';
import { blockBytes, paddingAfter, parseHeader, parsePax } from '../../osinfo/archive/tar-header.js';
import { InputError } from '../../osinfo/errors.js';
import { fillFrom } from '../run/file-part.js';
import { quoted } from './said.js';

/** A file in an OVA: where its bytes lie in the archive. */
export interface OvaMember {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
}

const MOST_MEMBERS = 1000;
const MOST_PAX = 64 * 1024;
const PIECE = 1024 * 1024;

/**
 * The files of an OVA, found by going from header to header: nothing is unpacked, and no size is believed that goes
 * beyond the archive's end. A package has plain files without folders; anything else is refused.
 * @throws InputError for what is no tar, is cut short, or has a member that a package cannot have
 */
export function listOva(path: string): readonly OvaMember[] {
  const fail = (message: string): InputError => new InputError('convert-ova', message, { file: path });
  const file = openSync(path, 'r');
  try {
    const { size: whole } = fstatSync(file);
    const members: OvaMember[] = [];
    let longName: string | undefined;
    for (let at = 0; at + blockBytes <= whole; ) {
      const block = readAt(file, at, blockBytes);
      if (block.every((byte) => byte === 0)) break;
      const header = parseHeader(block);
      if (header === undefined) throw fail(`the archive is damaged at byte ${at}`);
      const offset = at + blockBytes;
      if (header.size > whole - offset) throw fail(`the archive is cut short in ${quoted(header.name)}`);
      at = offset + header.size + paddingAfter(header.size);
      if (header.type === 'x' || header.type === 'g' || header.type === 'L') {
        if (header.size > MOST_PAX) throw fail('an extended header of this size is refused');
        const bytes = readAt(file, offset, header.size);
        if (header.type === 'L') longName = bytes.toString('utf8').replace(/\0.*$/s, '');
        const records = header.type === 'x' ? parsePax(bytes) : undefined;
        if (header.type === 'x' && (records === undefined || records.has('size')))
          throw fail('an extended header is refused that is malformed, or says another size');
        longName = records?.get('path') ?? longName;
        continue;
      }
      const name = longName ?? header.name;
      longName = undefined;
      // VirtualBox has written such a folder of its own at the beginning.
      if (header.type === '5' && /^[^/]{1,100}\/$/.test(name)) continue;
      if (header.type !== '0') throw fail(`${quoted(name)} is a link or a device, which a package does not have`);
      if (!/^[^/\\\p{Cc}]{1,255}$/u.test(name) || name === '.' || name === '..')
        throw fail(`${quoted(name)} is refused: files of a package have plain names, without folders`);
      if (members.some((one) => one.name === name)) throw fail(`${quoted(name)} is in the archive twice`);
      if (members.length >= MOST_MEMBERS) throw fail(`there are more than ${MOST_MEMBERS} files in the archive`);
      members.push({ name, offset, size: header.size });
    }
    return members;
  } finally {
    closeSync(file);
  }
}

/** A small member, whole. @throws InputError for one that is larger than `most` bytes */
export function readOvaMember(path: string, member: OvaMember, most: number): Uint8Array {
  if (member.size > most)
    throw new InputError('convert-ova', `${quoted(member.name)} has ${member.size} bytes; at most ${most} are read`, {
      file: path,
    });
  const file = openSync(path, 'r');
  try {
    return readAt(file, member.offset, member.size);
  } finally {
    closeSync(file);
  }
}

/**
 * Writes a member to a new file, and computes the digests that were asked for on the way.
 * @returns lower-case hex digits by type
 */
export async function unpackOvaMember(
  path: string,
  member: OvaMember,
  target: string,
  types: readonly string[],
  signal?: AbortSignal,
): Promise<Readonly<Record<string, string>>> {
  const hashes = types.map((type) => ({ type, hash: createHash(type) }));
  const from = openSync(path, 'r');
  try {
    const to = openSync(target, 'wx', 0o600);
    try {
      for (let done = 0; done < member.size; ) {
        signal?.throwIfAborted();
        const piece = readAt(from, member.offset + done, Math.min(PIECE, member.size - done));
        for (const { hash } of hashes) hash.update(piece);
        for (let at = 0; at < piece.length; ) at += writeSync(to, piece, at);
        done += piece.length;
        // Signals are heard between pieces.
        await new Promise<void>((resolve) => setImmediate(resolve));
      }
    } finally {
      closeSync(to);
    }
  } finally {
    closeSync(from);
  }
  return Object.fromEntries(hashes.map(({ type, hash }) => [type, hash.digest('hex')]));
}

function readAt(file: number, offset: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  fillFrom(file, bytes, offset);
  return bytes;
}
