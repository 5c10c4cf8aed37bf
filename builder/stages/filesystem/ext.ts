// SPDX-License-Identifier: Apache-2.0
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FilesystemPlan } from '../../plan/types.js';
import type { StageContext } from '../../run/context.js';
import type { Place } from '../place.js';
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
		blocksize = 1024
	}
`;

/** ext2, ext3 and ext4 by mke2fs(8), with its own copy of the tree (`-d`). */
export async function makeExt(
  context: StageContext,
  place: Place,
  filesystem: FilesystemPlan,
  source: FilesystemSource,
): Promise<void> {
  const { type, uuid, label, mkfsOptions, extendedOptions } = filesystem;
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
      ...mkfsOptions,
      ...(source.folder === undefined ? [] : ['-d', source.folder]),
      place.file,
      `${Math.floor(place.sizeBytes / 1024)}k`,
    ],
    { env: { MKE2FS_CONFIG: config } },
  );
  if (source.folder !== undefined) await setRootMode(context, place, source.folder);
}

/** mke2fs gives the top folder 0755 whatever the source has: right for most, wrong for /tmp and /root. */
async function setRootMode(context: StageContext, place: Place, folder: string): Promise<void> {
  const { mode, uid, gid } = statSync(folder);
  if ((mode & 0o7777) === 0o755 && uid === 0 && gid === 0) return;
  const commands = [
    `set_inode_field / mode 0${(0o040000 | (mode & 0o7777)).toString(8)}`,
    `set_inode_field / uid ${uid}`,
    `set_inode_field / gid ${gid}`,
  ];
  await context.tool(['debugfs', '-w', '-f', '-', `${place.file}?offset=${place.offsetBytes}`], {
    input: `${commands.join('\n')}\n`,
  });
}
