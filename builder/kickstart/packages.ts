// SPDX-License-Identifier: Apache-2.0
import type { OptionSpec } from './commands/spec.js';
import { flag, int, text } from './commands/spec.js';
import type { Issues } from './issues.js';
import { firstIndex } from './lines.js';
import type { At, OptionValue, PackageEntry, Packages } from './model.js';

/** The options of the `%packages` line. */
export const packagesOptions: readonly OptionSpec[] = [
  flag('excludedocs'),
  flag('ignoremissing'),
  flag('nobase', {
    since: 'F4 RHEL4',
    until: 'F21 RHEL7',
    deprecated: 'F18 RHEL6',
    instead: 'remove it; --nocore leaves out @core',
  }),
  flag('ignoredeps', { until: 'F4 RHEL4' }),
  flag('resolvedeps', { until: 'F4 RHEL4', instead: 'remove it: dependencies are always resolved' }),
  flag('default', { since: 'F7 RHEL6' }),
  text('inst-langs', { since: 'F32 RHEL9' }),
  text('instLangs', { since: 'F9 RHEL6', until: 'RHEL9', deprecated: 'F40', instead: 'use --inst-langs' }),
  flag('multilib', { since: 'F18 RHEL7' }),
  flag('nocore', { since: 'F21 RHEL7' }),
  int('timeout', { since: 'F24 RHEL7' }),
  int('retries', { since: 'F24 RHEL7' }),
  flag('exclude-weakdeps', { since: 'F32 RHEL9' }),
  flag('excludeWeakdeps', { since: 'F24 RHEL8', until: 'RHEL9', deprecated: 'F40', instead: 'use --exclude-weakdeps' }),
  flag('ignorebroken', { since: 'F32' }),
];

const AT_SIGN = 0x40;
const DASH = 0x2d;

/** Collects every `%packages` section of a kickstart. */
export class PackagesBuilder {
  private at: At | undefined;
  private options: Record<string, OptionValue> = {};
  private isDefault = false;
  private instLangs: string | undefined;
  private environment: PackageEntry | undefined;
  private readonly packages = new Map<string, PackageEntry>();
  private readonly excludedPackages = new Map<string, PackageEntry>();
  private readonly groups = new Map<string, PackageEntry>();
  private readonly excludedGroups = new Map<string, PackageEntry>();

  constructor(private readonly issues: Issues) {}

  /**
   * Begin a section. Each header says anew what most options are, `--default` and the languages stay: with `%include`
   * the options of the included file vanish, and that is worth a notice.
   */
  header(options: Readonly<Record<string, OptionValue>>, at: At): void {
    const lost = Object.keys(this.options).filter((name) => !STAYS.has(name) && options[name] === undefined);
    if (this.at && lost.length > 0) {
      const names = lost.map((name) => `--${name}`).join(', ');
      this.issues.add(
        'notice',
        'packages-options-reset',
        at,
        `this %packages takes back ${names} of the one before (${this.at.file}:${this.at.line}): repeat what is meant to stay`,
      );
    }
    this.at = at;
    this.options = { ...options };
    if (options.default === true) this.isDefault = true;
    const languages = options['inst-langs'] ?? options.instLangs;
    if (typeof languages === 'string') this.instLangs = languages;
  }

  /** One line of the body, its line end allowed. */
  line(raw: string, file: string, line: number): void {
    const hash = raw.indexOf('#');
    const entry = (hash < 0 ? raw : raw.slice(0, hash)).trim();
    if (entry === '') return;
    const at: At = { file, line, column: firstIndex(raw) + 1 };
    const first = entry.charCodeAt(0);
    if (first !== AT_SIGN && first !== DASH) {
      if (this.excludedPackages.size > 0) this.excludedPackages.delete(entry);
      this.packages.set(entry, { kind: 'package', name: entry, at });
    } else if (first === AT_SIGN) {
      if (entry[1] === '^') this.environment = { kind: 'environment', name: entry.slice(2).trim(), at };
      else this.group(entry.slice(1), at);
    } else if (entry[1] !== '@') {
      this.excludePackage(entry.slice(1), at);
    } else if (entry[2] === '^') {
      this.excludeEnvironment(entry.slice(3).trim());
    } else {
      this.excludeGroup(entry.slice(2).trim(), at);
    }
  }

  private excludeEnvironment(name: string): void {
    if (this.environment?.name === name) this.environment = undefined;
  }

  private excludePackage(name: string, at: At): void {
    if (name.trim() === '') {
      this.issues.error('bad-package', at, 'a - stands alone: write the name of the package to leave out after it');
      return;
    }
    this.packages.delete(name);
    this.excludedPackages.set(name, { kind: 'package', name, at });
  }

  private group(text: string, at: At): void {
    const words = text.trim().split(/\s+/);
    const nodefaults = words.includes('--nodefaults');
    const optional = words.includes('--optional');
    if (nodefaults && optional) {
      this.issues.error('option-conflict', at, 'give only one of --nodefaults and --optional');
      return;
    }
    const name = words.filter((word) => word !== '--nodefaults' && word !== '--optional').join(' ');
    if (name === '') {
      this.issues.error('bad-package', at, 'an @ stands alone: write the name of the group after it');
      return;
    }
    // A group named again keeps how it was asked for first, and one that was left out before stays in that list too.
    if (this.groups.has(name)) return;
    const include = nodefaults ? 'nodefaults' : optional ? 'optional' : undefined;
    this.groups.set(name, { kind: 'group', name, at, ...(include ? { include } : {}) });
  }

  private excludeGroup(name: string, at: At): void {
    if (name === '') {
      this.issues.error('bad-package', at, 'an -@ stands alone: write the name of the group to leave out after it');
      return;
    }
    this.groups.delete(name);
    this.excludedGroups.set(name, { kind: 'group', name, at });
  }

  build(): Packages {
    const has = (name: string) => this.options[name] === true;
    const number = (name: string) => {
      const value = this.options[name];
      return typeof value === 'number' ? value : undefined;
    };
    return {
      at: this.at,
      include: [...(this.environment ? [this.environment] : []), ...this.groups.values(), ...this.packages.values()],
      exclude: [...this.excludedGroups.values(), ...this.excludedPackages.values()],
      excludeDocs: has('excludedocs'),
      excludeWeakdeps: has('exclude-weakdeps') || has('excludeWeakdeps'),
      ignoreMissing: has('ignoremissing'),
      ignoreBroken: has('ignorebroken'),
      noCore: has('nocore'),
      noBase: has('nobase'),
      default: this.isDefault,
      multilib: has('multilib'),
      instLangs: this.instLangs
        ?.split(/[,:]/)
        .map((language) => language.trim())
        .filter((language) => language !== ''),
      timeout: number('timeout'),
      retries: number('retries'),
    };
  }
}

const STAYS = new Set(['default', 'inst-langs', 'instLangs', 'nobase', 'resolvedeps', 'ignoredeps']);

/** What the options of a `%packages` line demand of each other. */
export function checkPackages(options: Readonly<Record<string, OptionValue>>): string | undefined {
  const minimal = options.nocore === true ? '--nocore' : options.nobase === true ? '--nobase' : undefined;
  if (options.default === true && minimal) return `--default and ${minimal} exclude each other: remove one`;
  return undefined;
}
