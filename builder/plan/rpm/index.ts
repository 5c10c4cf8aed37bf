// SPDX-License-Identifier: Apache-2.0
import type { Issue, Kickstart } from '../../kickstart/model.js';
import type { StorageLayers, SystemPlan } from '../types.js';
import type { RpmFacts } from './facts.js';
import { rpmNeeds } from './needs.js';
import { namesKernel, planRpmPackages } from './packages.js';
import { planRpmSources } from './sources.js';
import type { RpmInstallPlan } from './types.js';

export { packagingType, readRpmFacts } from './facts.js';

export interface RpmInput {
  readonly kickstart: Kickstart;
  readonly facts: RpmFacts;
  readonly system: SystemPlan;
  readonly storage: StorageLayers;
  readonly firmware: readonly ('bios' | 'uefi')[];
  readonly bootable: boolean;
  readonly mirror: string | undefined;
  readonly notices: Issue[];
}

/**
 * How an rpm system is installed: from the kickstart, and where it is silent from the database.
 * @throws InputError with the kickstart's line
 */
export function planRpmInstall(input: RpmInput): RpmInstallPlan {
  const { kickstart, facts, mirror, notices } = input;
  const needs = rpmNeeds({ ...input, hasKernel: namesKernel(kickstart) });
  return {
    family: 'rpm',
    tool: facts.tool,
    releasever: facts.releasever,
    basearch: facts.basearch,
    ...(facts.modulePlatform === undefined ? {} : { modulePlatform: facts.modulePlatform }),
    database: facts.database,
    ...planRpmSources(kickstart, facts, mirror, notices),
    ...planRpmPackages(kickstart, facts, needs),
  };
}
