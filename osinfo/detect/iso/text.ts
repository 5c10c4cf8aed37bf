// SPDX-License-Identifier: Apache-2.0

/** A field of blanks is an absent field. */
function trimmed(text: string): string | undefined {
  const nul = text.indexOf('\0');
  const end = (nul === -1 ? text : text.slice(0, nul)).trimEnd();
  // Control characters would reach terminals, and no label that was meant has them.
  return end === '' ? undefined : end.replace(/\p{Cc}/gu, '\ufffd');
}

/**
 * The text of a field of fixed length: to the first NUL, trailing blanks cut. The standard allows a part of ASCII;
 * real labels have UTF-8 too, and where it is not that, bytes are taken as Latin-1.
 */
export function readLabel(bytes: Uint8Array): string | undefined {
  try {
    return trimmed(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(upToNul(bytes)));
  } catch {
    return trimmed(Buffer.from(bytes).toString('latin1'));
  }
}

function upToNul(bytes: Uint8Array): Uint8Array {
  const nul = bytes.indexOf(0);
  return nul === -1 ? bytes : bytes.subarray(0, nul);
}

/** The text of a Joliet field: UCS-2 with the high byte first. */
export function readUcs2Label(bytes: Uint8Array): string | undefined {
  return trimmed(new TextDecoder('utf-16be', { ignoreBOM: true }).decode(bytes.subarray(0, bytes.length & ~1)));
}

/**
 * An OSTA CS0 string in its field (ECMA-167 1/7.2.12, UDF 2.1.1): the last byte tells how many are used, the first
 * whether a character has 8 or 16 bits.
 */
export function readDstring(field: Uint8Array): string | undefined {
  const used = Math.min(field.at(-1) ?? 0, field.length - 1);
  const body = field.subarray(1, used);
  if (field[0] === 8) return trimmed(Buffer.from(body).toString('latin1'));
  if (field[0] === 16) return readUcs2Label(body);
  return undefined;
}
