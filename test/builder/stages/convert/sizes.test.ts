// SPDX-License-Identifier: Apache-2.0
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Plan } from '../../../../builder/plan/types.js';
import type { StageContext } from '../../../../builder/run/context.js';
import { convertDisk } from '../../../../builder/stages/convert/index.js';
import { run } from '../../../../osinfo/doors/process.js';
import { makeDisks } from '../disks/making.js';
import { hasCommand } from '../tree.js';
import { KIB } from './disk.js';

test.skipIf(!hasCommand('sfdisk') || !hasCommand('mke2fs'))(
  'an empty 1 GB ext4 data disk takes what the formats themselves take, and little more',
  async () => {
    const made = await makeDisks(
      'part / --fstype=ext4 --size=40\npart /data --fstype=ext4 --size=1000 --ondisk=sdb\n',
      {},
      { epoch: 1_700_000_000 },
    );
    const disk = made.disks.find((one) => one.name === 'sdb')!;
    const plan: Partial<Plan> = { outputs: { formats: ['qcow2', 'vmdk'], compress: true, checksum: false } };
    const context: Partial<StageContext> = {
      plan: plan as Plan,
      rawFolder: join(made.folder, 'raw'),
      tool: (words, options) => run(words, options),
      detail: () => undefined,
    };
    const lengthOf = async (format: 'qcow2' | 'qcow2-zlib' | 'vmdk'): Promise<number> => {
      const target = join(made.folder, `sdb.${format}`);
      await convertDisk(context as StageContext, disk, format, target);
      return statSync(target).size;
    };
    expect(await lengthOf('qcow2')).toBeLessThanOrEqual(460_000);
    expect(await lengthOf('qcow2-zlib')).toBeLessThanOrEqual(460_000);
    expect(await lengthOf('vmdk')).toBeLessThanOrEqual(270_000);
    // Clusters of 64 KiB: the format's own floor is 384 KiB there.
    const { stdout } = await run(['qemu-img', 'info', '--output=json', join(made.folder, 'sdb.qcow2')]);
    expect(JSON.parse(stdout)['cluster-size']).toBe(64 * KIB);
  },
);
