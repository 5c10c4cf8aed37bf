// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { DebInstallPlan, Plan, RpmInstallPlan } from '../../../builder/plan/types.js';
import { readToolVersions, toolsFor } from '../../../builder/run/probes.js';
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
});
