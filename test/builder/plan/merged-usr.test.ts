// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { planUsrLinks } from '../../../builder/plan/merged-usr.js';
import type { DebFacts } from '../../../builder/plan/os-facts.js';

const facts = (distro: string, version?: string) => ({ distro, version }) as DebFacts;

describe('/usr is merged before anything is installed', () => {
  it('in the release whose packages ask by which of two, with the libraries of its architecture', () => {
    expect(planUsrLinks(facts('debian', '12'), 'amd64', [])).toEqual([
      'bin',
      'sbin',
      'lib',
      'lib32',
      'lib64',
      'libx32',
    ]);
    expect(planUsrLinks(facts('debian', '12'), 'arm64', [])).toEqual(['bin', 'sbin', 'lib']);
  });

  it('not in releases whose packages see to it, or do not have it', () => {
    for (const os of [facts('debian', '11'), facts('debian', '13'), facts('debian'), facts('ubuntu', '12')])
      expect(planUsrLinks(os, 'amd64', [])).toEqual([]);
  });

  it('not where the kickstart asks for usrmerge itself', () => {
    expect(planUsrLinks(facts('debian', '12'), 'amd64', [{ name: 'usrmerge=37*' }])).toEqual([]);
    expect(planUsrLinks(facts('debian', '12'), 'amd64', [{ name: 'usr-is-merged' }])).not.toEqual([]);
  });
});
