// SPDX-License-Identifier: Apache-2.0
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../../osinfo/errors.js';
import type { FilesystemPlan } from '../../plan/types.js';
import type { StageContext } from '../../run/context.js';
import type { Place } from '../place.js';
import { finishExt } from './ext-finish.js';
import type { FilesystemSource } from './types.js';

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
	}
`;

/**
 * Below this a journal of blocks of 4 KiB would take too much of the space. From it on they are not smaller, whatever
 * mke2fs.conf(5) is used to: an attribute of more than 1 KiB fits, and the file system can grow well.
 */
const SMALL_BLOCKS_BELOW = 64 * 1024 * 1024;

/** ext2, ext3 and ext4 by mke2fs(8), with its own copy of the tree (`-d`). */
export async function makeExt(
  context: StageContext,
  place: Place,
  filesystem: FilesystemPlan,
  source: FilesystemSource,
): Promise<void> {
  const { type, uuid, label, mkfsOptions, extendedOptions } = filesystem;
  refuseUnfinishable(filesystem, source);
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
        `hash_seed=${uuid},root_owner=0:0,offset=${place.offsetBytes},lazy_itable_init=1,lazy_journal_init=1,nodiscard`,
        ...extendedOptions,
      ].join(','),
      ...(label === undefined ? [] : ['-L', label]),
      ...(place.sizeBytes < SMALL_BLOCKS_BELOW ? ['-b', '1024'] : []),
      ...mkfsOptions,
      ...(source.folder === undefined ? [] : ['-d', source.folder]),
      place.file,
      `${Math.floor(place.sizeBytes / 1024)}k`,
    ],
    { env: { MKE2FS_CONFIG: config } },
  );
  if (source.folder !== undefined) await finishExt(context, place, source.folder);
}

/** Features whose folders and group descriptors lie elsewhere than they are looked for to be finished. */
const UNFINISHABLE = /(^|,)(inline_data|meta_bg|casefold|encrypt)(,|$)/;

function refuseUnfinishable({ mkfsOptions }: FilesystemPlan, source: FilesystemSource): void {
  const feature = mkfsOptions.map((word) => UNFINISHABLE.exec(word)?.[2]).find((found) => found !== undefined);
  if (feature !== undefined) {
    const message = `--mkfsoptions: ${feature} is no feature that an image is made with; remove it`;
    throw new InputError('mkfs-options', message, source.at);
  }
}
