// SPDX-License-Identifier: Apache-2.0
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { blockBytes, decode, paddingAfter, parseHeader, parsePax } from '../../osinfo/archive/tar-header.js';

/** Names and attributes of one member; more is no tar of ours. */
const MAX_EXTENDED_BYTES = 1024 * 1024;
const MAX_MEMBERS = 5_000_000;

/** Which part of an archive an offset lies in. */
export interface TarPlace {
  readonly path: string;
  readonly part: 'header' | 'content';
}

/**
 * What lies at an offset of a tar: the member, and whether its header or its content. Undefined behind the last member,
 * and in what is no tar (POSIX.1-2017, pax, ustar; GNU's long names).
 */
export function tarMemberAt(archive: string, offset: number): TarPlace | undefined {
  const file = openSync(archive, 'r');
  try {
    const { size } = fstatSync(file);
    const head = Buffer.alloc(blockBytes);
    let longName: string | undefined;
    let longSize: number | undefined;
    let at = 0;
    for (let count = 0; at + blockBytes <= size && count < MAX_MEMBERS; count++) {
      if (readSync(file, head, 0, blockBytes, at) !== blockBytes || head.every((byte) => byte === 0)) return undefined;
      const header = parseHeader(head);
      if (header === undefined) return undefined;
      const { type, size: bytes } = header;
      const isExtension = type === 'x' || type === 'L' || type === 'K';
      const contentBytes = isExtension || longSize === undefined ? bytes : longSize;
      const end = at + blockBytes + contentBytes + paddingAfter(contentBytes);
      if (isExtension) {
        if (bytes > MAX_EXTENDED_BYTES) return undefined;
        const text = Buffer.alloc(bytes);
        readSync(file, text, 0, bytes, at + blockBytes);
        if (type === 'L') longName = decode(text).replace(/\0.*$/s, '');
        if (type === 'x') {
          const fields = parsePax(text);
          if (fields === undefined) return undefined;
          longName = fields.get('GNU.sparse.name') ?? fields.get('path') ?? longName;
          const given = fields.get('size');
          if (given !== undefined && /^\d{1,15}$/.test(given)) longSize = Number(given);
        }
      } else {
        if (offset < end && type !== 'g')
          return { path: longName ?? header.name, part: offset < at + blockBytes ? 'header' : 'content' };
        longName = undefined;
        longSize = undefined;
      }
      at = end;
    }
    return undefined;
  } finally {
    closeSync(file);
  }
}
