// SPDX-License-Identifier: Apache-2.0

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

/** A command line as read: the canonical command name, option values by canonical option name, and what is left. */
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

export interface Part {
  readonly at: At;
  /** `/`, `/boot`, `swap`, `biosboot`, `pv.01`, `raid.11`, `btrfs.1`… */
  readonly mountpoint: string;
  readonly sizeMiB: number | undefined;
  readonly maxSizeMiB: number | undefined;
  readonly grow: boolean;
  readonly fstype: string | undefined;
  readonly onDisk: string | undefined;
  readonly onPart: string | undefined;
  readonly label: string | undefined;
  readonly fsOptions: string | undefined;
  readonly mkfsOptions: string | undefined;
  readonly fsProfile: string | undefined;
  readonly asPrimary: boolean;
  readonly recommended: boolean;
  readonly hibernation: boolean;
  /** Every option given, by canonical name, for what has no field of its own. */
  readonly options: Readonly<Record<string, OptionValue>>;
}

export interface RootPassword {
  readonly at: At;
  readonly password: string | undefined;
  readonly crypted: boolean;
  readonly lock: boolean;
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
    | { readonly at: At; readonly keymap: string | undefined; readonly vcKeymap: string | undefined; readonly xLayouts: readonly string[]; readonly switchOptions: readonly string[] }
    | undefined;
  readonly timezone:
    | { readonly at: At; readonly zone: string | undefined; readonly utc: boolean; readonly noNtp: boolean; readonly ntpServers: readonly string[] }
    | undefined;
  readonly rootpw: RootPassword | undefined;
  readonly users: readonly User[];
  readonly groups: readonly Group[];
  readonly sshKeys: readonly SshKey[];
  readonly network: readonly Network[];
  readonly services: { readonly at: At; readonly enabled: readonly string[]; readonly disabled: readonly string[] } | undefined;
  readonly firewall:
    | { readonly at: At; readonly enabled: boolean; readonly ports: readonly string[]; readonly services: readonly string[]; readonly trusts: readonly string[]; readonly useSystemDefaults: boolean }
    | undefined;
  readonly selinux: { readonly at: At; readonly mode: 'enforcing' | 'permissive' | 'disabled' | undefined } | undefined;
  readonly bootloader: Bootloader | undefined;
  readonly parts: readonly Part[];
  readonly clearpart: { readonly at: At; readonly initAll: boolean; readonly disklabel: string | undefined; readonly type: string | undefined; readonly drives: readonly string[] } | undefined;
  readonly url: Url | undefined;
  readonly repos: readonly Repo[];
  readonly packages: Packages;
  readonly scripts: readonly Script[];
  readonly addons: readonly Addon[];
  /** Errors make the result unusable: `parseKickstart` returns it all the same, so that every error is shown in one run. */
  readonly issues: readonly Issue[];
}
