// SPDX-License-Identifier: Apache-2.0
import type { Arch } from '../../../model/types.js';
import type { Tree } from '../filesystems/tree.js';

/** e_machine of ELF; `little` and `big` where the byte order makes another architecture. */
const machines: Readonly<Record<number, Arch | { readonly little: Arch; readonly big: Arch }>> = {
  3: 'i686',
  8: { little: 'mipsel', big: 'mips' },
  18: 'sparc',
  20: 'ppc',
  21: { little: 'ppc64le', big: 'ppc64' },
  22: 's390x',
  40: 'armv7l',
  43: 'sparc64',
  50: 'ia64',
  62: 'x86_64',
  183: 'aarch64',
  243: 'riscv64',
  258: 'loongarch64',
};

/** Programs that every system has one of, in the order of how surely they are the system's own. */
const programs = ['/bin/bash', '/bin/sh', '/bin/busybox', '/sbin/init', '/usr/lib/systemd/systemd', '/bin/ls'];

/** The architecture of the system's own programs, from their ELF header. */
export function readArch(tree: Tree): Arch | undefined {
  for (const path of programs) {
    const head = tree.readHead(path, 20);
    if (!head || head.length < 20 || head.toString('latin1', 0, 4) !== '\x7fELF') continue;
    const big = head[5] === 2;
    const machine = machines[big ? head.readUInt16BE(18) : head.readUInt16LE(18)];
    if (machine !== undefined) return typeof machine === 'string' ? machine : big ? machine.big : machine.little;
  }
  return undefined;
}
