// SPDX-License-Identifier: Apache-2.0
import type { MediaInfo } from '../detect/iso/types.js';
import type { MediaCandidate } from '../detect/types.js';
import type { MediaSupport } from './types.js';

/** How projects call media that fetch what they install. */
const fromNetwork = /net-?inst|netboot|network|boot\.iso|mini\.iso|business/i;

/**
 * What a medium that was read and recognised says of the machine it is put into.
 * @param candidate what detection found, the best; left out where nothing was recognised
 */
export function mediaSupport(info: MediaInfo, candidate: MediaCandidate | undefined): MediaSupport {
  const told = info.bootPlatforms.flatMap((one) => (one === 'bios' || one === 'uefi' ? [one] : []));
  // A hybrid image has a boot record for BIOS over it, whatever its catalogue says.
  const firmware = [
    ...new Set([...told, ...(info.overlays.includes('mbr') && told.length > 0 ? ['bios' as const] : [])]),
  ];
  const entry = candidate?.media;
  const names = [entry?.id, entry?.url, info.facts.volumeId, ...(entry?.variants ?? [])].map((name) =>
    name?.slice(0, 500),
  );
  const arch = candidate?.arch ?? info.facts.arch;
  return {
    ...(entry === undefined ? {} : { entry }),
    ...(arch === undefined ? {} : { arch }),
    firmware,
    networkInstall: entry?.live !== true && names.some((name) => name !== undefined && fromNetwork.test(name)),
  };
}
