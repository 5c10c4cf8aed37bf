// SPDX-License-Identifier: Apache-2.0
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { RpmGroupPlan, RpmInstallPlan } from '../../../builder/plan/types.js';
import { newFolder } from '../../osinfo/load/folders.js';
import { hasCommand } from '../stages/tree.js';
import { at, type Installed, install, packages, refusal, repository, rpmPlan } from './install.js';
import { buildPackages, COMMON, formatComps, indexPackages } from './repository.js';

/** The same module in a stream, whose only package has the stream's number as its version. */
const stream = (name: string): string => `---
document: modulemd
version: 2
data:
  name: mymod
  stream: "${name}"
  version: 1
  context: abcd1234
  arch: noarch
  summary: s
  description: d
  license: {module: [MIT]}
  profiles: {common: {rpms: [modular]}}
  artifacts: {rpms: ["modular-0:${name}-1.noarch"]}
`;

const MODULES = `${stream('1')}${stream('2')}...
`;

const TIME = 60_000;
let main: string;
let modular: string;

beforeAll(() => {
  if (!hasCommand('rpmbuild') || !hasCommand('dnf')) return;
  main = newFolder();
  modular = newFolder();
  buildPackages(
    [
      ...COMMON,
      { name: 'bad-posttrans', scripts: { posttrans: 'error("no posttrans")' } },
      { name: 'bad-trigger', scripts: { transfiletriggerin: 'error("no trigger")' } },
      { name: 'lang', files: ['/usr/share/locale/de/x', '/usr/share/locale/fr/x', '/usr/share/plain'] },
      { name: 'h-one' },
      { name: 'h-two' },
      { name: 'core1' },
      { name: 'core2' },
      { name: 'opt1' },
      { name: 'tools1' },
      { name: 'tools2' },
      { name: 'tools-opt' },
    ],
    main,
  );
  indexPackages(main, {
    comps: formatComps(
      [
        {
          id: 'core',
          name: 'Core',
          mandatory: ['core1', 'nowhere'],
          default: ['core2'],
          optional: ['opt1'],
          conditional: ['h-two if h-one'],
        },
        { id: 'tools', name: 'Some Tools', mandatory: ['tools1'], default: ['tools2'], optional: ['tools-opt'] },
      ],
      { 'minimal-environment': ['core'], 'server-environment': ['core', 'tools'] },
    ),
  });
  buildPackages([{ name: 'modular' }], modular);
  indexPackages(modular, { modules: MODULES });
}, TIME);

const group = (name: string, members: RpmGroupPlan['members'] = 'default'): RpmGroupPlan => ({
  kind: 'group',
  name,
  members,
  at: at(3),
});
const environment = (name: string): RpmGroupPlan => ({ kind: 'environment', name, members: 'default', at: at(4) });
const plan = (more: Partial<RpmInstallPlan>) => rpmPlan(main, more);

const EPOCH = 1_700_000_000;
const cache = newFolder();
let kept: Promise<Installed> | undefined;
/** A system that is only looked at: it is installed once. */
const first = (): Promise<Installed> => {
  kept ??= install(plan({ packages: packages('a') }), { cache, epoch: EPOCH });
  return kept;
};

const refused = (more: Partial<RpmInstallPlan>) => refusal(plan(more));

describe.runIf(hasCommand('dnf') && hasCommand('rpmbuild'))('dnf', () => {
  it('installs packages with what they need, and leaves nothing of itself', { timeout: TIME }, async () => {
    const system = await first();
    expect(system.names()).toEqual(['a', 'b', 'c', 'weak']);
    expect(system.read('usr/share/a')).toBe('/usr/share/a\n');
    expect(system.notices).toEqual([]);
    expect(system.before).toEqual([
      ...['dev', 'etc', 'proc', 'sys', 'usr', 'usr/lib', 'usr/lib/sysimage', 'usr/lib/sysimage/rpm'],
      ...['usr/lib/sysimage/rpm/rpmdb.sqlite', 'usr/share', 'usr/share/a', 'usr/share/doc', 'usr/share/doc/a'],
      ...[
        'usr/share/doc/a/README',
        'var',
        'var/cache',
        'var/lib',
        'var/lib/dnf',
        'var/lib/dnf/history.sqlite',
        'var/log',
      ],
    ]);
  });

  it('leaves out weak dependencies, documentation, languages and what is excluded; keeps repositories', {
    timeout: TIME,
  }, async () => {
    const kept = repository('extra', 'https://extra.example/$releasever', {
      cost: 5,
      keys: [{ url: 'https://extra.example/key', fingerprints: [] }],
      gpgCheck: true,
    });
    const system = await install(
      plan({
        packages: packages('a', 'lang', 'h-*'),
        recommends: false,
        docs: false,
        languages: ['de'],
        exclude: [{ name: 'h-t?o', at: at(9) }],
        imageRepositories: [kept],
        multilib: true,
      }),
    );
    expect(system.read('etc/yum.repos.d/extra.repo')).toMatch(
      /^\[extra\]\nname=extra\nbaseurl=https:\/\/extra\.example\/\$releasever\nenabled=1\nskip_if_unavailable=0\ngpgcheck=1\ngpgkey=https:\/\/extra\.example\/key\ncost=5\n/,
    );
    expect(system.read('etc/dnf/dnf.conf')).toBe('[main]\nmultilib_policy=all\n');
    expect(system.names()).toEqual(['a', 'b', 'c', 'h-one', 'lang']);
    expect(system.files().filter((path) => path.includes('locale/') || path.includes('/doc/a/'))).toEqual([
      'usr/share/locale/de',
      'usr/share/locale/de/x',
    ]);
    expect(system.read('etc/rpm/macros.image-language-conf')).toBe('%_install_langs de\n');
  });

  it('takes of each group what the kickstart says, and says what of it is nowhere', { timeout: TIME }, async () => {
    const system = await install(
      plan({ groups: [group('core', 'mandatory'), group('Some Tools', 'all')], packages: packages('h-one') }),
    );
    expect(system.names()).toEqual(['core1', 'h-one', 'h-two', 'tools-opt', 'tools1', 'tools2']);
    expect(system.notices).toEqual(['@core names packages that no repository has: nowhere']);
  });

  it('takes environments by their id, and leaves groups of them out', { timeout: TIME }, async () => {
    const part = await install(
      plan({
        groups: [environment('server-environment')],
        excludeGroups: [
          { name: 'tools', at: at(5) },
          { name: 'nothing', at: at(6) },
        ],
      }),
    );
    expect(part.names()).toEqual(['core1', 'core2']);
    expect(part.notices).toContain('-@nothing: no repository has such a group');
  });

  it('names what no repository has, with the line', { timeout: TIME }, async () => {
    expect(await refused({ packages: packages('a', 'nosuch') })).toMatch(
      /^InputError: test\.ks:11:1: package nosuch is not in the repositories/,
    );
    expect(await refused({ groups: [group('nosuch')], packages: packages('a', 'nosuch') })).toMatch(
      /^InputError: test\.ks:3:1: @nosuch: no repository has such a group; check its name: there are core, tools/,
    );
    expect(await refused({ groups: [environment('nosuch')] })).toMatch(
      /^InputError: test\.ks:4:1: @\^nosuch: .*minimal-environment, server-environment/,
    );
    expect(await refused({ packages: packages('a', 'c'), exclude: [{ name: 'c', at: at(20) }] })).toMatch(
      /^InputError: test\.ks:11:1: package c is left out by -c at test\.ks:20:1/,
    );
  });

  it('leaves out what is missing or broken where the kickstart says so, and says it', { timeout: TIME }, async () => {
    const system = await install(
      plan({
        packages: packages('c', 'nosuch', 'unmet'),
        groups: [group('nosuch')],
        ignoreMissing: true,
        ignoreBroken: true,
      }),
    );
    expect(system.names()).toEqual(['c']);
    expect(system.notices).toEqual([
      '@nosuch: no repository has such a group: left out (--ignoremissing)',
      'package nosuch cannot be installed: left out (--ignorebroken)',
      'package unmet cannot be installed: left out (--ignorebroken)',
    ]);
  });

  it('leaves out what the system only might use, and says it', { timeout: TIME }, async () => {
    const check = { name: 'e2fsprogs', why: 'checks of the ext file systems', optional: true } as const;
    const system = await install(plan({ packages: [...packages('c'), check] }));
    expect(system.names()).toEqual(['c']);
    expect(system.notices).toEqual([
      'package e2fsprogs is not in the repositories: left out (it is for: checks of the ext file systems)',
    ]);
    expect(await refused({ packages: [...packages('c', 'nosuch'), check] })).toMatch(
      /^InputError: test\.ks:11:1: package nosuch is not/,
    );
  });

  it('says what cannot be installed together, with the line that asked for it', { timeout: TIME }, async () => {
    expect(await refused({ packages: packages('c', 'unmet') })).toMatch(
      /^InputError: test\.ks:11:1: it cannot be installed: nothing provides nosuchcap needed by unmet-1-1\.noarch/,
    );
    expect(await refused({ packages: packages('a'), exclude: [{ name: 'b', at: at(20) }] })).toMatch(
      /^InputError: test\.ks:20:1: -b: it is needed: .*requires b.*filtered out/,
    );
  });

  it('says which scripts of packages failed, though dnf ends well', { timeout: TIME }, async () => {
    const system = await install(plan({ packages: packages('bad-post', 'bad-posttrans', 'bad-trigger', 'a') }));
    expect(system.names()).toEqual(expect.arrayContaining(['bad-post', 'bad-posttrans', 'bad-trigger', 'a']));
    expect(system.notices).toEqual([
      expect.stringMatching(/^POSTIN of package bad-post failed.*installed all the same$/),
      expect.stringMatching(/^POSTTRANS of package bad-posttrans failed/),
      expect.stringMatching(/^a file trigger failed/),
    ]);
    expect(await refused({ packages: packages('bad-pre', 'c') })).toMatch(
      /^WorkError: installing packages failed: PREIN of package bad-pre failed/,
    );
  });

  it('enables streams of modules, and installs their profiles', { timeout: TIME }, async () => {
    const both = [repository('fx', main), repository('mods', modular)];
    const module = { name: 'mymod', stream: '1', at: at(7) };
    const system = await install(
      plan({
        repositories: both,
        modules: [
          { ...module, action: 'enable' },
          { ...module, action: 'install', profile: 'common' },
        ],
      }),
    );
    expect(system.names()).toEqual(['modular']);
    expect(system.read('etc/dnf/modules.d/mymod.module')).toMatch(/stream=1/);
    expect(await refused({ repositories: both, modules: [{ ...module, stream: '9', action: 'enable' }] })).toMatch(
      /^InputError: test\.ks:7:1: module mymod:9: no repository has such a module or stream/,
    );
    expect(await refused({ repositories: both, modules: [{ ...module, action: 'install', profile: 'nope' }] })).toMatch(
      /^InputError: test\.ks:7:1: .*mymod/,
    );
    expect(await refused({ repositories: both, packages: packages('modular') })).toMatch(
      /test\.ks:10:1: package modular is not in the repositories.*enable the module/,
    );
  });

  it('makes the same databases of the same packages at the same time, out of those of an earlier build', {
    timeout: TIME,
  }, async () => {
    const { sums } = await first();
    const again = await install(plan({ packages: packages('a') }), { cache, epoch: EPOCH });
    expect(again.sums).toEqual(sums);
    expect(readdirSync(join(cache, 'rpm/dnf'), { recursive: true })).toContainEqual(
      expect.stringMatching(/^fx-[0-9a-f]{16}\/metadata\.tar$/),
    );
  });
});
