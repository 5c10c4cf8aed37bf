// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { expectedInside, judgeMounts, judgeSizes, judgeSwaps, judgeUnits } from '../../../builder/boot-test/inside.js';
import type { Plan } from '../../../builder/plan/types.js';

const MIB = 1024 * 1024;

describe('units', () => {
  it.each([
    ['running\n', true, 'no failed units'],
    ['none\n', true, 'there is no systemd to ask'],
    [
      'degraded\na.service loaded failed failed A\nb.mount loaded failed failed B\n',
      false,
      'failed units: a.service, b.mount',
    ],
    ['starting\n', false, 'the system is starting'],
    ['', false, 'the system is '],
  ])('%j', (said, passed, detail) => expect(judgeUnits(said)).toEqual({ check: 'units', passed, detail }));
});

describe('mounts', () => {
  const table =
    '/dev/vda3 / ext4 rw 0 0\nproc /proc proc rw 0 0\n/dev/vdb1 /srv/my\\040data xfs rw 0 0\ntmp /over tmpfs rw 0 0\n/dev/vdc1 /over vfat rw 0 0\n';
  it('are there with their type, names with blanks and what lies on top too', () => {
    const wanted = [
      { target: '/', type: 'ext4' },
      { target: '/srv/my data', type: 'xfs' },
      { target: '/over', type: 'vfat' },
    ];
    expect(judgeMounts(table, wanted)).toEqual({
      check: 'mounts',
      passed: true,
      detail: 'mounted: /, /srv/my data, /over',
    });
  });
  it('are missing, or of another type', () => {
    const wanted = [
      { target: '/', type: 'btrfs' },
      { target: '/home', type: 'ext4' },
    ];
    expect(judgeMounts(table, wanted)).toMatchObject({
      passed: false,
      detail: '/ is ext4, not btrfs; /home is not mounted',
    });
  });
});

describe('sizes', () => {
  const table =
    'Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/vda3 1000000 1 1 1% /\n/dev/vdb1 100 1 -1 1% /srv/my data\n';
  it('are those that were planned, but for what a file system needs itself', () => {
    expect(judgeSizes(table, [{ target: '/', type: 'ext4', deviceBytes: 1024 * MIB }]).passed).toBe(true);
    expect(judgeSizes(table, [{ target: '/', type: 'btrfs' }]).passed).toBe(true);
  });
  it('of a root that did not grow are told', () => {
    expect(judgeSizes(table, [{ target: '/', type: 'ext4', deviceBytes: 4096 * MIB }])).toEqual({
      check: 'sizes',
      passed: false,
      detail: '/ has 977 MiB of the 4096 MiB planned',
    });
  });
});

it('swap is counted, and more than was planned is no fault', () => {
  const table = 'Filename Type Size Used Priority\n/dev/vda2 partition 1 0 -2\n/dev/zram0 partition 1 0 100\n';
  expect([0, 1, 2, 3].map((count) => judgeSwaps(table, count).passed)).toEqual([true, true, true, false]);
});

it('a plan expects what its fstab mounts by itself, as large as the devices that nothing shares', () => {
  const entry = (target: string, type: string, options = 'defaults') => ({
    source: 'x',
    target,
    type,
    options,
    pass: 0 as const,
  });
  const plan = {
    system: {
      fstab: [
        entry('/', 'ext4'),
        entry('/usr', 'squashfs'),
        entry('/home', 'btrfs'),
        entry('/mnt', 'ext4', 'noauto,user'),
        entry('none', 'swap'),
      ],
    },
    disks: [{ partitions: [{ mountpoint: '/', sizeBytes: 7 * MIB }] }],
    storage: { raids: [], luks: [], volumeGroups: [], btrfs: [] },
  } as unknown as Plan;
  expect(expectedInside(plan)).toEqual({
    mounts: [
      { target: '/', type: 'ext4', deviceBytes: 7 * MIB },
      { target: '/usr', type: 'overlay' },
      { target: '/home', type: 'btrfs' },
    ],
    swaps: 1,
  });
});
