// SPDX-License-Identifier: Apache-2.0
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const BLOCK = 512;
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
    const head = Buffer.alloc(BLOCK);
    let longName: string | undefined;
    let longSize: number | undefined;
    let at = 0;
    for (let count = 0; at + BLOCK <= size && count < MAX_MEMBERS; count++) {
      if (readSync(file, head, 0, BLOCK, at) !== BLOCK || head.every((byte) => byte === 0)) return undefined;
      const bytes = readNumber(head.subarray(124, 136));
      if (bytes === undefined) return undefined;
      const type = String.fromCharCode(head[156]!);
      const isExtension = type === 'x' || type === 'L' || type === 'K';
      const contentBytes = isExtension || longSize === undefined ? bytes : longSize;
      const end = at + BLOCK + Math.ceil(contentBytes / BLOCK) * BLOCK;
      if (isExtension) {
        if (bytes > MAX_EXTENDED_BYTES) return undefined;
        const text = Buffer.alloc(bytes);
        readSync(file, text, 0, bytes, at + BLOCK);
        if (type === 'L') longName = text.toString('utf8').replace(/\0.*$/s, '');
        if (type === 'x') {
          const fields = readPax(text);
          longName = fields.get('GNU.sparse.name') ?? fields.get('path') ?? longName;
          const given = fields.get('size');
          if (given !== undefined && /^\d{1,15}$/.test(given)) longSize = Number(given);
        }
      } else {
        if (offset < end && type !== 'g')
          return { path: longName ?? shortName(head), part: offset < at + BLOCK ? 'header' : 'content' };
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

function shortName(head: Buffer): string {
  const text = (from: number, to: number): string => head.subarray(from, to).toString('utf8').replace(/\0.*$/s, '');
  const prefix = head.subarray(257, 263).toString('latin1') === 'ustar\0' ? text(345, 500) : '';
  return prefix === '' ? text(0, 100) : `${prefix}/${text(0, 100)}`;
}

/** Octal, or GNU's binary form where the first bit is set. */
function readNumber(field: Buffer): number | undefined {
  if (field[0]! & 0x80) {
    const value = field.subarray(1).reduce((sum, byte) => sum * 256 + byte, 0);
    return Number.isSafeInteger(value) ? value : undefined;
  }
  const text = field
    .toString('latin1')
    .replace(/[\0 ]+$/, '')
    .trim();
  return /^[0-7]{1,12}$/.test(text) ? Number.parseInt(text, 8) : undefined;
}

/** Records of `LENGTH NAME=VALUE\n`, the length in bytes with itself. */
function readPax(text: Buffer): Map<string, string> {
  const fields = new Map<string, string>();
  for (let at = 0; at < text.length; ) {
    const space = text.indexOf(0x20, at);
    const length = Number(text.subarray(at, Math.max(at, space)).toString('latin1'));
    if (space < 0 || !Number.isInteger(length) || length < 3 || at + length > text.length) break;
    const record = text.subarray(space + 1, at + length - 1).toString('utf8');
    const equals = record.indexOf('=');
    fields.set(record.slice(0, equals), record.slice(equals + 1));
    at += length;
  }
  return fields;
}
