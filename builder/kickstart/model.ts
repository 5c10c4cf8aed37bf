// SPDX-License-Identifier: Apache-2.0
import type { Autopart, Btrfs, LogicalVolume, Part, Raid, VolumeGroup } from './model-storage.js';

export type * from './model-storage.js';

/** The result of reading a kickstart: data with a place on every piece. Sizes are MiB where the language says MiB. */

export interface At {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export interface Issue {
  readonly severity: 'error' | 'warning' | 'notice';
  /** Stable word: `unknown-command`, `missing-end`… */
  readonly code: string;
  readonly at: At;
  /** One sentence: what is wrong, and what to do where it is known. */
  readonly message: string;
}

/**
 * A command line as read: the canonical command name, option values by canonical option name without dashes
 * (`luks-version`), and what is left. Commands whose words are kept as they stand have them as one argument.
 */
export interface CommandLine {
  readonly name: string;
  readonly at: At;
  readonly options: Readonly<Record<string, OptionValue>>;
  readonly args: readonly string[];
}

export type OptionValue = string | number | boolean | readonly string[];

export interface Script {
  readonly type: 'pre' | 'pre-install' | 'post' | 'onerror' | 'traceback';
  readonly at: At;
  readonly interpreter: string;
  readonly chroot: boolean;
  readonly errorOnFail: boolean;
  readonly log: string | undefined;
  readonly body: string;
}

export interface PackageEntry {
  readonly kind: 'package' | 'group' | 'environment';
  readonly name: string;
  readonly at: At;
  /** Groups: `--nodefaults` or `--optional`. */
  readonly include?: 'nodefaults' | 'optional';
}

export interface Packages {
  readonly at: At | undefined;
  readonly include: readonly PackageEntry[];
  readonly exclude: readonly PackageEntry[];
  readonly excludeDocs: boolean;
  readonly excludeWeakdeps: boolean;
  readonly ignoreMissing: boolean;
  readonly ignoreBroken: boolean;
  readonly noCore: boolean;
  /** `--nobase` of releases before Fedora 22 and RHEL 8. */
  readonly noBase: boolean;
  readonly default: boolean;
  readonly multilib: boolean;
  readonly instLangs: readonly string[] | undefined;
  readonly timeout: number | undefined;
  readonly retries: number | undefined;
}

export interface Addon {
  readonly name: string;
  readonly args: readonly string[];
  readonly at: At;
  readonly body: string;
}

export interface TimeSource {
  readonly at: At;
  readonly kind: 'server' | 'pool' | 'disable';
  /** Undefined for `disable`. */
  readonly host: string | undefined;
  readonly nts: boolean;
}

export interface Module {
  readonly at: At;
  readonly name: string;
  readonly stream: string | undefined;
  readonly enable: boolean;
}

export interface Certificate {
  readonly at: At;
  readonly filename: string;
  readonly dir: string | undefined;
  readonly type: string | undefined;
  /** Without blank lines around it. */
  readonly body: string;
}

export interface RootPassword {
  readonly at: At;
  readonly password: string | undefined;
  readonly crypted: boolean;
  readonly lock: boolean;
  /** Root may log in over ssh with the password. */
  readonly allowSsh: boolean;
}

export interface User {
  readonly at: At;
  readonly name: string;
  readonly password: string | undefined;
  readonly crypted: boolean;
  readonly lock: boolean;
  readonly groups: readonly string[];
  readonly uid: number | undefined;
  readonly gid: number | undefined;
  readonly homedir: string | undefined;
  readonly shell: string | undefined;
  readonly gecos: string | undefined;
}

export interface Group {
  readonly at: At;
  readonly name: string;
  readonly gid: number | undefined;
}

export interface SshKey {
  readonly at: At;
  readonly username: string;
  readonly key: string;
}

export interface Bootloader {
  readonly at: At;
  readonly append: string | undefined;
  readonly timeout: number | undefined;
  readonly location: string;
  readonly disabled: boolean;
  readonly bootDrive: string | undefined;
  readonly password: string | undefined;
  readonly passwordCrypted: boolean;
  readonly extlinux: boolean;
  readonly leaveBootOrder: boolean;
}

export interface Network {
  readonly at: At;
  readonly device: string | undefined;
  readonly bootproto: string | undefined;
  readonly hostname: string | undefined;
  readonly ip: string | undefined;
  readonly netmask: string | undefined;
  readonly gateway: string | undefined;
  readonly nameservers: readonly string[];
  readonly onboot: boolean | undefined;
  readonly activate: boolean | undefined;
  readonly noIpv4: boolean;
  readonly noIpv6: boolean;
  readonly ipv6: string | undefined;
  readonly mtu: number | undefined;
  readonly options: Readonly<Record<string, OptionValue>>;
}

export interface Repo {
  readonly at: At;
  readonly name: string;
  readonly baseurl: string | undefined;
  readonly mirrorlist: string | undefined;
  readonly metalink: string | undefined;
  readonly cost: number | undefined;
  readonly includePkgs: readonly string[];
  readonly excludePkgs: readonly string[];
  readonly proxy: string | undefined;
  readonly install: boolean;
  readonly noVerifySsl: boolean;
}

export interface Url {
  readonly at: At;
  readonly url: string | undefined;
  readonly mirrorlist: string | undefined;
  readonly metalink: string | undefined;
  readonly proxy: string | undefined;
  readonly noVerifySsl: boolean;
}

export interface Kickstart {
  readonly file: string;
  /** `# osinfo: SHORTID` of the header comments, with its line. */
  readonly osinfo: { readonly name: string; readonly at: At } | undefined;
  /** Every command in file order, those with a field below too. */
  readonly commands: readonly CommandLine[];
  readonly lang: { readonly at: At; readonly lang: string; readonly addSupport: readonly string[] } | undefined;
  readonly keyboard:
    | {
        readonly at: At;
        readonly keymap: string | undefined;
        readonly vcKeymap: string | undefined;
        readonly xLayouts: readonly string[];
        readonly switchOptions: readonly string[];
      }
    | undefined;
  readonly timezone:
    | {
        readonly at: At;
        readonly zone: string | undefined;
        readonly utc: boolean;
        readonly noNtp: boolean;
        readonly ntpServers: readonly string[];
      }
    | undefined;
  readonly rootpw: RootPassword | undefined;
  readonly users: readonly User[];
  readonly groups: readonly Group[];
  readonly sshKeys: readonly SshKey[];
  readonly network: readonly Network[];
  readonly services:
    | { readonly at: At; readonly enabled: readonly string[]; readonly disabled: readonly string[] }
    | undefined;
  readonly firewall:
    | {
        readonly at: At;
        readonly enabled: boolean;
        readonly ports: readonly string[];
        readonly services: readonly string[];
        readonly trusts: readonly string[];
        readonly removedServices: readonly string[];
        readonly useSystemDefaults: boolean;
      }
    | undefined;
  readonly selinux: { readonly at: At; readonly mode: 'enforcing' | 'permissive' | 'disabled' | undefined } | undefined;
  readonly bootloader: Bootloader | undefined;
  readonly parts: readonly Part[];
  readonly volumeGroups: readonly VolumeGroup[];
  readonly logicalVolumes: readonly LogicalVolume[];
  readonly raids: readonly Raid[];
  readonly btrfs: readonly Btrfs[];
  readonly autopart: Autopart | undefined;
  readonly reqpart: { readonly at: At; readonly addBoot: boolean } | undefined;
  /** Disks to leave alone, or the only ones to use. */
  readonly ignoredisk:
    | { readonly at: At; readonly drives: readonly string[]; readonly onlyUse: readonly string[] }
    | undefined;
  readonly zerombr: { readonly at: At } | undefined;
  readonly clearpart:
    | {
        readonly at: At;
        readonly initAll: boolean;
        readonly disklabel: string | undefined;
        readonly type: string | undefined;
        readonly drives: readonly string[];
        readonly devices: readonly string[];
      }
    | undefined;
  readonly url: Url | undefined;
  readonly repos: readonly Repo[];
  readonly timeSources: readonly TimeSource[];
  readonly modules: readonly Module[];
  readonly firstboot: { readonly at: At; readonly state: 'enable' | 'disable' | 'reconfig' | undefined } | undefined;
  readonly skipx: { readonly at: At } | undefined;
  readonly xconfig:
    | { readonly at: At; readonly startOnBoot: boolean; readonly defaultDesktop: string | undefined }
    | undefined;
  /** `auth` and `authconfig`: the words as they stand. */
  readonly auth: { readonly at: At; readonly text: string } | undefined;
  readonly authselect: { readonly at: At; readonly text: string } | undefined;
  /** The last of reboot, shutdown, halt and poweroff. */
  readonly ending:
    | {
        readonly at: At;
        readonly action: 'reboot' | 'shutdown' | 'halt' | 'poweroff';
        readonly eject: boolean;
        readonly kexec: boolean;
      }
    | undefined;
  /** The last of text, graphical and cmdline. */
  readonly displayMode:
    | { readonly at: At; readonly mode: 'text' | 'graphical' | 'cmdline'; readonly nonInteractive: boolean }
    | undefined;
  readonly packages: Packages;
  readonly certificates: readonly Certificate[];
  /** `%anaconda` sections, kept as they stand. */
  readonly anaconda: readonly Addon[];
  readonly scripts: readonly Script[];
  readonly addons: readonly Addon[];
  /** Files that `%include` and `%ksappend` named, in the order met; `path` is undefined where none was found. */
  readonly includes: readonly { readonly at: At; readonly named: string; readonly path: string | undefined }[];
  /** Errors make the result unusable: `parseKickstart` returns it all the same, so that every error is shown in one run. */
  readonly issues: readonly Issue[];
}
