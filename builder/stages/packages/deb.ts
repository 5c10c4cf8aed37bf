// SPDX-License-Identifier: Apache-2.0
import { lstatSync, readFileSync } from 'node:fs';
import { WorkError } from '../../../osinfo/errors.js';
import { insideTree } from '../files.js';
import { parseLicences } from './deb-copyright.js';
import { byPackage, type InstalledPackage, packageKey } from './types.js';

/** Hundreds of packages make one MiB of it; what is larger was not written by dpkg. */
const MOST_BYTES = { status: 256 * 1024 * 1024, copyright: 4 * 1024 * 1024 };

type Fields = ReadonlyMap<string, string>;

/**
 * What dpkg's status file says is installed, with the licences of copyright files that a machine can read.
 * @returns nothing where there is no such file
 * @throws WorkError when the file cannot be dpkg's own
 */
export function listDebs(tree: string): InstalledPackage[] {
  const status = insideTree(tree, 'var/lib/dpkg/status');
  const found = lstatSync(status, { throwIfNoEntry: false });
  if (!found?.isFile()) return [];
  if (found.size > MOST_BYTES.status)
    throw new WorkError(
      'dpkg-status',
      '/var/lib/dpkg/status of the system is too large to be dpkg’s; mend it in %post',
    );
  return parseStatus(readFileSync(status, 'utf8')).map((one) => {
    const licences = readLicences(tree, one.name);
    return licences === undefined ? one : { ...one, licences };
  });
}

/** Reads dpkg's status file (dpkg(1), deb-control(5)): the packages that are installed, in order. */
export function parseStatus(text: string): InstalledPackage[] {
  const stanzas = text
    .split(/\n\n+/)
    .map(parseStanza)
    .filter((fields) => fields.has('Package') && /(?:^| )installed$/.test(fields.get('Status') ?? ''));
  const resolve = dependencies(stanzas);
  return stanzas.map((fields) => describe(fields, resolve(fields))).sort(byPackage);
}

/** The fields of one line each; a field's further lines, which are descriptions and lists of files, are passed over. */
function parseStanza(stanza: string): Fields {
  const fields = new Map<string, string>();
  for (const line of stanza.split('\n')) {
    const colon = line.indexOf(':');
    if (colon > 0 && !/^\s/.test(line)) fields.set(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  return fields;
}

function describe(fields: Fields, dependsOn: readonly string[]): InstalledPackage {
  const [supplier, homepage] = [fields.get('Maintainer'), fields.get('Homepage')];
  return {
    ...identity(fields),
    source: sourceOf(fields),
    ...(supplier === undefined || supplier === '' ? {} : { supplier }),
    ...(homepage === undefined || homepage === '' ? {} : { homepage }),
    ...(dependsOn.length === 0 ? {} : { dependsOn }),
  };
}

function identity(fields: Fields): { name: string; version: string; arch: string } {
  return {
    name: fields.get('Package')!,
    version: fields.get('Version') ?? '',
    arch: fields.get('Architecture') ?? '',
  };
}

/** `Source: NAME`, or `NAME (VERSION)` where that differs from the package's; without the field the package's own. */
function sourceOf(fields: Fields): { name: string; version: string } {
  const { name, version } = identity(fields);
  const match = /^(\S+)(?: \((\S+)\))?$/.exec(fields.get('Source') ?? '');
  return { name: match?.[1] ?? name, version: match?.[2] ?? version };
}

/**
 * Finds what fills each dependency: of alternatives the first that is there, by its own name or one that it provides.
 * Versions are dpkg's business, which did install it. A package for another architecture than the one that needs it
 * counts where there is no other (`Multi-Arch: foreign`).
 */
function dependencies(stanzas: readonly Fields[]): (fields: Fields) => string[] {
  const providers = new Map<string, { readonly key: string; readonly arch: string }[]>();
  for (const fields of stanzas) {
    const one = identity(fields);
    const names = [one.name, ...alternatives(fields.get('Provides')).flat()];
    for (const name of new Set(names)) {
      const provider = { key: packageKey(one), arch: one.arch };
      const known = providers.get(name);
      // Who has the name itself comes before who provides it.
      if (known === undefined) providers.set(name, [provider]);
      else if (name === one.name) known.unshift(provider);
      else known.push(provider);
    }
  }
  return (fields) => {
    const one = identity(fields);
    const wanted = [...alternatives(fields.get('Pre-Depends')), ...alternatives(fields.get('Depends'))];
    const keys = wanted.flatMap((group) => {
      const candidates = group.map((name) => providers.get(name)).find((some) => some !== undefined) ?? [];
      const fitting = candidates.find(({ arch }) => arch === one.arch || arch === 'all') ?? candidates[0];
      return fitting === undefined || fitting.key === packageKey(one) ? [] : [fitting.key];
    });
    return [...new Set(keys)].sort();
  };
}

/** `a (>= 1) | b:any, c` as [[a, b], [c]]. */
function alternatives(field: string | undefined): string[][] {
  return (field ?? '')
    .split(',')
    .map((group) => group.split('|').flatMap((one) => /^[a-zA-Z0-9][a-zA-Z0-9+.-]*/.exec(one.trim())?.[0] ?? []))
    .filter((group) => group.length > 0);
}

/** What the package's copyright file says, where a machine can read it; links that lead out of the tree are not followed. */
function readLicences(tree: string, name: string): readonly string[] | undefined {
  if (!/^[a-z0-9][a-z0-9+.-]*$/.test(name)) return undefined;
  try {
    const path = insideTree(tree, `usr/share/doc/${name}/copyright`);
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (!found?.isFile() || found.size > MOST_BYTES.copyright) return undefined;
    return parseLicences(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error instanceof WorkError) return undefined;
    throw error;
  }
}
