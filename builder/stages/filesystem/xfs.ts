// SPDX-License-Identifier: Apache-2.0
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ToolError, WorkError } from '../../../osinfo/errors.js';
import type { FilesystemPlan } from '../../plan/types.js';
import type { StageContext } from '../../run/context.js';
import { runHelper } from '../../run/helper/index.js';
import { WHOLE_TREE, WHOLE_TREE_QUOTED } from '../../run/tar-words.js';
import { type Place, pour } from '../place.js';
import type { FilesystemSource } from './types.js';

/** A feature of xfs on the disk: the option of mkfs.xfs(8) that says it, and the kernel from which on it is taken. */
interface Feature {
  readonly option: 'm' | 'i' | 'n';
  readonly name: string;
  /** `undefined`: never, since the GRUB of some system that we build cannot read it, or nobody gains by it. */
  readonly since: readonly [number, number] | undefined;
}

/**
 * mkfs.xfs takes what its own release has as default, and a file system that the system's own kernel, xfs_repair and GRUB
 * cannot read is easily made. These are the features of the files `lts_*.conf` in xfsprogs, which say what was default
 * when a kernel was released. GRUB reads `bigtime` from 2.06 on, `nrext64` from 2.12 on.
 */
const FEATURES: readonly Feature[] = [
  { option: 'm', name: 'crc', since: [0, 0] },
  { option: 'm', name: 'finobt', since: [3, 16] },
  { option: 'm', name: 'reflink', since: [5, 4] },
  { option: 'm', name: 'rmapbt', since: undefined },
  { option: 'm', name: 'bigtime', since: [5, 15] },
  { option: 'm', name: 'inobtcount', since: [5, 15] },
  { option: 'm', name: 'metadir', since: undefined },
  { option: 'i', name: 'sparse', since: [4, 9] },
  { option: 'i', name: 'nrext64', since: undefined },
  { option: 'i', name: 'exchange', since: undefined },
  { option: 'n', name: 'ftype', since: [0, 0] },
  { option: 'n', name: 'parent', since: undefined },
];

/** What a tree without a kernel of its own may be started with: the oldest kernel of the systems that we build. */
const OLDEST: readonly [number, number] = [3, 10];

/**
 * A tar keeps links, times, holes, attributes, and capabilities and ACLs as such; mkfs.xfs's own copy (`-p`) keeps owners and modes
 * only. What tar complains of first is what went wrong.
 */
const FILL = `mkdir /tmp/filled
mount -t xfs /run/helper/disk0 /tmp/filled
tar --extract --file /run/helper/disk1 --directory /tmp/filled ${WHOLE_TREE_QUOTED} --same-owner --preserve-permissions 2>/tmp/said || {
  head -n 1 /tmp/said
  exit 1
}
umount /tmp/filled
`;

/**
 * xfs. Its maker works on a file; the tree is put in by a kernel that knows xfs, in the helper machine, since no tool
 * writes all of it into a file. An empty one needs no machine.
 */
export async function makeXfs(
  context: StageContext,
  place: Place,
  filesystem: FilesystemPlan,
  source: FilesystemSource,
): Promise<void> {
  const file = join(context.scratch, 'xfs.part');
  const tree = join(context.scratch, 'xfs.tar');
  const make = async (): Promise<void> => {
    rmSync(file, { force: true });
    await context.tool(['truncate', '--size', String(place.sizeBytes), '--', file]);
    await context.tool(['mkfs.xfs', '-q', '-f', ...(await makerWords(context, filesystem)), file]);
  };
  try {
    if (source.folder === undefined) await make();
    else {
      await context.tool([
        'tar',
        '--create',
        '--file',
        tree,
        '--directory',
        source.folder,
        '--sort=name',
        '--format=posix',
        '--sparse',
        ...WHOLE_TREE,
        '.',
      ]);
      await runHelper(context, {
        purpose: `xfs${source.mountpoint === undefined ? '' : ` on ${source.mountpoint}`}`,
        script: FILL,
        disks: [{ file }, { file: tree, readOnly: true }],
        modules: ['xfs'],
        programs: ['head'],
        memoryMiB: 1024,
        timeoutSeconds: 900,
        prepare: make,
      });
    }
    // The log is written full of zeroes.
    await context.tool(['fallocate', '--dig-holes', '--', file], { okCodes: [0, 1] });
    await pour(context, file, place);
  } catch (error) {
    if (error instanceof WorkError && error.code === 'helper-script' && /No space left|Wrote only/.test(error.message))
      throw new ToolError('tar', 1, `No space left on device: ${error.message}`);
    throw error;
  } finally {
    rmSync(file, { force: true });
    rmSync(tree, { force: true });
  }
}

/** The words of mkfs.xfs for a plan: its own identity, what the user asked for, and features for what they left open. */
async function makerWords(
  context: StageContext,
  { uuid, label, mkfsOptions }: FilesystemPlan,
): Promise<readonly string[]> {
  const { stderr, stdout } = await context.tool(['mkfs.xfs'], { okCodes: [0, 1, 2] });
  const asked = mkfsOptions.join(' ');
  const kernel = oldestKernel(context.tree);
  const features = FEATURES.filter(({ name }) => isNamed(stderr + stdout, name) && !isNamed(asked, name));
  return [
    '-m',
    `uuid=${uuid}`,
    ...features.flatMap(({ option, name, since }) => [
      `-${option}`,
      `${name}=${since !== undefined && !isOlder(kernel, since) ? 1 : 0}`,
    ]),
    // Devices of sectors of 4 KiB, encrypted ones among them, take no smaller ones; the others take these.
    ...(asked.includes('-s ') || isNamed(asked, 'sectsize') ? [] : ['-s', 'size=4096']),
    ...(label === undefined ? [] : ['-L', label]),
    ...mkfsOptions,
  ];
}

function isNamed(text: string, option: string): boolean {
  return new RegExp(`(?:^|[^a-z0-9])${option}=`).test(text);
}

function isOlder(a: readonly [number, number], b: readonly [number, number]): boolean {
  return a[0] < b[0] || (a[0] === b[0] && a[1] < b[1]);
}

/** The first two numbers of the oldest kernel that the tree has modules of. */
function oldestKernel(tree: string): readonly [number, number] {
  const versions = ['usr/lib/modules', 'lib/modules']
    .map((folder) => join(tree, folder))
    .flatMap((folder) => (existsSync(folder) ? readdirSync(folder) : []))
    .flatMap((name): [number, number][] => {
      const match = /^(\d{1,4})\.(\d{1,4})/.exec(name);
      return match ? [[Number(match[1]), Number(match[2])]] : [];
    });
  return versions.reduce((oldest, one) => (isOlder(one, oldest) ? one : oldest), versions[0] ?? OLDEST);
}
