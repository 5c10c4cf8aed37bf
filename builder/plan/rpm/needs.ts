// SPDX-License-Identifier: Apache-2.0
import type { StorageLayers, StorageNeed, SystemPlan } from '../types.js';
import type { RpmFamily } from './distributions.js';
import type { RpmFacts } from './facts.js';

/** A package that the rest of the plan asks for. */
export interface RpmNeed {
  readonly name: string;
  readonly why: string;
  /** Without it the image is not what was asked for. Others are left out where they are excluded, or no repository has them. */
  readonly firm: boolean;
}

/** What is known of the system when its needs are collected. */
export interface NeedsInput {
  readonly facts: RpmFacts;
  readonly system: SystemPlan;
  readonly storage: StorageLayers;
  readonly firmware: readonly ('bios' | 'uefi')[];
  readonly bootable: boolean;
  /** The kickstart names a kernel of its own. */
  readonly hasKernel: boolean;
}

/** Packages by what the storage is made of; each name is Fedora's, then SUSE's where that differs. */
const STORAGE: Readonly<Record<StorageNeed, readonly (readonly [name: string, suse: string, why: string])[]>> = {
  lvm: [['lvm2', 'lvm2', 'the storage has logical volumes']],
  thin: [
    ['device-mapper-persistent-data', 'thin-provisioning-tools', 'thin volumes are checked before they are opened'],
  ],
  luks: [['cryptsetup', 'cryptsetup', 'the storage is encrypted']],
  raid: [['mdadm', 'mdadm', 'the storage has arrays']],
  btrfs: [['btrfs-progs', 'btrfsprogs', 'the devices of btrfs are found by it']],
  xfs: [['xfsprogs', 'xfsprogs', 'repair of the xfs file systems']],
  ext: [['e2fsprogs', 'e2fsprogs', 'checks of the ext file systems']],
  vfat: [['dosfstools', 'dosfstools', 'checks of the vfat file systems']],
  overlay: [],
};

/** Of these the system starts without its tools, too. */
const ONLY_TOOLS: readonly StorageNeed[] = ['xfs', 'ext', 'vfat'];

/** What the other parts of the plan need of an rpm system. */
export function rpmNeeds(input: NeedsInput): RpmNeed[] {
  return [...baseNeeds(input), ...bootNeeds(input), ...storageNeeds(input), ...settingNeeds(input)];
}

function firm(name: string, why: string): RpmNeed {
  return { name, why, firm: true };
}

function soft(name: string, why: string): RpmNeed {
  return { name, why, firm: false };
}

function baseNeeds({ facts }: NeedsInput): RpmNeed[] {
  return [
    firm(facts.releasePackage, 'the system’s own name, and its repositories'),
    // What the entry of an unknown descent needs is its own packages' to say.
    ...(facts.family === 'other' ? [] : [firm('systemd', 'the system needs an init')]),
  ];
}

function bootNeeds({ facts, firmware, bootable, hasKernel }: NeedsInput): RpmNeed[] {
  if (!bootable) return [];
  const { bios, uefi, other } = facts.boot;
  const loaders = [
    ...(firmware.includes('bios') && bios ? [firm(bios.package, 'the boot loader, from BIOS')] : []),
    ...(firmware.includes('uefi') && uefi
      ? [
          firm(uefi.package, 'the boot loader, from UEFI'),
          ...(uefi.shim === undefined ? [] : [firm(uefi.shim, 'Secure Boot starts it first')]),
        ]
      : []),
    ...(other ? [firm(other.package, 'the boot loader')] : []),
  ];
  return [
    ...(hasKernel ? [] : [firm(facts.kernel, 'the kernel that the database names for this OS')]),
    firm('dracut', 'the kernel needs an initramfs'),
    ...(facts.family === 'fedora' && facts.distro !== 'openeuler'
      ? [soft('dracut-config-generic', 'the initramfs is for any machine, after updates too')]
      : []),
    ...loaders,
  ];
}

function storageNeeds({ facts, storage }: NeedsInput): RpmNeed[] {
  return storage.needs.flatMap((need) =>
    STORAGE[need].map(([name, suse, why]) => {
      const own = facts.family === 'suse' ? suse : name;
      return ONLY_TOOLS.includes(need) ? soft(own, why) : firm(own, why);
    }),
  );
}

/** Programs of settings, by family; a family that has no word for one has it in its base system. */
const PROGRAMS = {
  accounts: { fedora: 'shadow-utils', suse: 'shadow', mageia: 'shadow-utils' },
  time: { fedora: 'chrony', suse: 'chrony', mageia: 'chrony' },
  firewall: { fedora: 'firewalld', suse: 'firewalld', mageia: 'firewalld' },
  network: { fedora: 'NetworkManager', suse: 'NetworkManager', mageia: 'networkmanager' },
  wifi: { fedora: 'NetworkManager-wifi' },
  team: { fedora: 'NetworkManager-team' },
  certificates: { fedora: 'ca-certificates', suse: 'ca-certificates', mageia: 'rootcerts' },
  keyboard: { fedora: 'kbd', suse: 'kbd', mageia: 'kbd' },
  zone: { fedora: 'tzdata', suse: 'timezone', mageia: 'timezone' },
  policy: { fedora: 'selinux-policy-targeted', suse: 'selinux-policy-targeted' },
  labels: { fedora: 'policycoreutils', suse: 'policycoreutils' },
  authselect: { fedora: 'authselect' },
} as const satisfies Readonly<Record<string, Readonly<Partial<Record<RpmFamily, string>>>>>;

function settingNeeds({ facts, system }: NeedsInput): RpmNeed[] {
  const program = (name: keyof typeof PROGRAMS, why: string, make = soft): RpmNeed[] => {
    const names: Readonly<Partial<Record<RpmFamily, string>>> = PROGRAMS[name];
    const found = names[facts.family];
    return found === undefined ? [] : [make(found, why)];
  };
  const kinds = new Set(system.network.map((one) => one.link.kind));
  const hasAccounts = system.rootPassword !== undefined || system.users.length > 0 || system.groups.length > 0;
  return [
    ...languageNeeds(facts, system),
    ...(hasAccounts ? program('accounts', 'accounts are made by it') : []),
    ...(system.keyboard && system.keyboard.layout !== 'us'
      ? program('keyboard', `keyboard ${system.keyboard.layout}`)
      : []),
    ...(system.timezone ? program('zone', `timezone ${system.timezone.zone}`) : []),
    ...(system.time?.enabled && system.time.servers.length > 0 ? program('time', 'time servers', firm) : []),
    // RHEL 6 and older have scripts of their own; NetworkManager reads its own files from 8 on, and older ones from 7.
    ...(system.network.length > 0 && !isOldEnterprise(facts) ? program('network', 'network connections') : []),
    ...(kinds.has('wifi') ? program('wifi', 'network --essid', firm) : []),
    ...(kinds.has('team') ? program('team', 'network --teamslaves', firm) : []),
    ...(system.firewall?.mode === 'enabled' && !isOldEnterprise(facts)
      ? program('firewall', 'firewall --enabled', firm)
      : []),
    ...(system.certificates.some((one) => one.anchor) ? program('certificates', '%certificate', firm) : []),
    ...(system.authselect && (facts.distro === 'fedora' || facts.release >= 8)
      ? program('authselect', 'authselect', firm)
      : []),
    ...(system.selinux && system.selinux.mode !== 'disabled'
      ? [
          ...program('policy', `selinux --${system.selinux.mode}`, firm),
          ...program('labels', `selinux --${system.selinux.mode}`, firm),
        ]
      : []),
  ];
}

function isOldEnterprise({ family, distro, release }: RpmFacts): boolean {
  return family === 'fedora' && (distro === 'fedora' ? release < 18 : distro !== 'openeuler' && release < 7);
}

/** glibc keeps each language in a package of its own (Fedora 24, RHEL 8), or all of them in one (SUSE). */
function languageNeeds({ family, distro, release }: RpmFacts, { locales }: SystemPlan): RpmNeed[] {
  if (!locales || locales.names.length === 0) return [];
  const why = `lang ${locales.names.join(' ')}`;
  if (family === 'suse') return [soft('glibc-locale', why)];
  if (family !== 'fedora' || distro === 'openeuler' || release < (distro === 'fedora' ? 24 : 8)) return [];
  const languages = new Set(
    locales.names.map((name) => name.split(/[_.@]/)[0]!).filter((one) => /^[a-z]{2,3}$/.test(one)),
  );
  return [...languages].map((language) => soft(`glibc-langpack-${language}`, why));
}
