// SPDX-License-Identifier: Apache-2.0

/** A boolean of the native format: exactly `true` or `yes` is true, anything else false. */
export function toBoolean(text: string | undefined, absent: boolean): boolean {
  return text === undefined ? absent : text === 'true' || text === 'yes';
}

/**
 * A whole number of the native format, read as C's strtoll with base 0 does: `0x10` is 16, `010` is 8, what follows
 * the digits is ignored, rubbish is 0. Negative numbers mean absent there, and are absent here.
 */
export function toInteger(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const match = /^\s*(-?)\+?(?:0[xX]([0-9a-fA-F]{1,32})|0([0-7]{0,32})|([1-9][0-9]{0,32}))/.exec(text);
  if (match === null) return 0;
  if (match[1] === '-') return undefined;
  if (match[2] !== undefined) return Number.parseInt(match[2], 16);
  if (match[4] !== undefined) return Number(match[4]);
  return match[3] ? Number.parseInt(match[3], 8) : 0;
}
