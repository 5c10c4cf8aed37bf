// SPDX-License-Identifier: Apache-2.0

/** A line without its end, or a word that it was longer than what is taken of one. */
export type Line =
  | { readonly number: number; readonly text: string }
  | { readonly number: number; readonly tooLong: true };

/**
 * The lines of a stream of bytes, as they come; of a line that is too long nothing is kept. Line ends are LF or CR LF,
 * and a byte order mark before the first goes.
 * @param mostBytes of one line
 */
export async function* readLines(
  chunks: AsyncIterable<Buffer>,
  mostBytes: number,
): AsyncGenerator<Line, void, undefined> {
  let number = 1;
  let held: Buffer[] = [];
  let size = 0;
  const take = (piece: Buffer): void => {
    size += piece.length;
    if (size <= mostBytes) held.push(piece);
    else held = [];
  };
  const line = (): Line => {
    if (size > mostBytes) return { number, tooLong: true };
    let text = (held.length === 1 ? held[0]! : Buffer.concat(held)).toString('utf8');
    if (number === 1 && text.startsWith('\uFEFF')) text = text.slice(1);
    return { number, text: text.endsWith('\r') ? text.slice(0, -1) : text };
  };
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; ) {
      const end = chunk.indexOf(10, at);
      take(chunk.subarray(at, end < 0 ? chunk.length : end));
      if (end < 0) break;
      yield line();
      number += 1;
      held = [];
      size = 0;
      at = end + 1;
    }
  }
  if (size > 0) yield line();
}
