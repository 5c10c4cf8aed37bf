// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../../../osinfo/package-root.js';
import { plan } from './planning.js';

const schemaOf = (name: string) =>
  JSON.parse(readFileSync(join(packageRoot(), 'schema', `${name}.schema.json`), 'utf8'));
const ajv = new Ajv({ strict: true, strictRequired: false, allErrors: true })
  .addSchema(schemaOf('recommendation'))
  .addSchema(schemaOf('plan'));
const storage = ajv.compile({ $ref: 'urn:guestwright:plan:1#/definitions/storage' });
const disk = ajv.compile({ $ref: 'urn:guestwright:plan:1#/definitions/disk' });

function faultsOf(text: string): string[] {
  const { disks, layers } = JSON.parse(JSON.stringify(plan(text))) as ReturnType<typeof plan>;
  storage(layers);
  const faults = [...(storage.errors ?? [])];
  for (const one of disks) {
    disk(one);
    faults.push(...(disk.errors ?? []));
  }
  return faults.map((fault) => `${fault.instancePath} ${fault.message}`);
}

const KEY = '--encrypted --passphrase=x';

describe('the schema of a plan is obeyed by storage', () => {
  it.each([
    ['autopart\n'],
    [`autopart --type=lvm --hibernation ${KEY}\n`],
    [`autopart --type=thinp ${KEY} --luks-version=luks1\n`],
    [`autopart --type=btrfs --noboot ${KEY} --pbkdf=pbkdf2 --pbkdf-time=100\n`],
    [
      'clearpart --all --disklabel=msdos\npart /boot/efi --size=64\npart / --size=99\npart /a --size=9\npart /b --size=9\npart swap --size=9\n',
    ],
    ['part /boot --size=99\npart / --size=99 --fstype=squashfs\n'],
    [
      `part raid.1 --size=99 --ondisk=sda\npart raid.2 --size=99 --ondisk=sdb\npart raid.3 --size=99 --ondisk=sdc\nraid / --device=md0 --level=1 --spares=1 ${KEY} --pbkdf=pbkdf2 raid.1 raid.2 raid.3\n`,
    ],
    [
      'part /boot --size=99\npart btrfs.1 --size=900\nbtrfs /top --label=x btrfs.1\nbtrfs / --subvol --name=root LABEL=x\nbtrfs none --subvol --name=spare LABEL=x\n',
    ],
  ])('%j', (text) => expect(faultsOf(text)).toEqual([]));

  it('and not by what storage is not', () => {
    const { layers } = plan('autopart --type=lvm\n');
    expect(storage({ ...layers, volumeGroups: [{ ...layers.volumeGroups[0], extentBytes: 'much' }] })).toBe(false);
    expect(storage({ ...layers, magic: 1 })).toBe(false);
  });
});
