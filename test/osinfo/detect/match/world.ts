// SPDX-License-Identifier: Apache-2.0
import { dbFromXml } from '../../../../osinfo/model/build.js';
import type { Db } from '../../../../osinfo/model/types.js';

export function escapeXml(text: string): string {
  return text.replace(/[<>&]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** `<media>` with patterns by their elements' names. */
export function media(labels: Readonly<Record<string, string>>, arch = 'x86_64', more = ''): string {
  const inside = Object.entries(labels).map(([name, text]) => `<${name}>${escapeXml(text)}</${name}>`);
  return `<media arch="${arch}">${more}<iso>${inside.join('')}</iso></media>`;
}

export function tree(fields: Readonly<Record<string, string>>, arch = 'x86_64', more = ''): string {
  const inside = Object.entries(fields).map(([name, text]) => `<${name}>${escapeXml(text)}</${name}>`);
  return `<tree arch="${arch}">${more}<treeinfo>${inside.join('')}</treeinfo></tree>`;
}

/** A file of the database that holds an operating system. */
export function osFile(shortId: string, inside: string): Readonly<Record<string, string>> {
  const id = `http://example.org/${shortId}`;
  return {
    [`os/example.org/${shortId}.xml`]: `<?xml version="1.0"?><libosinfo version="0.0.1"><os id="${id}"><short-id>${shortId}</short-id>${inside}</os></libosinfo>`,
  };
}

/** A database of operating systems, by their short ids. */
export function world(oses: Readonly<Record<string, string>>, more: Readonly<Record<string, string>> = {}): Db {
  const files = Object.entries(oses).map(([shortId, inside]) => osFile(shortId, inside));
  return dbFromXml(Object.assign({}, ...files, more) as Record<string, string>);
}
