// SPDX-License-Identifier: Apache-2.0
import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ToolError, WorkError } from '../../../osinfo/errors.js';
import type { BtrfsPlan, FilesystemPlan } from '../../plan/types.js';
import type { StageContext } from '../../run/context.js';
import { runHelper } from '../../run/helper/index.js';
import { WHOLE_TREE_QUOTED } from '../../run/tar-words.js';
import { type Place, pour } from '../place.js';
import { appendArchive } from './archive.js';
import { settleFolder } from './settle.js';
import type { FilesystemSource } from './types.js';

/** What goes where in a volume: `path` is a subvolume's, or empty for the top of the volume. */
export interface BtrfsSource {
  readonly path: string;
  readonly folder: string | undefined;
}

/** All that says how a volume is made. */
type Volume = Pick<BtrfsPlan, 'filesystem' | 'dataProfile' | 'metadataProfile'>;

/**
 * Fills the volume: its devices are the first disks, the archives lie one behind the other on the last. `sources` has a line
 * for each: its first block, how many blocks (0: nothing goes in), the subvolume (or a dot).
 */
const FILL = `
options=$(cat /run/helper/values/options)
devices=$(cat /run/helper/values/devices)
index=1
while [ $index -lt $devices ]; do
  options="$options,device=$(readlink /run/helper/disk$index)"
  index=$((index + 1))
done
mkdir /tmp/volume
mount -t btrfs -o "$options" "$(readlink /run/helper/disk0)" /tmp/volume
while read -r first count path; do
  [ "$path" = . ] && continue
  mkdir -p "/tmp/volume/$path"
  rmdir "/tmp/volume/$path"
  btrfs subvolume create "/tmp/volume/$path" >/dev/null
done </run/helper/values/sources
while read -r first count path; do
  [ $count = 0 ] && continue
  dd if=/run/helper/disk$devices bs=10240 skip=$first count=$count 2>/dev/null |
    tar -xpf - -C "/tmp/volume/$path" ${WHOLE_TREE_QUOTED} --same-owner --warning=no-timestamp 2>/tmp/said ||
    { head -n 1 /tmp/said; exit 1; }
done </run/helper/values/sources
umount /tmp/volume
`;

/** When the machine is taken for stuck: a kernel in the machine unpacks some 30 MB a second where nothing else runs. */
const LEAST_SECONDS = 120;
const BYTES_A_SECOND = 2_000_000;

/** A btrfs on one device, with nothing but its top. */
export async function makeBtrfs(
  context: StageContext,
  place: Place,
  filesystem: FilesystemPlan,
  { folder, mountpoint }: FilesystemSource,
): Promise<void> {
  const volume: Volume = { filesystem, dataProfile: 'single', metadataProfile: 'dup' };
  await makeVolume(context, volume, [place], [{ path: '', folder }], mountpoint ?? 'no mount point');
}

/**
 * A btrfs volume over one device or several, with its subvolumes and what goes into them. Its maker is btrfs-progs; a
 * kernel fills it, in the helper machine: only that keeps everything (mkfs.btrfs `--rootdir` as of 6.2 loses parts of
 * seconds, holes, device numbers and all that the top folder has, and knows no subvolumes).
 * @throws ToolError where the volume is too small, or cannot be made of these devices
 */
export async function makeBtrfsVolume(
  context: StageContext,
  volume: BtrfsPlan,
  devices: readonly Place[],
  sources: readonly BtrfsSource[],
): Promise<void> {
  for (const { folder } of sources) if (folder !== undefined) await settleFolder(context, folder);
  await makeVolume(context, volume, devices, sources, volume.filesystem.label ?? volume.id);
}

async function makeVolume(
  context: StageContext,
  volume: Volume,
  devices: readonly Place[],
  sources: readonly BtrfsSource[],
  name: string,
): Promise<void> {
  const parts = devices.map((_, index) => join(context.scratch, `btrfs-${index}.part`));
  const archive = join(context.scratch, 'btrfs.tar');
  const prepare = async (): Promise<void> => {
    for (const [index, part] of parts.entries()) {
      rmSync(part, { force: true });
      await context.tool(['truncate', '--size', String(devices[index]!.sizeBytes), part]);
    }
    await context.tool([...(await makerWords(context, volume)), ...parts]);
  };
  try {
    const ordered = inOrder(sources);
    if (ordered.every(({ path, folder }) => path === '' && folder === undefined)) await prepare();
    else await fill(context, volume, { parts, archive, sources: ordered, name, prepare });
    for (const [index, part] of parts.entries()) {
      await pour(context, part, devices[index]!);
      rmSync(part);
    }
  } finally {
    for (const file of [...parts, archive]) rmSync(file, { force: true });
  }
}

/** What lies deeper comes later: a subvolume is made in one that is there, and its folder is filled after those above. */
function inOrder(sources: readonly BtrfsSource[]): BtrfsSource[] {
  const depth = ({ path }: BtrfsSource) => (path === '' ? 0 : path.split('/').length);
  return [...sources].sort((a, b) => depth(a) - depth(b));
}

async function makerWords({ tool }: StageContext, volume: Volume): Promise<string[]> {
  const { uuid, label, mkfsOptions } = volume.filesystem;
  // Newer makers may turn on what kernels before 6.1 and GRUB do not read; older ones do not know its name.
  const { stdout, stderr } = await tool(['mkfs.btrfs', '-O', 'list-all']);
  const withoutTree = /^block-group-tree\b/m.test(stdout + stderr) ? ['-O', '^block-group-tree'] : [];
  return [
    'mkfs.btrfs',
    '--quiet',
    '--force',
    '--uuid',
    uuid,
    '--data',
    volume.dataProfile,
    '--metadata',
    volume.metadataProfile,
    '--nodesize',
    '16384',
    '--sectorsize',
    '4096',
    ...withoutTree,
    ...(label === undefined ? [] : ['--label', label]),
    ...mkfsOptions,
  ];
}

interface Filling {
  readonly parts: readonly string[];
  readonly archive: string;
  readonly sources: readonly BtrfsSource[];
  readonly name: string;
  readonly prepare: () => Promise<void>;
}

async function fill(context: StageContext, volume: Volume, filling: Filling): Promise<void> {
  const { parts, archive, sources, name, prepare } = filling;
  await context.tool(['truncate', '--size', '0', archive]);
  const lines: string[] = [];
  for (const { path, folder } of sources) {
    const { first, count } =
      folder === undefined ? { first: 0, count: 0 } : await appendArchive(context, archive, folder);
    lines.push(`${first} ${count} ${path === '' ? '.' : path}\n`);
  }
  try {
    await runHelper(context, {
      purpose: `btrfs on ${name}`,
      script: FILL,
      disks: [...parts.map((file) => ({ file })), { file: archive, readOnly: true }],
      values: { options: fillOptions(volume.filesystem), devices: String(parts.length), sources: lines.join('') },
      modules: ['btrfs'],
      programs: ['btrfs', 'head'],
      timeoutSeconds: LEAST_SECONDS + Math.ceil(statSync(archive).size / BYTES_A_SECOND),
      prepare,
    });
  } catch (error) {
    if (error instanceof WorkError && /No space left on device/.test(error.message))
      throw new ToolError('btrfs', 1, `No space left: ${error.message}`);
    throw error;
  }
}

/** What is compressed when the system writes it is compressed in the image as well. */
function fillOptions({ mountOptions }: FilesystemPlan): string {
  const compression = mountOptions
    .split(',')
    .filter((option) => /^compress(-force)?(=(zlib|lzo|zstd)(:\d{1,2})?)?$/.test(option));
  return ['noatime', ...compression].join(',');
}
