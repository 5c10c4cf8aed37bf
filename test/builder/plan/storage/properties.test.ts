// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shareOut } from '../../../../builder/plan/storage/grow.js';
import type { StoragePlan } from '../../../../builder/plan/storage.js';
import { InputError } from '../../../../osinfo/errors.js';
import { MIB, plan } from './planning.js';

const grower = fc.record(
  { base: fc.integer({ min: 1, max: 1_000_000 }), max: fc.integer({ min: 1, max: 2_000_000 }) },
  { requiredKeys: ['base'] },
);

describe('shareOut', () => {
  it('deals everything out, unless everyone is full; nobody passes the maximum', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000_000 }), fc.array(grower, { maxLength: 12 }), (free, growers) => {
        const gains = shareOut(free, growers);
        const sum = gains.reduce((one, other) => one + other, 0);
        const room = growers.map(({ base, max }) => (max === undefined ? Infinity : Math.max(0, max - base)));
        expect(gains.every((gain, index) => Number.isInteger(gain) && gain >= 0 && gain <= room[index]!)).toBe(true);
        expect(sum).toBe(
          Math.min(
            free,
            room.reduce((one, other) => one + other, 0),
          ),
        );
      }),
    );
  });

  it('is in proportion, to the unit, where nothing is bounded', () => {
    const bases = fc.array(fc.integer({ min: 1, max: 100_000 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000 }), bases, (free, list) => {
        const gains = shareOut(
          free,
          list.map((base) => ({ base })),
        );
        const total = list.reduce((one, other) => one + other, 0);
        for (const [index, base] of list.entries())
          expect(Math.abs(gains[index]! - (free * base) / total)).toBeLessThan(1.001);
      }),
    );
  });
});

const size = fc.integer({ min: 8, max: 4000 });
const sizing = fc.record({
  size,
  grow: fc.boolean(),
  more: fc.option(fc.integer({ min: 0, max: 3000 }), { nil: undefined }),
});
type Sizing = { size: number; grow: boolean; more: number | undefined };
const words = ({ size: base, grow, more }: Sizing) =>
  `--size=${base}${grow ? ' --grow' : ''}${grow && more !== undefined ? ` --maxsize=${base + more}` : ''}`;

const parts = fc.array(
  fc.record({
    at: fc.constantFrom('/a', '/b', '/c', '/a/b', '/a/b/c', '/d'),
    disk: fc.constantFrom('sda', 'sdb'),
    sizing,
  }),
  { maxLength: 8 },
);
const volumes = fc.array(
  fc.record({
    at: fc.constantFrom('/v', '/v/w', '/u', 'swap'),
    sizing,
    percent: fc.option(fc.integer({ min: 1, max: 30 }), { nil: undefined }),
  }),
  {
    minLength: 1,
    maxLength: 5,
  },
);

/** A kickstart of partitions on two disks, and a group over both with volumes. */
const kickstarts = fc
  .record({
    label: fc.constantFrom('gpt', 'msdos'),
    root: sizing,
    parts,
    volumes,
    pv: fc.tuple(fc.integer({ min: 500, max: 9000 }), fc.integer({ min: 5, max: 9000 }), fc.boolean()),
    pesize: fc.constantFrom(1024, 4096, 32768),
    disk: fc.option(fc.integer({ min: 2000, max: 60_000 }), { nil: undefined }),
    encrypted: fc.boolean(),
  })
  .map(({ label, root, parts: list, volumes: made, pv, pesize, disk, encrypted }) => ({
    text: [
      `clearpart --all --disklabel=${label}`,
      `part / ${words(root)} --ondisk=sda`,
      ...list.map((one) => `part ${one.at} ${words(one.sizing)} --ondisk=${one.disk}`),
      `part pv.1 --size=${pv[0]} --ondisk=sda${pv[2] ? ' --grow' : ''}${encrypted ? ' --encrypted --passphrase=x' : ''}`,
      `part pv.2 --size=${pv[1]} --ondisk=sdb`,
      `volgroup vg0 pv.1 pv.2 --pesize=${pesize}`,
      ...made.map(
        (one, index) =>
          `logvol ${one.at} --vgname=vg0 --name=lv${index} ${one.percent === undefined ? words(one.sizing) : `--percent=${one.percent}`}`,
      ),
      '',
    ].join('\n'),
    diskBytes: disk === undefined ? {} : { sda: disk * MIB },
  }));

/** The layout, or undefined where it is refused in a line with its place; nothing else may happen. */
function layout({ text, diskBytes }: { text: string; diskBytes: Record<string, number> }): StoragePlan | undefined {
  try {
    return plan(text, { diskBytes });
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    expect((error as InputError).message).toMatch(/^test\.ks:\d+:\d+: [^\n]+$/);
    return undefined;
  }
}

describe('any layout', () => {
  it('is found for enough of these kickstarts to say something', () => {
    const found = fc.sample(kickstarts, { numRuns: 200, seed: 1 }).filter((one) => layout(one) !== undefined);
    expect(found.length).toBeGreaterThan(50);
  });

  it('has its partitions on whole MiB inside the disk, none over another', () => {
    fc.assert(
      fc.property(kickstarts, (kickstart) => {
        for (const disk of layout(kickstart)?.disks ?? []) {
          const spans = disk.partitions.map((one) => [one.startBytes, one.startBytes + one.sizeBytes] as const);
          let end = MIB;
          for (const [start, stop] of spans) {
            expect(start % MIB === 0 && stop % MIB === 0 && stop > start).toBe(true);
            expect(start).toBeGreaterThanOrEqual(end);
            end = stop;
          }
          expect(end).toBeLessThanOrEqual(disk.sizeBytes - MIB);
          if (disk.extended) {
            const inside = disk.partitions.filter((one) => one.number > 4);
            expect(inside[0]!.startBytes).toBe(disk.extended.startBytes + MIB);
            expect(end).toBe(disk.extended.startBytes + disk.extended.sizeBytes);
          } else if (disk.label === 'dos') expect(disk.partitions.length).toBeLessThanOrEqual(4);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('fills the disk of the system where something may grow without end, and honours every maximum', () => {
    fc.assert(
      fc.property(kickstarts, (kickstart) => {
        const storage = layout(kickstart);
        if (!storage) return;
        const lines = kickstart.text.split('\n');
        const disk = storage.disks.find((one) => one.name === 'sda')!;
        const last = disk.partitions.at(-1)!;
        const endless = disk.partitions.some(
          (one) =>
            one.at && lines[one.at.line - 1]!.includes('--grow') && !lines[one.at.line - 1]!.includes('--maxsize'),
        );
        if (endless) expect(last.startBytes + last.sizeBytes).toBe(disk.sizeBytes - MIB);
        for (const one of storage.disks.flatMap((each) => each.partitions)) {
          const line = one.at ? lines[one.at.line - 1]! : '';
          const max = /--maxsize=(\d+)/.exec(line)?.[1];
          if (max !== undefined) expect(one.sizeBytes / MIB).toBeLessThanOrEqual(Number(max));
          expect(one.sizeBytes / MIB).toBeGreaterThanOrEqual(Number(/--size=(\d+)/.exec(line)?.[1] ?? 1));
        }
      }),
      { numRuns: 100 },
    );
  });

  it('has its volumes in extents of the group, each extent given once', () => {
    fc.assert(
      fc.property(kickstarts, (kickstart) => {
        for (const group of layout(kickstart)?.layers.volumeGroups ?? []) {
          const total = group.physicalVolumes.reduce((sum, one) => sum + one.extentCount, 0);
          const next = group.physicalVolumes.map(() => 0);
          for (const volume of group.logicalVolumes) {
            if (volume.kind !== 'linear') throw new Error('no thin volumes were asked for');
            let extents = 0;
            for (const { physicalVolume, firstExtent, extentCount } of volume.segments) {
              expect(firstExtent).toBe(next[physicalVolume]);
              next[physicalVolume]! += extentCount;
              extents += extentCount;
              expect(next[physicalVolume]).toBeLessThanOrEqual(group.physicalVolumes[physicalVolume]!.extentCount);
            }
            expect(volume.sizeBytes).toBe(extents * group.extentBytes);
          }
          expect(next.reduce((sum, one) => sum + one, 0) + group.freeExtents).toBe(total);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('mounts everything once, parents before what is below them, and names every device once', () => {
    fc.assert(
      fc.property(kickstarts, (kickstart) => {
        const storage = layout(kickstart);
        if (!storage) return;
        const paths = storage.fstab.map((entry) => entry.target).filter((target) => target.startsWith('/'));
        expect(new Set(paths).size).toBe(paths.length);
        for (const [index, path] of paths.entries()) {
          const later = paths.slice(index + 1);
          expect(later.some((other) => other === '/' || path.startsWith(`${other}/`))).toBe(false);
        }
        const { disks, layers } = storage;
        const ids = [
          ...disks.flatMap((disk) => disk.partitions.map((one) => one.id)),
          ...layers.luks.map((one) => one.id),
          ...layers.volumeGroups.flatMap((group) => group.logicalVolumes.map((one) => one.id)),
        ];
        expect(new Set(ids).size).toBe(ids.length);
      }),
      { numRuns: 100 },
    );
  });

  it('is the same when it is planned again', () => {
    fc.assert(
      fc.property(kickstarts, (kickstart) => {
        expect(layout(kickstart)).toEqual(layout(kickstart));
      }),
      { numRuns: 50 },
    );
  });
});
