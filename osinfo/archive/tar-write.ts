// SPDX-License-Identifier: Apache-2.0
import { blockBytes, formatHeader, paddingAfter } from './tar-header.js';

/** An entry to be written. */
export interface TarItem {
  /** Directories end in `/`. */
  readonly name: string;
  readonly bytes: Buffer;
}

/**
 * Writes a tar archive whose bytes follow from its items and the time alone: owner 0, modes 0644 and 0755, ustar
 * headers, and a pax header before a name that ustar has no room for. Padded to records of 10 KiB, as tar does.
 * @param epoch seconds since 1970 that every entry carries
 */
export async function* writeTar(items: AsyncIterable<TarItem>, epoch: number): AsyncGenerator<Buffer, void, undefined> {
  let total = 0;
  for await (const { name, bytes } of items) {
    const fitting = splitName(name);
    if (fitting === undefined) {
      const record = paxRecord('path', name);
      const pieces = entry({ prefix: '', name: 'PaxHeaders/path' }, 'x', record, epoch);
      total += pieces.length;
      yield pieces;
    }
    const pieces = entry(fitting ?? { prefix: '', name: lastFit(name) }, name.endsWith('/') ? '5' : '0', bytes, epoch);
    total += pieces.length;
    yield pieces;
  }
  const end = 2 * blockBytes;
  yield Buffer.alloc(end + ((10_240 - ((total + end) % 10_240)) % 10_240));
}

/** ustar keeps 100 bytes of a name, and 155 before a slash that is not written; ASCII only, since it names no encoding. */
function splitName(name: string): { prefix: string; name: string } | undefined {
  if (!/^[\x20-\x7e]*$/.test(name)) return undefined;
  if (name.length <= 100) return { prefix: '', name };
  for (let slash = name.indexOf('/'); slash > 0 && slash <= 155; slash = name.indexOf('/', slash + 1)) {
    const rest = name.slice(slash + 1);
    if (rest !== '' && rest.length <= 100) return { prefix: name.slice(0, slash), name: rest };
  }
  return undefined;
}

/** What readers without pax get to see. */
function lastFit(name: string): string {
  return name
    .replace(/[^\x20-\x7e]/g, '_')
    .slice(-100)
    .replace(/^\//, '_');
}

function entry({ prefix, name }: { prefix: string; name: string }, type: string, bytes: Buffer, epoch: number): Buffer {
  const mode = type === '5' ? 0o755 : 0o644;
  const header = formatHeader({ prefix, name, size: bytes.length, type, mode, uid: 0, gid: 0, mtime: epoch });
  return Buffer.concat([header, bytes, Buffer.alloc(paddingAfter(bytes.length))]);
}

/** `LENGTH KEY=VALUE\n`, where the length counts its own digits. */
function paxRecord(key: string, value: string): Buffer {
  const rest = Buffer.from(` ${key}=${value}\n`);
  let length = rest.length;
  while (length !== rest.length + String(length).length) length = rest.length + String(length).length;
  return Buffer.concat([Buffer.from(String(length)), rest]);
}
