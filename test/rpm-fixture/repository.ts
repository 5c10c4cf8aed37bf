// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { program } from './program.js';

/** Times and host names of a build: the same packages give the same bytes. */
const EPOCH = '1700000000';

/** What keeps rpmbuild from running programs of another family's distribution over the files, and from asking the clock. */
const MACROS: readonly string[] = [
  '__os_install_post %{nil}',
  'debug_package %{nil}',
  '_build_id_links none',
  '_binary_payload w1.zstdio',
  'use_source_date_epoch_as_buildtime 1',
  'clamp_mtime_to_source_date_epoch 1',
  '_buildhost fixture',
];

/** Where finished repositories are kept between runs, readable by every user. */
const KEPT = join('/var/tmp', `guestwright-rpm-fixture-${process.getuid?.() ?? 0}`);

/**
 * A folder that is made once for a key: beside its place, and renamed when it is whole.
 * @param parts all that the content follows from
 */
export async function keep(
  name: string,
  parts: readonly string[],
  make: (folder: string) => Promise<void>,
): Promise<string> {
  const key = createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 16);
  const place = join(KEPT, `${name}-${key}`);
  if (existsSync(place)) return place;
  mkdirSync(KEPT, { recursive: true, mode: 0o755 });
  const work = mkdtempSync(join(KEPT, `.${name}-`));
  try {
    await program(['chmod', '755', work]);
    await make(work);
    if (!existsSync(place)) renameSync(work, place);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return place;
}

/** The text of all files below a folder, with their names, as a part of a key. */
export function textOf(folder: string): string {
  return (readdirSync(folder, { recursive: true }) as string[])
    .sort()
    .filter((name) => statSync(join(folder, name)).isFile())
    .map((name) => `${name}\0${readFileSync(join(folder, name), 'utf8')}`)
    .join('\0');
}

/**
 * Builds a spec's packages into `folder/repository`.
 * @param root a tree that is there already, for a spec that installs nothing
 */
export async function buildPackages(
  spec: string,
  folder: string,
  defines: Readonly<Record<string, string>>,
  root?: string,
): Promise<void> {
  const definitions = [
    ...MACROS,
    `_topdir ${join(folder, 'rpmbuild')}`,
    `_rpmdir ${join(folder, 'repository')}`,
    '_rpmfilename %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm',
    ...Object.entries(defines).map(([name, value]) => `${name} ${value}`),
  ];
  const words = [
    ...definitions.flatMap((one) => ['--define', one]),
    ...(root === undefined ? [] : ['--buildroot', root]),
  ];
  await program(['rpmbuild', '-bb', '--nodeps', '--quiet', ...words, spec], {
    env: { SOURCE_DATE_EPOCH: EPOCH, HOME: folder },
  });
  rmSync(join(folder, 'rpmbuild'), { recursive: true });
}

/** Makes the metadata of a folder of packages; `comps` is the absolute path of its groups. */
export async function indexPackages(repository: string, comps?: string): Promise<void> {
  const packages = readdirSync(repository).filter((name) => name.endsWith('.rpm'));
  await program(['touch', '-d', `@${EPOCH}`, ...packages.map((name) => join(repository, name))]);
  await program([
    'createrepo_c',
    '-q',
    '--no-database',
    '--revision',
    EPOCH,
    '--set-timestamp-to-revision',
    ...(comps === undefined ? [] : ['-g', comps]),
    repository,
  ]);
}
