// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { commands } from '../../../builder/kickstart/commands/index.js';
import { parseVersion, standing, versionNames } from '../../../builder/kickstart/versions.js';
import { errorsOf, issuesOf } from './parsing.js';

describe('versions', () => {
  it.each([
    ['F40', { family: 'F', number: 40, name: 'F40' }],
    ['fc6', { family: 'F', number: 6, name: 'FC6' }],
    ['RHEL9', { family: 'RHEL', number: 9, name: 'RHEL9' }],
    ['devel', { family: 'F', number: 45, name: 'F45' }],
  ])('reads %s', (text, version) => {
    expect(parseVersion(text)).toEqual(version);
  });

  it.each(['F99', 'RHEL2', 'CENTOS9', '', 'F4O'])('refuses %j', (text) => {
    expect(() => parseVersion(text)).toThrow(/is no version of the kickstart language/);
  });

  it.each([
    [{}, 'FC3', 'ok'],
    [{ since: 'F12 RHEL6' }, 'F11', 'absent'],
    [{ since: 'F12 RHEL6' }, 'RHEL6', 'ok'],
    [{ since: 'RHEL8' }, 'F45', 'absent'],
    [{ until: 'RHEL9' }, 'F45', 'ok'],
    [{ until: 'F33 RHEL8' }, 'RHEL9', 'removed'],
    [{ until: 'F33 RHEL8', deprecated: 'F29 RHEL8' }, 'F29', 'deprecated'],
    [{ until: 'F33 RHEL8', deprecated: 'F29 RHEL8' }, 'F28', 'ok'],
  ] as const)('knows how %j stands in %s', (span, version, expected) => {
    expect(standing(span, parseVersion(version))).toBe(expected);
  });

  it('are strict when asked for, and say where a command belongs', () => {
    expect(errorsOf('sshkey --username=a b', {}, { version: 'RHEL7' })).toEqual([
      'a.ks:1:1: sshkey is not in RHEL7 (it came with F22 and RHEL8)',
    ]);
    expect(errorsOf('install', {}, { version: 'RHEL9' })).toEqual([
      'a.ks:1:1: install is no longer in RHEL9 (last in F33 and RHEL8): remove it: installing is what a kickstart does',
    ]);
    expect(issuesOf('install')).toEqual([
      'a.ks:1:1: notice: install was removed after F33 and RHEL8: remove it: installing is what a kickstart does',
    ]);
  });

  it('name releases that exist, in every record of the tables', () => {
    const known = new Set([...versionNames(), 'F3', 'F4', 'F5', 'F6']);
    for (const spec of commands) {
      for (const { since, until, deprecated, required } of [{ ...spec, required: undefined }, ...spec.options]) {
        for (const release of [since, until, deprecated, required === 'always' ? undefined : required].flatMap(
          (text) => text?.split(' ') ?? [],
        )) {
          expect(known, `${spec.name}: ${release}`).toContain(release);
        }
      }
    }
  });

  it('have each spelling once, and an order that names only what there is', () => {
    const names = commands.flatMap((spec) => [spec.name, ...(spec.aliases ?? [])]);
    expect(new Set(names).size).toBe(names.length);
    for (const spec of commands) {
      const spellings = spec.options.flatMap((option) => [option.name, ...(option.aliases ?? [])]);
      expect(new Set(spellings).size, spec.name).toBe(spellings.length);
      const placed = (spec.order ?? '').split(' ').filter((token) => token !== '' && !token.startsWith('<'));
      // The order that encryption options share names one that not every command has.
      expect(
        placed.filter((token) => token !== 'hw-passphrase' && !spellings.includes(token)),
        spec.name,
      ).toEqual([]);
      expect(spec.effect.sentence, spec.name).not.toMatch(/\.$/);
    }
  });
});
