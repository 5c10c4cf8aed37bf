// SPDX-License-Identifier: Apache-2.0
import { fetchRange, HttpError, type RangeAnswer } from '../../doors/http.js';
import { SourceError } from './errors.js';
import type { ByteSource, SourceOptions } from './types.js';

/** Bytes of the first request: the system area, 32 sectors of descriptors, and where Windows keeps those of UDF. */
const FIRST_BYTES = 96 * 1024;
/** What a later request takes at least, as its neighbours are often wanted next. */
const NEXT_BYTES = 16 * 1024;
/** Bounds of one source, for files that lead from place to place. UDF is told by what lies at 512 KiB. */
const MOST_REQUESTS = 12;
const MOST_BYTES = 1024 * 1024;

/**
 * What an http or https address has, read by ranges: one request for its beginning, and one for each further place.
 * From a server without ranges only the beginning is taken, as far as is asked for, and the connection is closed then.
 * @throws HttpError where the first request fails
 */
export async function openHttpSource(address: string, options: SourceOptions = {}): Promise<ByteSource> {
  const first = await fetchRange(address, { offset: 0, length: FIRST_BYTES, ...options });
  return first.kind === 'whole' ? forwardSource(address, first) : rangeSource(address, first, options);
}

function rangeSource(name: string, first: RangeAnswer & { kind: 'part' }, options: SourceOptions): ByteSource {
  const parts = [{ offset: 0, bytes: first.bytes }];
  const size = first.total;
  let requests = 1;
  let taken = first.bytes.length;

  function held(offset: number): Uint8Array | undefined {
    const part = parts.find((each) => each.offset <= offset && offset < each.offset + each.bytes.length);
    return part?.bytes.subarray(offset - part.offset);
  }

  async function ask(offset: number, end: number): Promise<Uint8Array> {
    const length = Math.min(Math.max(end - offset, NEXT_BYTES), (size ?? Infinity) - offset);
    if (requests >= MOST_REQUESTS || taken + length > MOST_BYTES) throw tooFar(name, offset);
    requests++;
    const answer = await fetchRange(first.address, { offset, length, ...options });
    if (answer.kind === 'whole') answer.close();
    if (answer.kind === 'whole' || (answer.total ?? size) !== (size ?? answer.total)) {
      throw new HttpError('http-failed', `${name}: it changed while it was read; try again`, {
        kind: 'answer',
        host: new URL(first.address).hostname,
      });
    }
    taken += answer.bytes.length;
    parts.push({ offset, bytes: answer.bytes });
    return answer.bytes;
  }

  return {
    name,
    kind: 'http',
    size: () => size,
    async read(offset, length) {
      const end = Math.min(offset + length, size ?? Infinity);
      const pieces: Uint8Array[] = [];
      // A server may answer with less than was asked for: no bytes at all are the end.
      for (let at = offset; at < end; ) {
        const piece = held(at) ?? (await ask(at, end));
        if (piece.length === 0) break;
        pieces.push(piece.subarray(0, end - at));
        at += pieces.at(-1)!.length;
      }
      return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
    },
    async close() {},
  };
}

function forwardSource(name: string, answer: RangeAnswer & { kind: 'whole' }): ByteSource {
  const chunks: Uint8Array[] = [];
  let have = 0;
  let ended = false;
  return {
    name,
    kind: 'http',
    size: () => (ended ? have : answer.total),
    async read(offset, length) {
      const end = offset + length;
      if (end > MOST_BYTES) throw tooFar(name, offset);
      while (have < end && !ended) {
        const chunk = await answer.next();
        if (chunk === undefined) ended = true;
        else {
          chunks.push(chunk);
          have += chunk.length;
        }
      }
      const whole = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
      chunks.splice(0, chunks.length, whole);
      return whole.subarray(Math.min(offset, have), Math.min(end, have));
    },
    async close() {
      answer.close();
    },
  };
}

function tooFar(name: string, offset: number): SourceError {
  return new SourceError(
    'reach',
    `${name}: byte ${offset} is farther than is read of an address; download it and try again`,
    'Cannot seek',
  );
}
