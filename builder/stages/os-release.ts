// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseOsRelease } from '../../osinfo/detect/image/guest/os-release.js';
import { readTreeFile } from './files.js';

/** os-release(5) of a tree: what a system says of itself. */
export interface OsRelease {
  readonly id: string;
  readonly like: readonly string[];
  readonly name: string;
  readonly prettyName: string;
  /** `VERSION_ID`: `12`, `9.4`; rolling systems have none. */
  readonly versionId?: string;
  /** `CPE_NAME`: the name that security databases use. */
  readonly cpe?: string;
}

/** Reads it where packages put it; /etc has a link there. */
export function readOsRelease(tree: string): OsRelease {
  const text = existsSync(join(tree, 'usr/lib/os-release'))
    ? readTreeFile(tree, 'usr/lib/os-release').toString('utf8')
    : '';
  const fields = parseOsRelease(text);
  const name = fields.get('NAME') ?? 'Linux';
  const [versionId, cpe] = [fields.get('VERSION_ID'), fields.get('CPE_NAME')];
  return {
    id: fields.get('ID') ?? 'linux',
    like: (fields.get('ID_LIKE') ?? '').split(/\s+/),
    name,
    prettyName: fields.get('PRETTY_NAME') ?? name,
    ...(versionId ? { versionId } : {}),
    ...(cpe ? { cpe } : {}),
  };
}

/** SUSE's systems name some files and programs differently from Red Hat's. */
export function isSuse({ id, like }: OsRelease): boolean {
  return /^(?:sles?|suse|opensuse)/.test(id) || like.some((one) => /suse/.test(one));
}
