// SPDX-License-Identifier: Apache-2.0

const FORMAT = /^https?:\/\/www\.debian\.org\/doc\/packaging-manuals\/copyright-format\/1\.0\/?$/;

/** Files of the largest packages name some hundred. */
const MOST_STATEMENTS = 500;

/**
 * The licences that a copyright file in Debian's machine-readable form 1.0 gives the files of a package, each once, in
 * order.
 * @returns undefined where it is in no such form, or leaves files without a licence's name: what is said then is not all
 * @see https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
 */
export function parseLicences(text: string): readonly string[] | undefined {
  const [header, ...stanzas] = text.replaceAll('\r\n', '\n').split(/\n[ \t]*\n/);
  if (!FORMAT.test(field(header ?? '', 'Format') ?? '')) return undefined;
  const files = stanzas.filter((stanza) => field(stanza, 'Files') !== undefined);
  const names = new Set(files.map((stanza) => field(stanza, 'License')));
  if (names.size === 0 || names.size > MOST_STATEMENTS || names.has(undefined) || names.has('')) return undefined;
  return ([...names] as string[]).sort();
}

/** The first line of a field, which of `License` is the short name; names of fields are in any case (deb-control(5)). */
function field(stanza: string, name: string): string | undefined {
  const start = `${name.toLowerCase()}:`;
  const line = stanza.split('\n').find((one) => one.slice(0, start.length).toLowerCase() === start);
  return line?.slice(start.length).trim();
}
