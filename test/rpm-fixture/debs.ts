// SPDX-License-Identifier: Apache-2.0
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { program } from './program.js';

/** A Debian package as the archive's index describes it. */
export interface Deb {
  readonly name: string;
  readonly version: string;
  readonly sha256: string;
  /** What it has to have, each as the names of which one is enough; versions and architectures are left out. */
  readonly depends: readonly (readonly string[])[];
}

/** What the index says of packages: nothing is fetched to know whether something made of them is up to date. */
export async function describeDebs(names: readonly string[]): Promise<Deb[]> {
  const text = await program(['apt-cache', 'show', '--no-all-versions', ...names]);
  return text
    .split('\n\n')
    .filter((stanza) => stanza.trim() !== '')
    .map((stanza) => {
      const field = (key: string): string => new RegExp(`^${key}: (.*)$`, 'm').exec(stanza)?.[1] ?? '';
      return {
        name: field('Package'),
        version: field('Version'),
        sha256: field('SHA256'),
        depends: [...parseDepends(field('Pre-Depends')), ...parseDepends(field('Depends'))],
      };
    });
}

function parseDepends(text: string): string[][] {
  if (text === '') return [];
  return text.split(',').map((one) => one.split('|').map((name) => name.trim().split(/[\s:(]/)[0]!));
}

/** The packages that an empty machine gets with these, without recommended ones. */
export async function closeOver(names: readonly string[]): Promise<string[]> {
  const words = ['-o', 'Dir::State::status=/dev/null', '-o', 'APT::Install-Recommends=0', '-s', 'install'];
  const text = await program(['apt-get', ...words, ...names]);
  return [...text.matchAll(/^Inst (\S+)/gm)].map((match) => match[1]!);
}

/** The kernel package behind a meta package: its name changes with every update. */
export async function kernelBehind(meta: string): Promise<string> {
  const text = await program(['apt-cache', 'depends', '--no-recommends', '--no-suggests', meta]);
  const name = /Depends: (linux-image-\S+)/.exec(text)?.[1];
  if (name === undefined) throw new Error(`the package index has no kernel behind ${meta}: run apt-get update`);
  return name;
}

/** Fetches packages into a folder and gives their files by name, the part before the first underscore. */
export async function fetchDebs(names: readonly string[], folder: string): Promise<Map<string, string>> {
  // The sandbox user of apt could not write there; the downloads are checked against the index all the same.
  await program(['apt-get', '-q', '-o', 'APT::Sandbox::User=root', 'download', ...names], { cwd: folder });
  return new Map(
    readdirSync(folder)
      .filter((file) => file.endsWith('.deb'))
      .map((file) => [file.split('_')[0]!, join(folder, file)]),
  );
}
