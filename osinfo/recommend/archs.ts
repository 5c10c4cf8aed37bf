// SPDX-License-Identifier: Apache-2.0
import { commonArch } from '../arch-names.js';
import { InputError } from '../errors.js';
import type { Os, Platform } from '../model/types.js';
import { contradiction } from './contradiction.js';
import { hostTypes } from './host/questions.js';
import { knowledgeOf } from './knowledge.js';
import type { HostFacts, MediaSupport } from './types.js';

/** Best first, for a question that names no architecture. */
const ranked = ['x86_64', 'aarch64', 'ppc64le', 's390x', 'riscv64', 'loongarch64', 'ppc64', 'armv7l', 'i686'];

/** Every architecture for which an OS's entry has something to start from, or says how it starts. */
export function namedArchs(os: Os): ReadonlySet<string> {
  const archs = [...os.media, ...os.trees, ...os.images, ...os.firmware].map((one) => one.arch);
  return new Set(archs.filter((arch): arch is string => arch !== undefined && arch !== 'all'));
}

/** What narrows the choice of an architecture. */
export interface ArchQuestion {
  readonly asked: string | undefined;
  readonly media: MediaSupport | undefined;
  readonly host: HostFacts | undefined;
}

/**
 * The architecture of the machine: as asked (Debian's and others' names are understood), else the medium's, else the
 * best that the OS's entry names and that platform and host have (with KVM before without), else `x86_64`.
 * @throws InputError for a name that is no architecture, and where medium or host have another than was asked for
 */
export function chooseArch(os: Os, platform: Platform, { asked, media, host }: ArchQuestion): string {
  const medium = archOfMedia(media);
  const wanted = asked === undefined ? medium : known(asked);
  if (wanted !== undefined) {
    if (medium !== undefined && !starts(wanted, medium))
      contradiction(
        'media-arch',
        { text: `the machine is to be ${wanted}` },
        { text: `the medium is for ${medium}` },
        `say --arch ${medium}, or take another medium`,
      );
    if (host && hostTypes(host, wanted)?.length === 0)
      contradiction(
        'host-arch',
        { text: `the machine is to be ${wanted}` },
        { text: `${host.name} runs no such guests` },
        `install the emulator for ${wanted} there, or take another --arch or host`,
      );
    return wanted;
  }
  const { machineArchs: offered } = knowledgeOf(platform);
  const named = namedArchs(os);
  const runs = (arch: string): boolean => !host || hostTypes(host, arch)?.length !== 0;
  const possible = ranked.filter(
    (arch) => named.has(arch) && (offered === undefined || offered.has(arch)) && runs(arch),
  );
  const native = possible.find((arch) => host && hostTypes(host, arch)?.includes('kvm'));
  return native ?? possible[0] ?? host?.arch ?? 'x86_64';
}

function known(name: string): string {
  const arch = commonArch(name);
  if (ranked.includes(arch)) return arch;
  throw new InputError('recommend-arch', `${name} is no known architecture; take one of ${ranked.join(', ')}`);
}

/** A medium for all of them, or for one that no machine is made of here, says nothing. */
function archOfMedia(media: MediaSupport | undefined): string | undefined {
  const arch = media?.arch ?? media?.entry?.arch;
  const common = arch === undefined ? undefined : commonArch(arch);
  return common !== undefined && ranked.includes(common) ? common : undefined;
}

/** A 64-bit PC starts what a 32-bit one does. */
const starts = (machine: string, medium: string): boolean =>
  machine === medium || (machine === 'x86_64' && medium === 'i686');
