// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../../osinfo/errors.js';
import { matchesGlob } from '../../osinfo/query.js';
import type { Issue, Kickstart, PackageEntry } from '../kickstart/model.js';
import { type Acceptance, refuseOrWarn } from './accepted.js';
import type { DebExtras } from './deb-addon.js';
import type { BootKind, DebFacts } from './os-facts.js';
import { bareName } from './package-name.js';
import { storagePackages } from './storage-packages.js';
import { systemNeeds } from './system-needs.js';
import type { BootPlan, DebInstallPlan, PackagePlan, StorageLayers, SystemPlan } from './types.js';

type Packages = Pick<
  DebInstallPlan,
  'variant' | 'packages' | 'exclude' | 'recommends' | 'docs' | 'languages' | 'ignoreMissing'
>;

/** A package as apt takes it: a name, with `:arch`, `=version` (globs allowed there) or `/suite`. */
const PACKAGE = /^[a-z0-9][a-z0-9.+-]*(:[a-z0-9-]+)?(=[A-Za-z0-9.+:~*-]+|\/[a-z0-9-]+)?$/;

/** Groups of rpm systems' kickstarts that have a meaning here; the rest are refused. */
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  core: [],
  standard: [],
  'ssh-server': ['task-ssh-server'],
};

/** A kickstart that names it has its initramfs made by it: it takes the place of initramfs-tools. */
const DRACUT = 'dracut';

const BOOT_WHY: readonly (readonly [BootKind, string])[] = [
  ['bios', 'the boot loader, from BIOS'],
  ['uefi', 'the boot loader, from UEFI'],
  ['openfirmware', 'the boot loader, from Open Firmware'],
  ['zipl', 'the boot loader'],
];

export interface PackagesInput {
  readonly kickstart: Kickstart;
  readonly deb: DebFacts;
  readonly extras: DebExtras;
  readonly system: SystemPlan;
  readonly storage: StorageLayers;
  /** Firmwares that the disks start from. */
  readonly firmware: BootPlan['firmware'];
  readonly bootable: boolean;
  readonly acceptance: Acceptance;
}

/**
 * What is installed: the kickstart's names, and what the rest of the plan needs, each with its reason.
 * @throws InputError with the line of an entry that is no deb package or group
 */
export function planPackages(input: PackagesInput): Packages {
  const { kickstart, deb, extras, system, storage, firmware, bootable, acceptance } = input;
  const { packages } = kickstart;
  const { notices } = acceptance;
  const wanted = new Map<string, PackagePlan>();
  for (const entry of packages.include) {
    for (const name of namesOf(entry, notices)) wanted.set(name, { name, at: entry.at });
  }
  for (const { name, at } of extras.tasks) wanted.set(name, { name, at });
  const variant =
    extras.variant ?? (packages.noCore || hasMinimalEnvironment(packages.include) ? 'minbase' : 'important');
  const add = (name: string | undefined, why: string): void => {
    if (name !== undefined && !wanted.has(name)) wanted.set(name, { name, why });
  };
  const dracut = [...wanted.keys()].some((name) => bareName(name) === DRACUT);
  add('systemd-sysv', 'the system needs an init');
  if (bootable) {
    if (!hasKernel(wanted)) add(deb.kernel, 'the kernel that the database names for this OS');
    if (!dracut) add('initramfs-tools', 'the kernel needs an initramfs');
    // Without it in the tree the initramfs is made with gzip, which is slower and larger.
    add('zstd', 'the initramfs is compressed with it');
    if (deb.bootPackages.zipl === undefined) add('grub2-common', 'the boot loader');
    for (const [kind, why] of BOOT_WHY) {
      if ((kind !== 'bios' && kind !== 'uefi') || firmware.includes(kind)) add(deb.bootPackages[kind], why);
    }
  }
  add('udev', 'disks are found by UUID');
  const names = new Set([...wanted.keys()].map(bareName));
  for (const [name, why] of systemNeeds(system, { names, variant })) add(name, why);
  refuseUnguarded(system, names, acceptance);
  const exclude = planExclude(packages.exclude);
  const isExcluded = (name: string) => exclude.find((one) => matchesGlob(name, one.name));
  for (const { name, why, optional } of storagePackages({ deb, storage, dracut })) {
    const left = optional && !wanted.has(name) ? isExcluded(name) : undefined;
    if (left)
      notices.push({
        severity: 'warning',
        code: 'package-left-out',
        at: left.at,
        message: `-${name}: left out as asked; without it there are no ${why}`,
      });
    else add(name, why);
  }
  for (const { name, why } of wanted.values()) {
    const clash = why === undefined ? undefined : isExcluded(name);
    if (clash) {
      const message = `-${clash.name}: ${clash.name === name ? 'it' : name} is needed here (${why}); remove this line`;
      throw new InputError('package-needed', message, clash.at);
    }
  }
  return {
    variant,
    packages: [...wanted.values()],
    exclude,
    recommends: !packages.excludeWeakdeps,
    docs: !packages.excludeDocs,
    ...(packages.instLangs === undefined ? {} : { languages: packages.instLangs }),
    ignoreMissing: packages.ignoreMissing,
  };
}

/** @throws InputError with the line of an entry that is no deb package */
function planExclude(entries: readonly PackageEntry[]): Packages['exclude'] {
  return entries.map((entry) => {
    if (entry.kind !== 'package' || !/^[a-z0-9*?][a-z0-9.+*?-]*$/.test(entry.name)) {
      throw new InputError('package-exclude', `-${entry.name}: give the name of a deb package`, entry.at);
    }
    return { name: entry.name, at: entry.at };
  });
}

function hasMinimalEnvironment(entries: readonly PackageEntry[]): boolean {
  return entries.some((entry) => entry.kind === 'environment' && entry.name === 'minimal-environment');
}

function hasKernel(wanted: ReadonlyMap<string, PackagePlan>): boolean {
  return [...wanted.keys()].some((name) => name.startsWith('linux-image-'));
}

function namesOf(entry: PackageEntry, notices: Issue[]): string[] {
  if (entry.kind === 'package') {
    if (!PACKAGE.test(entry.name)) {
      throw new InputError('package-name', `${entry.name} is no name of a deb package`, entry.at);
    }
    return [entry.name];
  }
  if (entry.kind === 'environment') {
    if (entry.name === 'minimal-environment') return [];
    throw new InputError(
      'package-environment',
      `@^${entry.name} is an environment of rpm systems; list packages, or use @^minimal-environment`,
      entry.at,
    );
  }
  const names = GROUPS[entry.name];
  if (!names) {
    throw new InputError(
      'package-group',
      `@${entry.name} is a group of rpm systems; list packages, or use @core or @ssh-server`,
      entry.at,
    );
  }
  if (entry.name === 'standard') {
    notices.push({
      severity: 'notice',
      code: 'group-standard',
      at: entry.at,
      message: '@standard adds nothing beyond the base system; list what is missed',
    });
    return [];
  }
  return [...names];
}

/**
 * A firewall or SELinux that is asked for has to be chosen: which one is the kickstart's to say. Refused before anything
 * is downloaded.
 */
function refuseUnguarded({ firewall, selinux }: SystemPlan, names: ReadonlySet<string>, acceptance: Acceptance): void {
  if (firewall?.mode === 'enabled' && !['firewalld', 'ufw', 'nftables'].some((name) => names.has(name))) {
    const message = 'firewall: a Debian system has none by itself: add firewalld, ufw or nftables to %packages';
    refuseOrWarn(acceptance, { name: 'firewall', code: 'no-firewall', at: firewall.at, message });
  }
  if (selinux && selinux.mode !== 'disabled' && !names.has('selinux-basics')) {
    const message = `selinux --${selinux.mode}: a Debian system has none by itself: add selinux-basics to %packages`;
    refuseOrWarn(acceptance, { name: 'selinux', code: 'no-selinux', at: selinux.at, message });
  }
}
