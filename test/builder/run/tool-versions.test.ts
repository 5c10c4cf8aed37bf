// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { DebInstallPlan, Plan, RpmInstallPlan } from '../../../builder/plan/types.js';
import { toolsFor } from '../../../builder/run/probes.js';
import { readToolVersions } from '../../../builder/run/tool-versions.js';
import { rpmPlan } from '../rpm/install.js';
import { hasCommand } from '../stages/tree.js';

const planOf = (install: RpmInstallPlan | DebInstallPlan): Plan =>
  ({ install, disks: [], storage: { raids: [], luks: [], volumeGroups: [], btrfs: [] } }) as unknown as Plan;
const INSTALLERS = ['mmdebstrap', 'rpm', 'dnf', 'zypper'];
const PLANS = {
  deb: [planOf({ family: 'deb' } as DebInstallPlan), ['mmdebstrap']],
  dnf: [planOf(rpmPlan('/x')), ['rpm', 'dnf']],
  zypper: [planOf(rpmPlan('/x', { tool: 'zypper' })), ['rpm', 'zypper']],
} as const;

describe('the tools of a build', () => {
  it.each(Object.entries(PLANS))('by %s are those that it needs', (_, [plan, wanted]) => {
    const programs = toolsFor(plan).map(({ program }) => program);
    expect(programs.filter((one) => INSTALLERS.includes(one))).toEqual(wanted);
  });

  it.each(Object.entries(PLANS).filter(([, [, names]]) => names.every(hasCommand)))(
    'by %s say their versions, and no other is asked',
    async (_, [plan, wanted]) => {
      const versions = await readToolVersions(plan);
      expect(Object.keys(versions).filter((one) => INSTALLERS.includes(one))).toEqual(wanted);
      for (const one of Object.values(versions)) expect(one).toMatch(/\d+\.\d+/);
    },
  );

  it.skipIf(!hasCommand('mmdebstrap'))('that are not started for it have the version that they would say', async () => {
    const said = execFileSync('mmdebstrap', ['--version'], { encoding: 'utf8' }).trim();
    expect((await readToolVersions(PLANS.deb[0]))['mmdebstrap']).toBe(said);
  });
});
