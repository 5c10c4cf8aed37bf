// SPDX-License-Identifier: Apache-2.0
import type { Os } from '../../osinfo/model/types.js';
import type { Issue, Kickstart } from '../kickstart/model.js';
import { type Acceptance, refuseOrWarn } from './accepted.js';
import { readDebAddon, withExtras } from './deb-addon.js';
import { planUsrLinks } from './merged-usr.js';
import { DEB_ARCH, readDebFacts } from './os-facts.js';
import { planPackages } from './packages.js';
import { packagingType, planRpmInstall, readRpmFacts } from './rpm/index.js';
import { keyringNotice, planSources } from './sources.js';
import type { HostFacts, InstallPlan, Plan, StorageLayers, SystemPlan } from './types.js';

export interface FamilyInput {
  readonly kickstart: Kickstart;
  readonly os: Os;
  readonly arch: string;
  readonly host: HostFacts;
  readonly mirror: string | undefined;
}

/** The other parts of a plan, from which an installation follows. */
export interface InstallInput {
  readonly system: SystemPlan;
  readonly storage: StorageLayers;
  readonly firmware: readonly ('bios' | 'uefi')[];
  readonly bootable: boolean;
  readonly acceptance: Acceptance;
}

/** What the kind of an OS's packages decides. */
export interface PlannedFamily {
  readonly name: Plan['os']['family'];
  /** The package manager's name of the architecture. */
  readonly arch: string;
  /** The type of a file system for which the kickstart names none. */
  readonly defaultFilesystem: 'ext4' | 'xfs';
  readonly notices: readonly Issue[];
  install(input: InstallInput): InstallPlan;
}

/**
 * The family of an OS, its entry read.
 * @throws InputError when the entry does not say how the OS is put together
 */
export function chooseFamily(input: FamilyInput, acceptance: Acceptance): PlannedFamily {
  return packagingType(input.os) === 'rpm' ? rpmFamily(input) : debFamily(input, acceptance);
}

function debFamily({ kickstart, os, arch, host, mirror }: FamilyInput, acceptance: Acceptance): PlannedFamily {
  const extras = readDebAddon(kickstart);
  const deb = withExtras(readDebFacts(os, arch), extras);
  refuseModules(kickstart, acceptance);
  return {
    name: 'deb',
    arch: DEB_ARCH[arch]!,
    defaultFilesystem: 'ext4',
    notices: keyringNotice(kickstart, deb, host),
    install: (parts) => {
      const packages = planPackages({ kickstart, deb, extras, ...parts });
      return {
        family: 'deb',
        ...planSources(kickstart, deb, host, mirror),
        ...packages,
        usrLinks: planUsrLinks(deb, DEB_ARCH[arch]!, packages.packages),
        debconf: extras.debconf,
      };
    },
  };
}

function rpmFamily({ kickstart, os, arch, mirror }: FamilyInput): PlannedFamily {
  const facts = readRpmFacts(os, arch);
  const root = os.facts.find((one) => one.name === 'root-filesystem')?.attributes['type'];
  return {
    name: 'rpm',
    arch: facts.basearch,
    defaultFilesystem: root === 'xfs' ? 'xfs' : 'ext4',
    notices: [],
    install: ({ acceptance, ...parts }) =>
      planRpmInstall({ kickstart, facts, mirror, notices: acceptance.notices, ...parts }),
  };
}

/** Streams of modules are a choice that only rpm repositories offer. */
function refuseModules({ modules }: Kickstart, acceptance: Acceptance): void {
  for (const { at, name } of modules) {
    const message = `module ${name}: a deb system has no modules: name the package in the version wanted, such as ${name}=1.2*`;
    refuseOrWarn(acceptance, { name: 'module', code: 'module', at, message });
  }
}
