// SPDX-License-Identifier: Apache-2.0
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError, ToolError } from '../../osinfo/errors.js';
import type { PartitionPlan } from '../plan/types.js';
import type { StageContext } from '../run/context.js';
import { writeAt } from './disks.js';

/**
 * Our own mke2fs.conf: the features do not depend on the machine that builds, and are ones that GRUB 2.06 and Debian 11
 * read (no metadata_csum_seed, no orphan_file).
 */
const MKE2FS_CONF = `[defaults]
	base_features = sparse_super,large_file,filetype,resize_inode,dir_index,ext_attr
	default_mntopts = acl,user_xattr
	enable_periodic_fsck = 0
	blocksize = 4096
	inode_size = 256
	inode_ratio = 16384
[fs_types]
	ext2 = {
	}
	ext3 = {
		features = has_journal
	}
	ext4 = {
		features = has_journal,extent,huge_file,flex_bg,metadata_csum,64bit,dir_nlink,extra_isize
	}
	small = {
		inode_ratio = 4096
		blocksize = 1024
	}
`;

/** Makes one file system at its place in the disk file, with the files of `source`. No device, no mount. */
export async function makeFilesystem(
  context: StageContext,
  image: string,
  partition: PartitionPlan,
  source: string | undefined,
): Promise<void> {
  const { type } = partition.filesystem!;
  if (type === 'swap') await makeSwap(context, image, partition);
  else if (type === 'vfat') await makeFat(context, image, partition, source);
  else await makeExt(context, image, partition, source);
}

async function makeExt(
  context: StageContext,
  image: string,
  partition: PartitionPlan,
  source: string | undefined,
): Promise<void> {
  const { type, uuid, label, mkfsOptions, extendedOptions } = partition.filesystem!;
  const config = join(context.scratch, 'mke2fs.conf');
  writeFileSync(config, MKE2FS_CONF);
  await context.tool(
    [
      'mke2fs',
      '-q',
      '-F',
      '-t',
      type,
      '-U',
      uuid,
      '-E',
      [
        `hash_seed=${uuid},root_owner=0:0,offset=${partition.startBytes},lazy_itable_init=1,lazy_journal_init=1,nodiscard`,
        ...extendedOptions,
      ].join(','),
      ...(label === undefined ? [] : ['-L', label]),
      ...mkfsOptions,
      ...(source === undefined ? [] : ['-d', source]),
      image,
      `${partition.sizeBytes / 1024}k`,
    ],
    { env: { MKE2FS_CONFIG: config } },
  );
  if (source !== undefined) await setRootMode(context, image, partition, source);
}

/** mke2fs gives the top folder 0755 whatever the source has: right for most, wrong for /tmp and /root. */
async function setRootMode(
  context: StageContext,
  image: string,
  partition: PartitionPlan,
  source: string,
): Promise<void> {
  const { mode, uid, gid } = statSync(source);
  if ((mode & 0o7777) === 0o755 && uid === 0 && gid === 0) return;
  const commands = [
    `set_inode_field / mode 0${(0o040000 | (mode & 0o7777)).toString(8)}`,
    `set_inode_field / uid ${uid}`,
    `set_inode_field / gid ${gid}`,
  ];
  await context.tool(['debugfs', '-w', '-f', '-', `${image}?offset=${partition.startBytes}`], {
    input: `${commands.join('\n')}\n`,
  });
}

async function makeSwap(context: StageContext, image: string, partition: PartitionPlan): Promise<void> {
  const { uuid, label } = partition.filesystem!;
  const part = join(context.scratch, 'swap.part');
  // mkswap has no offset: it is made apart, and its one page of header copied in.
  await context.tool(['truncate', '--size', String(partition.sizeBytes), part]);
  await context.tool(['mkswap', '-q', '-U', uuid, ...(label === undefined ? [] : ['-L', label]), part]);
  writeAt(image, readFileSync(part).subarray(0, 4096), partition.startBytes);
  rmSync(part);
}

/**
 * mkfs.vfat would choose by the size of the whole disk file. FAT32, which the UEFI specification asks of an ESP, needs
 * 65525 clusters: with one sector a cluster it fits from 34 MiB on.
 */
function fatGeometry(bytes: number): string[] {
  const mib = bytes / 1024 / 1024;
  if (mib < 16) return ['-F', '12'];
  if (mib < 34) return ['-F', '16'];
  return mib <= 260 ? ['-F', '32', '-s', '1'] : ['-F', '32'];
}

async function makeFat(
  context: StageContext,
  image: string,
  partition: PartitionPlan,
  source: string | undefined,
): Promise<void> {
  const { uuid, label, mkfsOptions } = partition.filesystem!;
  const start = partition.startBytes / 512;
  await context.tool([
    'mkfs.vfat',
    '--invariant',
    '-i',
    uuid.replace('-', ''),
    '--offset',
    String(start),
    ...(label === undefined ? [] : ['-n', label.toUpperCase()]),
    ...fatGeometry(partition.sizeBytes),
    ...mkfsOptions,
    image,
    String(partition.sizeBytes / 1024),
  ]);
  if (source === undefined) return;
  await refuseForeignEntries(context, partition, source);
  const { stdout } = await context.tool(['find', source, '-mindepth', '1', '-maxdepth', '1', '-print0']);
  const entries = stdout.split('\0').filter((entry) => entry !== '');
  if (entries.length === 0) return;
  try {
    await copyToFat(context, image, partition.startBytes, entries, '::/');
  } catch (error) {
    if (error instanceof ToolError)
      throw new ToolError(
        'mcopy',
        error.exitCode,
        `Disk full or a name that vfat does not take: ${error.message}`,
        error.log,
      );
    throw error;
  }
}

/** FAT has files and folders only; mcopy would follow a link, and it may lead to a file of this machine. */
async function refuseForeignEntries(context: StageContext, partition: PartitionPlan, source: string): Promise<void> {
  const { stdout } = await context.tool([
    'find',
    source,
    '-not',
    '-type',
    'd',
    '-not',
    '-type',
    'f',
    '-printf',
    '/%P',
    '-quit',
  ]);
  if (stdout === '') return;
  const path = `${partition.mountpoint === '/' ? '' : partition.mountpoint}${stdout}`;
  throw new InputError('vfat-entry', `${path} is a link or a device, which vfat does not hold`, partition.at);
}

/** mtools(1) reads `IMAGE@@OFFSET`. Times are the files' own (`-m`), so that the same tree gives the same bytes. */
export async function copyToFat(
  context: StageContext,
  image: string,
  offset: number,
  files: readonly string[],
  target: string,
): Promise<void> {
  await context.tool(['mcopy', '-s', '-m', '-o', '-Q', '-i', `${image}@@${offset}`, ...files, target], {
    env: { MTOOLS_SKIP_CHECK: '1' },
  });
}
