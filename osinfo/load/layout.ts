// SPDX-License-Identifier: Apache-2.0
import { type Kind, kinds } from './records.js';

/** Where a file stands in a database: the entity's path without its ending, and whether it is a master or a fragment. */
export interface Role {
  /** `os/debian.org/debian-12` */
  readonly base: string;
  /** Name of the fragment's file, with its ending; absent for a master. */
  readonly fragment?: string;
}

/**
 * The path that an entity's master must have, without `.xml`: `http://` is cut off, the first `/` is kept, and every
 * other character except letters, digits, `-`, `.` and `_` becomes `-` (libosinfo's native layout).
 */
export function layoutPath(kind: Kind, id: string): string {
  const name = id.startsWith('http://') ? id.slice('http://'.length) : id;
  const slash = name.indexOf('/');
  if (slash < 0) return `${kind}/${name.replace(/[^A-Za-z0-9._-]/g, '-')}`;
  // The first slash is kept in its place, and what is before it is cleaned as well.
  const clean = (text: string): string => text.replace(/[^A-Za-z0-9._-]/g, '-');
  return `${kind}/${clean(name.slice(0, slash))}/${clean(name.slice(slash + 1))}`;
}

/** The role of a file by its path inside the database (`os/debian.org/debian-12.d/site.xml`). */
export function roleOf(path: string): Role {
  const match = /^(?:(.*)\/)?([^/]*)$/s.exec(path)!;
  const folder = match[1] ?? '';
  const name = match[2]!;
  if (folder.endsWith('.d')) return { base: folder.slice(0, -2), fragment: name };
  return { base: path.slice(0, -'.xml'.length) };
}

export function isKind(name: string): name is Kind {
  return (kinds as readonly string[]).includes(name);
}
