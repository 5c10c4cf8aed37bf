// SPDX-License-Identifier: Apache-2.0
import type { At } from '../../kickstart/model.js';
import type { PackagePlan } from '../types.js';

/** What dnf or zypper installs, and where it comes from. The stage sees nothing else of the kickstart's `%packages`. */
export interface RpmInstallPlan {
  readonly family: 'rpm';
  readonly tool: 'dnf' | 'zypper';
  /** Where packages are taken from during the build; never empty. */
  readonly repositories: readonly RpmRepository[];
  /** Who named them, as a sentence: the kickstart's line, `--mirror`, the database. */
  readonly sourcesWhy: string;
  /** Repository files that the finished system gets beside those of its release package (`repo --install`). */
  readonly imageRepositories: readonly RpmRepository[];
  /** `$releasever` and `$basearch` of addresses. */
  readonly releasever: string;
  readonly basearch: string;
  /** `platform:f41`: what streams of modules are chosen by. */
  readonly modulePlatform?: string;
  /** Names, globs, provided names and paths, as the tool takes them; none is a group. */
  readonly packages: readonly RpmPackagePlan[];
  readonly groups: readonly RpmGroupPlan[];
  readonly modules: readonly RpmModulePlan[];
  /** Packages (globs too) and groups that are never taken, whoever asks for them. */
  readonly exclude: readonly { readonly name: string; readonly at: At }[];
  readonly excludeGroups: readonly { readonly name: string; readonly at: At }[];
  /** `core`: the group of every installation is taken; `bare`: `--nocore`. */
  readonly variant: 'core' | 'bare';
  /** Whether weak dependencies come too. */
  readonly recommends: boolean;
  readonly docs: boolean;
  /** Languages whose translations are kept (`%_install_langs`); absent: all; empty: none. */
  readonly languages?: readonly string[];
  /** `--ignoremissing`: what the repositories do not have is left out, and said. */
  readonly ignoreMissing: boolean;
  /** `--ignorebroken`: what cannot be installed is left out, and said. */
  readonly ignoreBroken: boolean;
  /** Packages of the other word size come beside the same package of this one. */
  readonly multilib: boolean;
  /** Of one connection in seconds, and how often a file is tried. */
  readonly timeoutSeconds: number;
  readonly retries: number;
  readonly database: RpmDatabasePlan;
}

export interface RpmPackagePlan extends PackagePlan {
  /** The system does without it: where no repository has it it is left out, and said. */
  readonly optional?: true;
}

/** Where the system's own rpm looks for its database, and in which of rpm's formats. */
export interface RpmDatabasePlan {
  readonly path: '/usr/lib/sysimage/rpm' | '/var/lib/rpm';
  /** What the system's rpm reads; the one that builds may write another, which the system's own then reads in. */
  readonly format: 'sqlite' | 'ndb' | 'bdb';
}

/** One repository, in the words of dnf.conf(5); the addresses may hold `$releasever` and `$basearch`. */
export interface RpmRepository {
  readonly id: string;
  readonly name: string;
  readonly address: RpmAddress;
  /** Keys that sign its packages: `file:`, `https:` or `http:` addresses. Without any the packages are not proved. */
  readonly keys: readonly RpmKey[];
  /** Whether every package has to be signed by one of the keys. */
  readonly gpgCheck: boolean;
  /** Lower is preferred; absent: the tool's 1000. */
  readonly cost?: number;
  /** Globs; without any all are taken. */
  readonly includePackages: readonly string[];
  readonly excludePackages: readonly string[];
  /** With user and password where it needs them. */
  readonly proxy?: string;
  readonly verifySsl: boolean;
  /** Files of this machine for a TLS connection. */
  readonly sslCaCert?: string;
  readonly sslClientCert?: string;
  readonly sslClientKey?: string;
  /** Its groups are as if they were not there. */
  readonly ignoreGroups: boolean;
  /** Its packages are seen though they belong to a stream of a module that is not enabled. */
  readonly moduleHotfixes: boolean;
  /** The kickstart's line; absent where the database or an option named it. */
  readonly at?: At;
}

export type RpmAddress =
  | { readonly kind: 'baseurl'; readonly url: string }
  | { readonly kind: 'mirrorlist'; readonly url: string }
  | { readonly kind: 'metalink'; readonly url: string };

export interface RpmKey {
  readonly url: string;
  /** Fingerprints in upper-case hex; where there are any the file has to hold one of these and no other key. */
  readonly fingerprints: readonly string[];
}

/** `@group` and `@^environment`. */
export interface RpmGroupPlan {
  readonly kind: 'group' | 'environment';
  /** Its id, or its name for people. */
  readonly name: string;
  /** `--nodefaults`: what it cannot be without; `--optional`: all of it. */
  readonly members: 'mandatory' | 'default' | 'all';
  /** The kickstart's line, or the reason why it was added. */
  readonly at?: At;
  readonly why?: string;
}

export interface RpmModulePlan {
  /** `install` takes a profile too: `@mod:stream/profile`. */
  readonly action: 'enable' | 'disable' | 'install';
  readonly name: string;
  readonly stream?: string;
  readonly profile?: string;
  readonly at: At;
}
