// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parseKickstart } from '../../../builder/kickstart/index.js';
import { planAppliance } from '../../../builder/plan/appliance.js';
import { bundleFiles, imageFiles } from '../../../builder/plan/outputs.js';
import type { ImageFormat, Plan } from '../../../builder/plan/types.js';
import { openDb } from '../../../osinfo/index.js';
import { packageRoot } from '../../../osinfo/package-root.js';

const db = openDb({ db: 'bundled' });

function planOf(
  formats: readonly ImageFormat[],
  { arch = 'x86_64', platform = 'kvm', disks = 1 }: { arch?: string; platform?: string; disks?: number } = {},
): Plan {
  const more = Array.from({ length: disks - 1 }, (_, index) => `part /d${index} --size=10 --ondisk=disk${index}\n`);
  const text = `# osinfo: debian12\npart / --size=900 --ondisk=sda\n${more.join('')}`;
  return planAppliance({
    kickstart: parseKickstart(text, 'web.ks'),
    text,
    db,
    platform: db.platform(platform),
    host: { distro: undefined, codename: undefined, arch: 'x86_64', aptSources: [], aptOptions: [], keyrings: [] },
    options: { name: 'web', formats, compress: true, checksum: false, arch, memoryMiB: 768, vcpus: 3 },
  });
}

describe('a plan with an OVA', () => {
  it('has a machine of VMware’s beside the one that it is for, with what the user chose', () => {
    const plan = planOf(['qcow2', 'ova']);
    expect(plan.recommendation.machine.family).toBe('q35');
    expect(plan.ovaMachine).toMatchObject({
      platform: { id: 'http://vmware.com/esxi/7.0' },
      machine: { family: 'vmx', version: 'vmx-17' },
      memoryBytes: 768 * 1024 ** 2,
      cpu: { count: 3 },
    });
    expect(planOf(['qcow2']).ovaMachine).toBeUndefined();
    expect(planOf(['ova'], { platform: 'esxi-8.0' }).ovaMachine!.machine.version).toBe('vmx-20');
  });

  it('obeys the schema of plans', () => {
    const schemaOf = (name: string) =>
      JSON.parse(readFileSync(join(packageRoot(), 'schema', `${name}.schema.json`), 'utf8'));
    const validate = new Ajv({ strict: true, strictRequired: false })
      .addSchema(schemaOf('recommendation'))
      .compile(schemaOf('plan'));
    expect(
      validate(JSON.parse(JSON.stringify(planOf(['ova', 'containerdisk'])))),
      JSON.stringify(validate.errors),
    ).toBe(true);
  });

  it('is refused where VMware has no such machine, or not so many disks, before anything is downloaded', () => {
    expect(() => planOf(['ova'], { arch: 'aarch64' })).toThrow(
      /^-f ova: the machine is to be aarch64, but VMware ESXi 7\.0 has no machine for that architecture/,
    );
    expect(() => planOf(['ova'], { disks: 16 })).toThrow(/^-f ova: 16 disks were given, but scsi carries 15 here/);
    expect(planOf(['containerdisk'], { arch: 'aarch64' }).ovaMachine).toBeUndefined();
  });
});

describe('bundles', () => {
  it('are one file for all disks, or one for each: the first is called by the appliance’s name', () => {
    const disks = [{ name: 'sda' }, { name: 'sdb', boot: true }, { name: 'sdc' }];
    expect(bundleFiles('web', disks, 'ova').map(({ file }) => file)).toEqual(['web.ova']);
    expect(bundleFiles('web', disks, 'containerdisk').map(({ file }) => file)).toEqual([
      'web-sda.containerdisk.tar',
      'web.containerdisk.tar',
      'web-sdc.containerdisk.tar',
    ]);
    expect(imageFiles('web', disks, { formats: ['ova', 'containerdisk'] })).toHaveLength(4);
  });
});
