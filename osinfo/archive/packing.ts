// SPDX-License-Identifier: Apache-2.0

/** The first bytes of everything that xz has packed (The .xz File Format 1.2.0, section 2.1.1.1). */
export const xzMagic: Uint8Array = new Uint8Array([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]);

export function isXz(head: Uint8Array): boolean {
  return xzMagic.every((byte, index) => head[index] === byte);
}

/** The memory that the highest preset needs is 65 MiB; an archive may not ask for more than the bound. */
export const xzCommand = ['xz', '--decompress', '--stdout', '--memlimit-decompress=128MiB'] as const;
