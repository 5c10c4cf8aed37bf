// SPDX-License-Identifier: Apache-2.0
import { commonArch } from '../arch-names.js';
import { InputError } from '../errors.js';
import type { Os, Platform } from '../model/types.js';
import { knowledgeOf } from './knowledge.js';

/** Best first, for a question that names no architecture. */
const ranked = ['x86_64', 'aarch64', 'ppc64le', 's390x', 'riscv64', 'loongarch64', 'ppc64', 'armv7l', 'i686'];

/** Every architecture for which an OS's entry has something to start from, or says how it starts. */
export function namedArchs(os: Os): ReadonlySet<string> {
  const archs = [...os.media, ...os.trees, ...os.images, ...os.firmware].map((one) => one.arch);
  return new Set(archs.filter((arch): arch is string => arch !== undefined && arch !== 'all'));
}

/**
 * The architecture of the machine: as asked (Debian's and others' names are understood), else the best that the OS's
 * entry names and the platform has, else `x86_64`.
 * @throws InputError for a name that is no architecture
 */
export function chooseArch(os: Os, platform: Platform, asked: string | undefined): string {
  if (asked !== undefined) {
    const arch = commonArch(asked);
    if (ranked.includes(arch)) return arch;
    throw new InputError('recommend-arch', `${asked} is no known architecture; take one of ${ranked.join(', ')}`);
  }
  const { machineArchs: offered } = knowledgeOf(platform);
  const named = namedArchs(os);
  return ranked.find((arch) => named.has(arch) && (offered === undefined || offered.has(arch))) ?? 'x86_64';
}
