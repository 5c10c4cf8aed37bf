// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../osinfo/errors.js';
import { formatRecommendation, formats } from '../../../osinfo/formats/index.js';
import { formatNames } from '../../../osinfo/formats/names.js';
import { openDb } from '../../../osinfo/open.js';
import { recommend } from '../../../osinfo/recommend/index.js';
import type { Recommendation } from '../../../osinfo/recommend/types.js';

const db = openDb({ db: 'bundled', env: {}, index: false });

/** Every OS that can be on a platform; those that cannot are a contradiction of their own. */
const known = new Map<string, readonly Recommendation[]>();
function everyOs(platform: string): readonly Recommendation[] {
  const before = known.get(platform);
  if (before) return before;
  const all = db.oses().flatMap((os) => {
    try {
      return [recommend({ os, platform: db.platform(platform) })];
    } catch (error) {
      if (error instanceof InputError) return [];
      throw error;
    }
  });
  known.set(platform, all);
  return all;
}

/** Formats whose hypervisor takes whatever the engine gives for it. */
const total = [
  'openstack',
  'openstack-json',
  'kubevirt',
  'kubevirt-preference',
  'proxmox',
  'vmx',
  'ovf',
  'virtualbox',
  'hyperv',
  'packer',
  'vagrant',
  'vagrant-virtualbox',
];

describe('every OS of the database on the platform that the format means', () => {
  it.each(total)('%s', (name) => {
    const format = formats.find((one) => one.name === name)!;
    const all = everyOs(format.platform);
    expect(all.length).toBeGreaterThan(900);
    for (const one of all) {
      const { text, warnings } = formatRecommendation(name, one, { name: one.os.shortId ?? 'x', disks: [] });
      expect(text.endsWith('\n'), one.os.id).toBe(true);
      expect(`${text}${warnings.join()}`, one.os.id).not.toMatch(/undefined|NaN|\[object/);
    }
  });
});

describe('what formats say of themselves', () => {
  it('the names for the command line are those of the formats', () => {
    expect(formats.map(({ name }) => name)).toEqual([...formatNames]);
  });

  it.each(formats)('$name: its platform is known and has a machine for it; no field stands in two lists', (format) => {
    const platform = db.platform(format.platform);
    const families = platform.facts.filter(({ name }) => name === 'machine').map(({ attributes }) => attributes.family);
    expect(families.some((family) => family !== undefined && format.families.has(family))).toBe(true);
    const fields = [...format.says, ...Object.keys(format.mostly ?? {}), ...Object.keys(format.partly)];
    expect(fields).toHaveLength(new Set(fields).size);
  });

  it.each(formats)('$name: another hypervisor’s machine is refused with a way out', (format) => {
    const foreign = format.families.has('vmx') ? 'kvm' : 'esxi';
    const one = recommend({ os: db.os('debian12'), platform: db.platform(foreign) });
    expect(() => formatRecommendation(format.name, one, { name: 'x', disks: [] })).toThrow(InputError);
  });
});
