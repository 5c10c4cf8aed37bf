// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newFolder } from '../../osinfo/load/folders.js';

/** A package without content. Scripts are Lua, which needs no shell in the tree. */
export interface EmptyPackage {
  readonly name: string;
  readonly requires?: readonly string[];
  readonly recommends?: readonly string[];
  readonly scripts?: Readonly<
    Partial<Record<'pretrans' | 'pre' | 'post' | 'posttrans' | 'transfiletriggerin', string>>
  >;
  /** Files by path; those of /usr/share/doc are documentation, those of /usr/share/locale/XX are of a language. */
  readonly files?: readonly string[];
}

/** Makes packages into a folder: seconds for dozens of them. */
export function buildPackages(packages: readonly EmptyPackage[], into: string): void {
  const work = newFolder();
  const [first, ...rest] = packages;
  const all = packages.flatMap((one) => one.files ?? []);
  const spec = [
    ...['Version: 1', 'Release: 1', 'License: none', 'BuildArch: noarch', 'AutoReqProv: no', `Summary: ${first!.name}`],
    `Name: ${first!.name}`,
    ...relations(first!),
    '%description',
    ...rest.flatMap((one) => [
      `%package -n ${one.name}`,
      `Summary: ${one.name}`,
      'AutoReqProv: no',
      ...relations(one),
      `%description -n ${one.name}`,
    ]),
    '%install',
    ...all.flatMap((path) => [`mkdir -p "%{buildroot}$(dirname ${path})"`, `echo ${path} >"%{buildroot}${path}"`]),
    ...packages.flatMap((one) => [
      ...Object.entries(one.scripts ?? {}).flatMap(([kind, lua]) =>
        kind === 'transfiletriggerin'
          ? [`%transfiletriggerin -n ${one.name} -p <lua> -- /usr`, lua]
          : [`%${kind} -n ${one.name} -p <lua>`, lua],
      ),
      `%files -n ${one.name}`,
      ...(one.files ?? []).map((path) => `${marker(path)}${path}`),
    ]),
  ].join('\n');
  writeFileSync(join(work, 'all.spec'), `${spec}\n`);
  mkdirSync(into, { recursive: true });
  const defines = {
    _topdir: work,
    _rpmdir: join(work, 'out'),
    _buildhost: 'test',
    _binary_payload: 'w1.gzdio',
    debug_package: '%{nil}',
    __os_install_post: '%{nil}',
  };
  execFileSync(
    'rpmbuild',
    [
      '-bb',
      '--quiet',
      ...Object.entries(defines).flatMap(([name, value]) => ['--define', `${name} ${value}`]),
      join(work, 'all.spec'),
    ],
    { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, HOME: work } },
  );
  const out = join(work, 'out/noarch');
  for (const name of readdirSync(out)) renameSync(join(out, name), join(into, name));
}

function relations({ requires = [], recommends = [] }: EmptyPackage): string[] {
  return [...requires.map((name) => `Requires: ${name}`), ...recommends.map((name) => `Recommends: ${name}`)];
}

function marker(path: string): string {
  const language = /^\/usr\/share\/locale\/([a-z]+)\//.exec(path)?.[1];
  return language === undefined ? (path.startsWith('/usr/share/doc/') ? '%doc ' : '') : `%lang(${language}) `;
}

/** Writes the metadata of a folder of packages, with groups and modules where they are given. */
export function indexPackages(folder: string, { comps, modules }: { comps?: string; modules?: string } = {}): void {
  const work = newFolder();
  const words = ['--quiet', '--no-database'];
  if (comps !== undefined) {
    writeFileSync(join(work, 'comps.xml'), comps);
    words.push('--groupfile', join(work, 'comps.xml'));
  }
  execFileSync('createrepo_c', [...words, folder], { stdio: 'ignore' });
  if (modules === undefined) return;
  writeFileSync(join(work, 'modules.yaml'), modules);
  execFileSync('modifyrepo_c', ['--mdtype=modules', join(work, 'modules.yaml'), join(folder, 'repodata')], {
    stdio: 'ignore',
  });
}

/** A group of comps.xml: its members by how much they belong to it, `name if other` for a conditional one. */
export interface TestGroup {
  readonly id: string;
  readonly name: string;
  readonly mandatory?: readonly string[];
  readonly default?: readonly string[];
  readonly optional?: readonly string[];
  readonly conditional?: readonly string[];
}

export function formatComps(
  groups: readonly TestGroup[],
  environments: Readonly<Record<string, readonly string[]>> = {},
): string {
  const member = (type: string, name: string): string => {
    const [what, when] = name.split(' if ');
    return `<packagereq type="${type}"${when === undefined ? '' : ` requires="${when}"`}>${what}</packagereq>`;
  };
  const types = ['mandatory', 'default', 'optional', 'conditional'] as const;
  return `<?xml version="1.0" encoding="UTF-8"?>
<comps>
${groups
  .map(
    (
      one,
    ) => `<group><id>${one.id}</id><name>${one.name}</name><name xml:lang="de">Gruppe</name><description/><default>true</default><uservisible>true</uservisible>
<packagelist>${types.flatMap((type) => (one[type] ?? []).map((name) => member(type, name))).join('')}</packagelist></group>`,
  )
  .join('\n')}
${Object.entries(environments)
  .map(
    ([id, members]) => `<environment><id>${id}</id><name>The ${id}</name><description/><display_order>1</display_order>
<grouplist>${members.map((one) => `<groupid>${one}</groupid>`).join('')}</grouplist><optionlist/></environment>`,
  )
  .join('\n')}
</comps>
`;
}

/** Packages that every installer is tried with. */
export const COMMON: Parameters<typeof buildPackages>[0] = [
  { name: 'a', requires: ['b'], files: ['/usr/share/a', '/usr/share/doc/a/README'] },
  { name: 'b', requires: ['c'], recommends: ['weak'] },
  { name: 'c' },
  { name: 'weak' },
  { name: 'bad-pre', scripts: { pre: 'error("no pre")' } },
  { name: 'bad-post', scripts: { post: 'error("no post")' } },
  { name: 'unmet', requires: ['nosuchcap'] },
];
