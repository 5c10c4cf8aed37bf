// SPDX-License-Identifier: Apache-2.0
import { resourcesFor } from '../answers.js';
import type { MediaInfo } from '../detect/iso/types.js';
import { suggestMedia } from '../detect/suggest.js';
import { InputError } from '../errors.js';
import { layoutPath } from '../load/layout.js';
import type { Db, Os } from '../model/types.js';
import { writeXml, type XmlNode } from '../xml/write.js';

/** What somebody says of an operating system that the database does not know. Dates are `YYYY-MM-DD`. */
export interface NewOs {
  /** `http://example.org/exos/2` */
  readonly id: string;
  readonly shortId?: string;
  readonly name?: string;
  readonly version?: string;
  readonly vendor?: string;
  readonly family?: string;
  readonly distro?: string;
  readonly releaseDate?: string;
  readonly eolDate?: string;
  /** Id or short id of the one that it is made from. */
  readonly like?: string;
  /** What was read of its installation image. */
  readonly media?: MediaInfo;
}

export interface OsTemplate {
  readonly shortId: string;
  /** Where the file belongs in a database: `os/example.org/exos-2.xml`. */
  readonly path: string;
  readonly text: string;
  /** Whom it inherits devices and facts from; undefined where nobody was named and no era of Linux fits. */
  readonly parent: Os | undefined;
}

/**
 * An entry to be filled in, valid as it is. What is not said is taken from the id; devices and facts come from `like`,
 * or, for Linux, from the era of the release date, whose needs are written out as the numbers to be corrected.
 * @throws InputError for a word that the format does not take, or that the database has already
 * @throws NotFoundError where there is no `like`
 */
export function planNewOs(db: Db, given: NewOs): OsTemplate {
  const [, host, path] =
    /^http:\/\/([A-Za-z0-9][A-Za-z0-9.-]*)\/([A-Za-z0-9][A-Za-z0-9._~+-]*(?:\/[A-Za-z0-9][A-Za-z0-9._~+-]*)*)$/.exec(
      given.id,
    ) ?? [];
  if (host === undefined || path === undefined) {
    throw new InputError(
      'new-os',
      `${given.id} is no id; one is made of your domain, the product and its version: http://example.org/exos/2`,
    );
  }
  const parts = path.split('/');
  const shortId = given.shortId ?? parts.join('').toLowerCase();
  checkWords(given, shortId);
  checkDates(given);
  for (const name of [given.id, shortId]) {
    const known = db.findOs(name);
    if (known === undefined || known.origins.length === 0) continue;
    const { file, line } = known.origins[0]!;
    throw new InputError(
      'new-os',
      `there is ${name} already (${file}:${line}); change that entry, or choose another ${name === shortId ? '--short-id' : '--id'}`,
    );
  }
  const like = given.like === undefined ? undefined : db.os(given.like);
  const family = given.family ?? like?.family ?? 'linux';
  const era = like === undefined && family === 'linux' ? eraOf(db, given.releaseDate) : undefined;
  const distro = given.distro ?? (parts.length > 1 ? parts[0]! : (like?.distro ?? parts[0]!));
  const version = given.version ?? (parts.length > 1 ? parts.at(-1)! : '1');
  const parent = like ?? era;
  const before = like?.distro === distro ? like : undefined;
  const name =
    given.name ?? nameAfter(before, version) ?? `${distro.slice(0, 1).toUpperCase()}${distro.slice(1)} ${version}`;

  const groups: (readonly string[])[] = [
    [
      element('short-id', shortId),
      element('name', name),
      element('version', version),
      element('vendor', given.vendor ?? before?.vendor ?? host),
      element('family', family),
      element('distro', distro),
      ...(given.releaseDate === undefined ? [] : [element('release-date', given.releaseDate)]),
      ...(given.eolDate === undefined ? [] : [element('eol-date', given.eolDate)]),
      ...(before === undefined ? [] : [relation('upgrades', before)]),
      ...(parent === undefined ? [] : [relation('derives-from', parent)]),
    ],
    resources(like, era),
    firmware(parent, given.media),
    given.media === undefined ? [] : [openPointRelease(suggestMedia(given.media.facts), version)],
  ];
  return { shortId, path: `${layoutPath('os', given.id)}.xml`, text: document(given.id, groups), parent };
}

/** `Exos 2` becomes `Exos 3`; undefined where the name does not say the version. */
function nameAfter(before: Os | undefined, version: string): string | undefined {
  const { name, version: old } = before ?? {};
  if (name === undefined || old === undefined) return undefined;
  const at = name.lastIndexOf(old);
  return at < 0 ? undefined : `${name.slice(0, at)}${version}${name.slice(at + old.length)}`;
}

/** Leaves the digits behind the version open in the label, so that the entry also knows the images to come: the 1 of 3.1. */
function openPointRelease(media: string, version: string): string {
  return media.replace(/<volume-id>.*<\/volume-id>/, (label) => {
    const text = version.replaceAll('.', '\\.');
    const at = label.indexOf(text);
    if (at < 0 || /\d/.test(label.charAt(at - 1))) return label;
    const end = at + text.length;
    return `${label.slice(0, end)}${label.slice(end).replace(/^\\\.\d+/, '\\.\\d+')}`;
  });
}

function checkWords(given: NewOs, shortId: string): void {
  for (const [option, value] of [
    ['--short-id', shortId],
    ['--family', given.family],
    ['--distro', given.distro],
  ] as const) {
    if (value !== undefined && !/^\S+$/.test(value))
      throw new InputError('new-os', `${option} takes one word, not "${value}"`);
  }
  for (const option of ['name', 'version', 'vendor'] as const) {
    const value = given[option];
    if (value !== undefined && (value.trim() === '' || /\p{Cc}/u.test(value)))
      throw new InputError('new-os', `--${option} takes a line of text, not ${JSON.stringify(value)}`);
  }
}

function checkDates({ releaseDate, eolDate }: NewOs): void {
  for (const [option, date] of [
    ['--release-date', releaseDate],
    ['--eol-date', eolDate],
  ] as const) {
    if (date === undefined) continue;
    const day = /^\d{4}-\d{2}-\d{2}$/.test(date) ? new Date(`${date}T00:00:00Z`) : undefined;
    if (day?.toJSON()?.slice(0, 10) === date) continue;
    throw new InputError('new-os', `${option} takes a day such as 2026-03-01, not "${date}"`);
  }
  if (releaseDate !== undefined && eolDate !== undefined && eolDate <= releaseDate) {
    throw new InputError('new-os', `the end of life, ${eolDate}, is not after the release, ${releaseDate}`);
  }
}

/** The latest set of hardware that Linux distributions of the time share (`http://libosinfo.org/linux/2024`). */
function eraOf(db: Db, releaseDate: string | undefined): Os | undefined {
  const year = releaseDate?.slice(0, 4) ?? '9999';
  return db
    .oses()
    .flatMap((os) => {
      const of = /^http:\/\/libosinfo\.org\/linux\/(\d{4})$/.exec(os.id)?.[1];
      return of !== undefined && of <= year && os.origins.length > 0 ? [{ os, of }] : [];
    })
    .sort((a, b) => (a.of < b.of ? 1 : -1))[0]?.os;
}

/** Those of a release before are taken over, architecture by architecture; those of an era are figures to be replaced. */
function resources(like: Os | undefined, era: Os | undefined): readonly string[] {
  if (like !== undefined) {
    const said = [...like.resources.minimum, ...like.resources.recommended].map(({ arch }) => arch);
    return [...new Set(said)].map((arch) => written({ name: 'resources', attrs: { arch, inherit: 'true' } }));
  }
  if (era === undefined) return [];
  const { minimum, recommended } = resourcesFor(era, 'all');
  const amounts = (name: string, answers: typeof minimum): XmlNode => ({
    name,
    children: (
      [
        ['n-cpus', answers.nCpus],
        ['ram', answers.ramBytes],
        ['storage', answers.storageBytes],
      ] as const
    ).flatMap(([field, answer]) => (answer === undefined ? [] : [{ name: field, children: [String(answer.value)] }])),
  });
  return [
    written({
      comment: `Bytes, and of ${era.name ?? era.id}: put your own, and the page that says them, here`,
      name: 'resources',
      attrs: { arch: 'all' },
      children: [amounts('minimum', minimum), amounts('recommended', recommended)],
    }),
  ];
}

/** What the image starts from, where nobody is there to inherit it from. */
function firmware(parent: Os | undefined, media: MediaInfo | undefined): readonly string[] {
  const arch = media?.facts.arch;
  if (media === undefined || arch === undefined || parent?.firmware.some((one) => one.arch === arch)) return [];
  const types = { bios: 'bios', uefi: 'efi', ppc: undefined, mac: undefined } as const;
  const found = media.bootPlatforms.map((platform) => types[platform]).filter((type) => type !== undefined);
  return [...new Set(found)].map((type) => written({ name: 'firmware', attrs: { arch, type } }));
}

function relation(name: 'upgrades' | 'derives-from', { id }: Os): string {
  return written({ name, attrs: { id } });
}

function element(name: string, text: string): string {
  return written({ name, children: [text] });
}

function written(node: XmlNode): string {
  return writeXml(node, { declaration: false });
}

/** A file as the others of the database look: groups with an empty line between them. */
function document(id: string, groups: readonly (readonly string[])[]): string {
  const body = groups
    .filter((group) => group.length > 0)
    .map((group) => group.join('').replace(/^(?=.)/gm, '    '))
    .join('\n');
  const open = written({ name: 'os', attrs: { id } }).trim().replace(/\/>$/, '>');
  return `<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: Apache-2.0 -->
<libosinfo version="0.0.1">
  ${open}
${body}  </os>
</libosinfo>
`;
}
