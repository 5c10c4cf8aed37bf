// SPDX-License-Identifier: Apache-2.0
import { beforeAll, describe, expect, it } from 'vitest';
import type { RpmInstallPlan } from '../../../builder/plan/types.js';
import { newFolder } from '../../osinfo/load/folders.js';
import { hasCommand } from '../stages/tree.js';
import { at, install, packages, refusal, repository, rpmPlan } from './install.js';
import { buildPackages, COMMON, indexPackages } from './repository.js';

const TIME = 60_000;
let main: string;

beforeAll(() => {
  if (!hasCommand('rpmbuild') || !hasCommand('zypper')) return;
  main = newFolder();
  buildPackages([...COMMON], main);
  indexPackages(main);
}, TIME);

const plan = (more: Partial<RpmInstallPlan>) => rpmPlan(main, { tool: 'zypper', ...more });

const refused = (more: Partial<RpmInstallPlan>) => refusal(plan(more));

describe.runIf(hasCommand('zypper') && hasCommand('rpmbuild'))('zypper', () => {
  it('installs packages with what they need, and leaves nothing of itself', { timeout: TIME }, async () => {
    const system = await install(plan({ packages: packages('a') }));
    expect(system.names()).toEqual(['a', 'b', 'c', 'weak']);
    expect(system.notices).toEqual([]);
    expect(system.before.filter((path) => /zypp(?!\/AutoInstalled|$)|guestwright|log\//.test(path))).toEqual([]);
  });

  it('leaves out weak dependencies, documentation and what is excluded', { timeout: TIME }, async () => {
    const system = await install(
      plan({ packages: packages('a', 'b'), recommends: false, docs: false, exclude: [{ name: 'bad*', at: at(9) }] }),
    );
    expect(system.names()).toEqual(['a', 'b', 'c']);
    expect(system.has('usr/share/doc/a/README')).toBe(false);
  });

  it('names what no repository has, or leaves it out and says it', { timeout: TIME }, async () => {
    expect(await refused({ packages: packages('a', 'nosuch') })).toMatch(
      /^InputError: test\.ks:11:1: package nosuch is not in the repositories/,
    );
    const some = await install(
      plan({
        packages: [...packages('c', 'nosuch', 'unmet'), { name: 'kbd', why: 'keyboard de', optional: true }],
        ignoreMissing: true,
        ignoreBroken: true,
        groups: [{ kind: 'group', name: 'minimal_base', members: 'default', why: 'always' }],
      }),
    );
    expect(some.names()).toEqual(['c']);
    expect([...some.notices].sort()).toEqual([
      '@minimal_base: no repository has such a pattern: left out',
      'package kbd is not in the repositories: left out (it is for: keyboard de)',
      'package nosuch is not in the repositories: left out (--ignoremissing)',
      'package unmet cannot be installed: left out (--ignorebroken)',
    ]);
  });

  it('says what cannot be installed, with the line that asked for it', { timeout: TIME }, async () => {
    expect(await refused({ packages: packages('c', 'unmet') })).toMatch(
      /^InputError: test\.ks:11:1: it cannot be installed: .*nosuchcap/,
    );
  });

  it('says which scripts of packages failed, though zypper ends well', { timeout: TIME }, async () => {
    const system = await install(plan({ packages: packages('bad-post', 'c') }));
    expect(system.names()).toEqual(['bad-post', 'c']);
    expect(system.notices).toEqual([expect.stringMatching(/bad-post.*failed.*installed all the same/)]);
    expect(await refused({ packages: packages('bad-pre') })).toMatch(
      /^WorkError: installing packages failed: .*bad-pre/,
    );
  });

  it('says that a repository is dead', { timeout: TIME }, async () => {
    expect(await refused({ packages: packages('c'), repositories: [repository('gone', '/nowhere/at/all')] })).toMatch(
      /^WorkError: .*(?:gone|nowhere)/,
    );
  });
});
