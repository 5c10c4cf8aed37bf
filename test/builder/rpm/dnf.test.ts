// SPDX-License-Identifier: Apache-2.0
import { beforeAll, describe, expect, it } from 'vitest';
import { newFolder } from '../../osinfo/load/folders.js';
import { at, install, packages, rpmPlan } from './install.js';
import { buildPackages, formatComps, indexPackages } from './repository.js';

let fixture: string;
beforeAll(() => {
  fixture = newFolder();
  buildPackages(
    [
      { name: 'a', requires: ['b'], files: ['/usr/share/a'] },
      { name: 'b', requires: ['c'], recommends: ['weak'] },
      { name: 'c', scripts: { post: 'print("x")' } },
      { name: 'weak' },
      { name: 'core1' },
      { name: 'core2' },
      { name: 'core3' },
    ],
    fixture,
  );
  indexPackages(fixture, {
    comps: formatComps([
      { id: 'core', name: 'Core', mandatory: ['core1', 'nowhere'], default: ['core2'], optional: ['core3'] },
    ]),
  });
}, 60_000);

describe('dnf', () => {
  it('installs', async () => {
    const system = await install(
      rpmPlan(fixture, {
        packages: packages('a'),
        groups: [{ kind: 'group', name: 'core', members: 'default', at: at(3) }],
      }),
    );
    console.log(system.names(), system.notices, system.files());
    expect(system.names()).toEqual(['a', 'b', 'c', 'core1', 'core2', 'weak']);
  });
});
