// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../../osinfo/errors.js';
import type { Media, Os } from '../../osinfo/model/types.js';

/** The medium of an OS that is fetched, and why that one. */
export interface ChosenMedium {
  readonly media: Media;
  readonly address: string;
  readonly why: string;
}

interface Preference {
  readonly why: string;
  readonly holds: (media: Media, names: string) => boolean;
}

const words = (list: string): RegExp => new RegExp(`(?:^|[-_./ ])(?:${list})(?=[-_./ ]|$)`, 'i');
const FROM_NETWORK = words('netinst|netinstall|net|netboot|boot|network');
const WHOLE = words('dvd|dvd1|dvd-1|full|everything');
const SERVER = words('server|live-server|minimal|jeos');

/** What speaks for a medium, the weightiest first. */
const PREFERENCES: readonly Preference[] = [
  { why: 'it is an installer and no live system', holds: ({ live }) => !live },
  { why: 'it fetches what it installs, and is small', holds: (_, names) => FROM_NETWORK.test(names) },
  { why: 'it is for servers', holds: (_, names) => SERVER.test(names) },
  { why: 'it is smaller than the whole DVD', holds: (_, names) => !WHOLE.test(names) },
];

/**
 * The installation medium of an OS that the database has an address of: by what speaks for it, then in the order of its
 * entry.
 * @param unattended whether it has to take a script
 * @throws InputError where there is none for the architecture
 */
export function chooseMedium(os: Os, arch: string, unattended: boolean): ChosenMedium {
  const name = os.name ?? os.shortId ?? os.id;
  const ways = `give an ISO image or its address: guestwright install FILE.iso --os ${os.shortId ?? os.id}`;
  const there = os.media.filter(
    (media): media is Media & { url: string } =>
      media.url !== undefined && /^https?:/i.test(media.url) && media.installer,
  );
  if (there.length === 0)
    throw new InputError(
      'no-medium-address',
      `the database has no address of an installation medium of ${name}; ${ways}`,
    );
  const fitting = there.filter((media) => media.arch === arch || media.arch === undefined || media.arch === 'all');
  if (fitting.length === 0) {
    const archs = [...new Set(there.map((media) => media.arch))].join(', ');
    throw new InputError(
      'no-medium-address',
      `the database has addresses of ${name} for ${archs} and none for ${arch}; ${ways}`,
    );
  }
  const taking = unattended ? fitting.filter(({ installerScript }) => installerScript !== false) : fitting;
  if (taking.length === 0)
    throw new InputError(
      'no-script-medium',
      `no medium of ${name} takes a script; say --script none, and answer on its console`,
    );
  const weight = (media: Media): number => {
    const names = namesOf(media);
    return PREFERENCES.reduce((sum, { holds }) => sum * 2 + (holds(media, names) ? 1 : 0), 0);
  };
  const media = taking.reduce((best, one) => (weight(one) > weight(best) ? one : best));
  const others = taking.filter((one) => one !== media);
  const reasons = PREFERENCES.filter(
    ({ holds }) => holds(media, namesOf(media)) && others.some((one) => !holds(one, namesOf(one))),
  ).map(({ why }) => why);
  const why =
    others.length === 0
      ? `the only one for ${arch} that the database has an address of`
      : reasons.length === 0
        ? 'the first of the entry'
        : reasons.join(', ');
  return { media, address: media.url, why };
}

const namesOf = ({ url, variants }: Media): string =>
  `${variants.join(' ')} ${url?.split('/').at(-1) ?? ''}`.slice(0, 1000);
