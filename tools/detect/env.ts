// SPDX-License-Identifier: Apache-2.0
import type { Finding } from './finding.js';

/**
 * Lines for `eval` in a shell, of the first match. The first four names are those that libosinfo's osinfo-detect had
 * until it lost this format; there the values are ids of the database.
 * @param whole every name, empty where there is nothing to say, so that nothing stays from an `eval` before
 */
export function envLines(finding: Finding, whole: boolean): readonly string[] {
  const values: Readonly<Record<string, string | undefined>> = {
    ...(whole ? { OSINFO_LOCATION: finding.location } : {}),
    ...valuesOf(finding),
  };
  return Object.entries(values).flatMap(([name, value]) =>
    value === undefined && !whole ? [] : [`${name}=${shellQuoted(value ?? '')}`],
  );
}

function valuesOf(finding: Finding): Readonly<Record<string, string | undefined>> {
  const media = finding.kind === 'media' ? finding : undefined;
  const tree = finding.kind === 'tree' ? finding : undefined;
  const match = finding.kind === 'error' ? undefined : finding.identification.candidates[0];
  const medium = media?.identification.candidates[0];
  const os = match?.os ?? tree?.evidenced?.os;
  const facts = tree?.reading.facts;
  const installs = medium === undefined ? tree !== undefined : medium.media.installer;
  return {
    OSINFO_BOOTABLE: media && (media.info.bootable ? '1' : '0'),
    OSINFO_INSTALLER: installs ? os?.id : undefined,
    OSINFO_LIVE: medium?.media.live ? os?.id : undefined,
    OSINFO_MEDIA: medium?.media.id,
    OSINFO_TREE: tree?.identification.candidates[0]?.tree.id,
    OSINFO_SHORT_ID: os?.shortId,
    OSINFO_NAME: os?.name,
    OSINFO_ARCH: match?.arch ?? tree?.reading.evidence?.arch,
    OSINFO_VARIANTS: match && joined(match.variants),
    OSINFO_LANGUAGES: medium && joined(medium.languages),
    OSINFO_KERNEL: medium?.media.kernel ?? facts?.kernel,
    OSINFO_INITRD: medium?.media.initrd ?? facts?.initrd,
    OSINFO_BOOT_ISO: facts?.bootIso,
  };
}

const joined = (words: readonly string[]): string | undefined => (words.length === 0 ? undefined : words.join(' '));

/** One word of a POSIX shell, whatever is in it. */
export function shellQuoted(value: string): string {
  return `'${value.replaceAll('\0', '').replaceAll("'", `'\\''`)}'`;
}
