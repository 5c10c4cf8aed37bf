// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { chooseBoot } from '../../../builder/virt-image/choose-boot.js';
import { readHostGuests } from '../../../builder/virt-image/host-guests.js';
import { readVirtImage } from '../../../builder/virt-image/index.js';
import { assignTargets, targetPrefix } from '../../../builder/virt-image/targets.js';
import { packageRoot } from '../../../osinfo/package-root.js';

const reference = process.env['GUESTWRIGHT_REFERENCE'] ?? resolve(packageRoot(), '../shared/reference');
const cases = join(reference, 'virt-image/cases');
const skip = existsSync(cases) ? '' : ' (skipped: no reference folder)';

const descriptor = (boots: string) =>
  readVirtImage(
    `<image><name>x</name><domain>${boots}<devices><memory>262144</memory></devices></domain><storage><disk file='a.raw' use='system' format='raw'/><disk file='b.raw' use='system' format='raw'/></storage></image>`,
    'x.xml',
  );

const capabilities = (features: string): string =>
  `<capabilities><guest><os_type>hvm</os_type><arch name='i686'><emulator>/usr/bin/q</emulator><domain type='qemu'/><domain type='kvm'/></arch><features>${features}</features></guest></capabilities>`;

const boot = (features: string, type = 'hvm', arch = 'i686'): string =>
  `<boot type='${type}'><guest><arch>${arch}</arch><features>${features}</features></guest><os><loader dev='hd'/></os><drive disk='a.raw'/></boot>`;

describe('the boot descriptor for a host', () => {
  const on = (host: string, ...boots: string[]) =>
    chooseBoot(descriptor(boots.join('')), readHostGuests(capabilities(host), 'caps.xml')).index;

  it('is the first whose features the host has, each in its own state', () => {
    expect(on("<acpi default='on' toggle='yes'/><pae/>", boot("<acpi state='off'/><pae/>"))).toBe(0);
    expect(on("<pae/><acpi default='on' toggle='no'/>", boot("<acpi state='off'/>"), boot('<acpi/>'))).toBe(1);
    expect(on('<pae/><nonpae/>', boot("<pae state='off'/>"))).toBe(0);
    expect(() => on('<pae/>', boot('<smm/>'))).toThrow('Could not find suitable boot descriptor for this host');
    expect(() => on('', boot("<pae state='off'/>"))).toThrow('x.xml: Could not find suitable boot descriptor');
  });

  it('runs by the fastest that the host has', () => {
    const [guest] = readHostGuests(capabilities(''), 'caps.xml');
    expect(guest).toMatchObject({ domainType: 'kvm', emulator: '/usr/bin/q', osType: 'hvm' });
  });

  it('is the one that was asked for, features or not, if the host has the kind at all', () => {
    const guests = readHostGuests(capabilities(''), 'caps.xml');
    const image = descriptor(boot('') + boot('<smm/>') + boot('', 'xen'));
    expect(chooseBoot(image, guests, 1).index).toBe(1);
    expect(() => chooseBoot(image, guests, 3)).toThrow('The index for --boot must be between 0 and 2');
    expect(() => chooseBoot(image, guests, 2)).toThrow("does not support virtualization type 'xen' for arch 'i686'");
  });

  interface Match {
    readonly name: string;
    readonly boots: string;
    readonly intended: Readonly<Record<string, number | null>>;
  }
  const matches: readonly Match[] =
    skip === '' ? (JSON.parse(readFileSync(join(cases, 'host-match.json'), 'utf8')) as Match[]) : [];
  it.skipIf(skip !== '')(`is the one that the reference has${skip}`, () => {
    for (const { name, boots, intended } of matches) {
      for (const [file, index] of Object.entries(intended)) {
        const guests = readHostGuests(readFileSync(join(cases, 'capabilities', file)), file);
        const choose = () => chooseBoot(descriptor(boots), guests).index;
        if (index === null) expect(choose, `${name} on ${file}`).toThrow('Could not find suitable');
        else expect(choose(), `${name} on ${file}`).toBe(index);
      }
    }
  });
});

describe('names of drives', () => {
  it('begin as their bus wants', () => {
    expect(['virtio', 'xen', 'ide', 'fdc', 'scsi', 'sata', 'usb'].map(targetPrefix)).toEqual([
      'vd',
      'xvd',
      'hd',
      'fd',
      'sd',
      'sd',
      'sd',
    ]);
  });

  it('are given once: what a later drive has is not made up for an earlier one', () => {
    expect(assignTargets([undefined, 'hda'], 'hd')).toEqual(['hdb', 'hda']);
    expect(() => assignTargets(['hda', 'hda'], 'hd')).toThrow('the target hda is given to two drives');
    expect(() => assignTargets(Array(5).fill(undefined), 'hd')).toThrow("Only 4 disks of type 'hd' are supported");
  });

  interface Told {
    readonly prefix: string;
    readonly in: readonly (string | null)[];
    readonly old: readonly string[] | null;
    readonly error: string | null;
  }
  it.skipIf(skip !== '')(`are those of the reference, where that gives none twice${skip}`, () => {
    const told = JSON.parse(readFileSync(join(cases, 'targets.json'), 'utf8')) as Told[];
    let compared = 0;
    for (const { prefix, in: given, old, error } of told) {
      const assign = () =>
        assignTargets(
          given.map((one) => one ?? undefined),
          prefix,
        );
      if (error !== null) expect(assign).toThrow(error);
      else if (old && new Set(old).size === old.length) {
        compared += 1;
        // A name that was given later is kept free by us, so that the order can differ behind one.
        const later = given.some((one, index) => one !== null && given.slice(0, index).includes(null));
        if (!later) expect(assign(), JSON.stringify(given)).toEqual(old);
      }
    }
    expect(compared).toBeGreaterThan(5);
  });
});
