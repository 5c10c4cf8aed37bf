// SPDX-License-Identifier: Apache-2.0
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { cleanEnvironment } from '../../osinfo/doors/process.js';
import { readXml, type XmlElement } from '../../osinfo/xml/read.js';

const root = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

export const DB = root('db');
export const SCHEMA = root('schema/osinfo.rng');
export const C_LIBRARY = root('test/db/c-library.py');

/** The environment in which C's tools see our database and no other. */
export const ONLY_OURS = cleanEnvironment({
  OSINFO_SYSTEM_DIR: DB,
  OSINFO_LOCAL_DIR: '/nonexistent/osinfo',
  OSINFO_USER_DIR: '/nonexistent/osinfo',
});

/** Whether a program stands where Debian puts it. */
export const has = (program: string): boolean => existsSync(`/usr/bin/${program}`);

export interface Entry {
  /** Path below `db/`. */
  readonly file: string;
  readonly kind: string;
  readonly id: string;
  readonly element: XmlElement;
}

/** Every entity of `db/`, as it is written. */
export function readEntries(): readonly Entry[] {
  const files = readdirSync(DB, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.xml'));
  return files.sort().flatMap((file) =>
    readXml(readFileSync(`${DB}/${file}`), file).children.map((element) => ({
      file,
      kind: element.name,
      id: element.attrs.get('id') ?? '',
      element,
    })),
  );
}

export const childrenOf = (element: XmlElement, name: string): readonly XmlElement[] =>
  element.children.filter((child) => child.name === name);
