// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { notLaidOut, refuseUnbuildable } from '../../../builder/plan/not-laid-out.js';
import { plan } from './storage/planning.js';

const planned = (text: string) => {
  const { disks, layers } = plan(text);
  return { disks, storage: layers, kickstart: { file: 'test.ks', sha256: '' } };
};

describe('a layout that the stages do not write yet', () => {
  it.each([['clearpart --all --disklabel=msdos\npart / --size=100\n', 'an MBR', 1]])(
    '%j: planned whole, said, and refused by a build with the line',
    (text, what, line) => {
      const issues = notLaidOut(planned(text));
      expect(issues[0]).toMatchObject({ severity: 'warning', code: 'not-laid-out', at: { line } });
      expect(issues[0]!.message).toContain(what);
      expect(() => refuseUnbuildable(planned(text))).toThrow(new RegExp(`^test\\.ks:${line}:1: .*--dry-run`));
    },
  );

  it('is none of those that are written today', () => {
    const text =
      'part /boot --size=100 --fstype=ext2\npart swap --size=64\npart / --size=100 --grow\npart /data --fstype=vfat --size=64 --ondisk=sdb\npart /tmp --fstype=tmpfs\n';
    expect(notLaidOut(planned(text))).toEqual([]);
    expect(() => refuseUnbuildable(planned(text))).not.toThrow();
  });
});
