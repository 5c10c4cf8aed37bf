// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { VolumeGroupPlan } from '../../../builder/plan/types.js';
import { formatVolumeGroup } from '../../../builder/stages/lvm/text.js';
import { formatThinMap, placeThinRuns } from '../../../builder/stages/lvm/thin.js';
import { volumeRuns, writeVolumeGroup } from '../../../builder/stages/lvm/write.js';
import { readLogicalVolumes, readPhysicalVolume } from '../../../osinfo/detect/image/partitions/lvm.js';
import { newFolder } from '../../osinfo/load/folders.js';
import { plan } from '../plan/storage/planning.js';
import { hasCommand } from './tree.js';

const MIB = 1024 * 1024;
const CREATED = 1_700_000_000;

const skip = (...programs: string[]) => {
  const missing = programs.filter((one) => !hasCommand(one));
  return missing.length === 0 ? '' : ` (skipped: ${missing.join(', ')} not installed)`;
};

/** A group over two disks, whose root reaches from one to the other. */
const KICKSTART = `part /boot --size=100 --fstype=ext4
part pv.1 --size=20
part pv.2 --size=30 --ondisk=sdb
volgroup vg-0 pv.1 pv.2 --pesize=1024
logvol swap --vgname=vg-0 --name=swap --size=4
logvol / --vgname=vg-0 --name=root --size=32 --fstype=ext4
`;

interface Made {
  readonly group: VolumeGroupPlan;
  readonly files: readonly string[];
}

/** The group of the kickstart as files, one a physical volume, with a file system in its root. */
function make(folder: string): Made {
  const group = plan(KICKSTART).layers.volumeGroups[0]!;
  const files = group.physicalVolumes.map(({ sizeBytes }, index) => {
    const path = join(folder, `pv${index}.raw`);
    const file = openSync(path, 'w');
    ftruncateSync(file, sizeBytes);
    closeSync(file);
    return path;
  });
  const fileOf = (device: string) => files[group.physicalVolumes.findIndex((one) => one.device === device)]!;
  for (const { device, offset, bytes } of writeVolumeGroup(group, CREATED)) put(fileOf(device), bytes, offset);
  const root = group.logicalVolumes.find((one) => one.name === 'root')!;
  const image = join(folder, 'root.ext4');
  const tree = join(folder, 'tree');
  mkdirSync(join(tree, 'etc'), { recursive: true });
  writeFileSync(join(tree, 'etc/hello'), 'from the volume\n');
  writeFileSync(
    join(tree, 'etc/os-release'),
    'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n',
  );
  // Larger than what lies on the first disk, so that it reaches the second.
  writeFileSync(join(tree, 'large'), Buffer.alloc(20 * MIB, 'guestwright '));
  execFileSync('mke2fs', ['-q', '-t', 'ext4', '-d', tree, image, `${root.sizeBytes / 1024}k`]);
  const bytes = readFileSync(image);
  if (root.kind !== 'linear') throw new Error('root is no linear volume');
  for (const run of volumeRuns(group, root.segments))
    put(fileOf(run.device), bytes.subarray(run.offset, run.offset + run.length), run.deviceOffset);
  return { group, files };
}

function put(path: string, bytes: Uint8Array, offset: number): void {
  const file = openSync(path, 'r+');
  writeSync(file, bytes, 0, bytes.length, offset);
  closeSync(file);
}

function damage(path: string, offset: number): void {
  const file = openSync(path, 'r+');
  const byte = Buffer.alloc(1);
  readSync(file, byte, 0, 1, offset);
  writeSync(file, Buffer.from([byte[0]! ^ 0xff]), 0, 1, offset);
  closeSync(file);
}

describe(`volume groups that we write${skip('mke2fs', 'pvck', 'grub-fstest')}`, () => {
  const needs = skip('mke2fs', 'pvck', 'grub-fstest') !== '';

  it.skipIf(needs)('are what LVM finds in order: label, headers, text', () => {
    const { group, files } = make(newFolder());
    for (const [index, file] of files.entries()) {
      const headers = execFileSync('pvck', ['--dump', 'headers', file], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      expect(headers).toContain(`pv_header.pv_uuid ${group.physicalVolumes[index]!.uuid}`);
      expect(headers).not.toMatch(/CHECK/);
      const text = execFileSync('pvck', ['--dump', 'metadata', file], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      expect(text).toContain('logical_volumes {');
      expect(text.match(/^\s*stripes = /gm)).toHaveLength(3);
    }
    damage(files[0]!, 512 + 40);
    const found = () =>
      execFileSync('pvck', ['--dump', 'headers', files[0]!], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    expect(found).toThrow();
  });

  it.skipIf(needs)('are read by GRUB, over both disks', () => {
    const { files } = make(newFolder());
    const grub = (...words: string[]) =>
      execFileSync('grub-fstest', ['-c', '2', ...files, ...words], { encoding: 'utf8', maxBuffer: 64 * MIB });
    expect(grub('ls', '(lvm/vg--0-root)/')).toContain('etc/');
    expect(grub('cat', '(lvm/vg--0-root)/etc/hello')).toBe('from the volume\n');
    expect(grub('cat', '(lvm/vg--0-root)/large')).toBe(Buffer.alloc(20 * MIB, 'guestwright ').toString());
  });

  it.skipIf(needs)('are read by our own reader of images', () => {
    const { files } = make(newFolder());
    const physical = files.map((path) => {
      const content = readFileSync(path);
      const read = (offset: number, length: number) => content.subarray(offset, offset + length);
      return readPhysicalVolume({ length: content.length, read })!;
    });
    const volumes = readLogicalVolumes(physical);
    expect(volumes.map((one) => [one.name, one.bytes?.length, one.skipped])).toEqual([
      ['vg-0/swap', 4 * MIB, undefined],
      ['vg-0/root', 32 * MIB, undefined],
    ]);
    // The magic of the ext4 that was put there.
    expect(volumes[1]!.bytes!.read(1024 + 56, 2).toString('hex')).toBe('53ef');
  });
});

describe('the text of a volume group', () => {
  const thin = plan(`part /boot --size=100
part pv.1 --size=2000
volgroup vg0 pv.1
logvol none --vgname=vg0 --name=pool --thinpool --size=1000
logvol / --vgname=vg0 --name=root --thin --poolname=pool --size=500
logvol /srv --vgname=vg0 --name=srv --thin --poolname=pool --size=300
`).layers.volumeGroups[0]!;

  it('has a pool with its hidden volumes, and the spare', () => {
    const text = formatVolumeGroup(thin, CREATED);
    expect([...text.matchAll(/^(\w+) \{\nid = /gm)].map((match) => match[1])).toEqual([
      'vg0',
      'pv0',
      'pool',
      'pool_tdata',
      'pool_tmeta',
      'root',
      'srv',
      'lvol0_pmspare',
    ]);
    expect(text).toMatch(
      /type = "thin-pool"\nmetadata = "pool_tmeta"\npool = "pool_tdata"\ntransaction_id = 2\nchunk_size = 128\n/,
    );
    expect(text).toMatch(/type = "thin"\nthin_pool = "pool"\ntransaction_id = 1\ndevice_id = 2\n/);
    expect(text.match(/"VISIBLE"/g)).toHaveLength(3);
  });

  it.skipIf(!hasCommand('pvck'))('of it is taken by LVM', () => {
    const folder = newFolder();
    const path = join(folder, 'pv.raw');
    const file = openSync(path, 'w');
    ftruncateSync(file, thin.physicalVolumes[0]!.sizeBytes);
    closeSync(file);
    for (const { offset, bytes } of writeVolumeGroup(thin, CREATED)) put(path, bytes, offset);
    const text = execFileSync('pvck', ['--dump', 'metadata', path], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    expect(text).toContain('thin_pool');
  });
});

describe(`the map of a thin pool${skip('thin_restore', 'thin_check')}`, () => {
  const group = plan(`part /boot --size=100
part pv.1 --size=400
volgroup vg0 pv.1
logvol none --vgname=vg0 --name=pool --thinpool --size=64
logvol / --vgname=vg0 --name=root --thin --poolname=pool --size=100
logvol /srv --vgname=vg0 --name=srv --thin --poolname=pool --size=50
`).layers.volumeGroups[0]!;
  const pool = group.logicalVolumes.find((one) => one.kind === 'thin-pool')!;
  const volumes = [
    {
      deviceNumber: 1,
      runs: [
        { block: 0, count: 10 },
        { block: 1500, count: 3 },
      ],
    },
    { deviceNumber: 2, runs: [{ block: 7, count: 1 }] },
  ];

  it.skipIf(!hasCommand('thin_restore') || !hasCommand('thin_check'))(
    'becomes metadata that is found sound, block by block',
    () => {
      if (pool.kind !== 'thin-pool') throw new Error('no pool');
      const folder = newFolder();
      const [xml, metadata] = [join(folder, 'map.xml'), join(folder, 'metadata')];
      const placed = placeThinRuns(pool, volumes);
      expect(placed.map((run) => run.dataBlock)).toEqual([0, 10, 13]);
      writeFileSync(xml, formatThinMap(pool, volumes, placed));
      const file = openSync(metadata, 'w');
      ftruncateSync(file, volumeRuns(group, pool.metadata.segments)[0]!.length);
      closeSync(file);
      execFileSync('thin_restore', ['-i', xml, '-o', metadata], { stdio: 'ignore' });
      execFileSync('thin_check', ['-q', metadata]);
      const dump = execFileSync('thin_dump', [metadata], { encoding: 'utf8' });
      expect(dump).toContain('transaction="2"');
      expect(dump).toMatch(/range_mapping origin_begin="0" data_begin="0" length="10"/);
      expect(dump).toMatch(/range_mapping origin_begin="1500" data_begin="10" length="3"/);
      expect(dump).toMatch(/single_mapping origin_block="7" data_block="13"/);
    },
  );

  it('has no more blocks than the pool', () => {
    if (pool.kind !== 'thin-pool') throw new Error('no pool');
    expect(() => placeThinRuns(pool, [{ deviceNumber: 1, runs: [{ block: 0, count: 1025 }] }])).toThrow(
      /^test\.ks:4:1: logvol --name=pool: the pool of 64 MiB does not hold the 65 MiB of its volumes; give --size=146 or more$/,
    );
  });
});
