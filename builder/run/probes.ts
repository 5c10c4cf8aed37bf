// SPDX-License-Identifier: Apache-2.0
import { accessSync, constants, existsSync, readFileSync, statfsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { MissingError, WorkError } from '../../osinfo/errors.js';
import type { FilesystemType, Plan } from '../plan/types.js';
import { startIsolated } from './isolation.js';
import { needsCurl } from './rpm-repository.js';

interface Tool {
  readonly program: string;
  readonly package: string;
}

/** The programs that any build runs on this machine, and Debian's packages that have them. */
const ALWAYS: readonly Tool[] = [
  { program: 'bash', package: 'bash' },
  { program: 'bwrap', package: 'bubblewrap' },
  { program: 'unshare', package: 'util-linux' },
  { program: 'sfdisk', package: 'fdisk' },
  { program: 'mkswap', package: 'util-linux' },
  { program: 'mke2fs', package: 'e2fsprogs' },
  { program: 'debugfs', package: 'e2fsprogs' },
  { program: 'mkfs.vfat', package: 'dosfstools' },
  { program: 'mcopy', package: 'mtools' },
  { program: 'qemu-img', package: 'qemu-utils' },
  { program: 'tar', package: 'tar' },
  { program: 'zstd', package: 'zstd' },
  { program: 'xz', package: 'xz-utils' },
];

/** What a build needs further where its plan asks for something: a line for each need. */
const WHERE_NEEDED: readonly { readonly need: (plan: Plan) => boolean; readonly tools: readonly Tool[] }[] = [
  { need: ({ install }) => install.family === 'deb', tools: [{ program: 'mmdebstrap', package: 'mmdebstrap' }] },
  { need: ({ install }) => install.family === 'rpm', tools: [{ program: 'rpm', package: 'rpm' }] },
  {
    need: ({ install }) => install.family === 'rpm' && install.tool === 'dnf',
    tools: [{ program: 'dnf', package: 'dnf' }],
  },
  {
    need: ({ install }) => install.family === 'rpm' && install.tool === 'zypper',
    tools: [{ program: 'zypper', package: 'zypper' }],
  },
  {
    need: ({ install }) => install.family === 'rpm' && install.repositories.some(needsCurl),
    tools: [{ program: 'curl', package: 'curl' }],
  },
  {
    need: ({ storage }) => storage.luks.length > 0,
    tools: [{ program: 'cryptsetup', package: 'cryptsetup-bin' }],
  },
  {
    need: ({ storage }) => storage.volumeGroups.some((group) => group.poolSpare !== undefined),
    tools: [{ program: 'thin_restore', package: 'thin-provisioning-tools' }],
  },
  { need: (plan) => hasFilesystem(plan, 'xfs'), tools: [{ program: 'mkfs.xfs', package: 'xfsprogs' }] },
  {
    need: (plan) => hasFilesystem(plan, 'btrfs'),
    tools: [
      { program: 'mkfs.btrfs', package: 'btrfs-progs' },
      { program: 'btrfs', package: 'btrfs-progs' },
    ],
  },
  {
    need: (plan) => hasFilesystem(plan, 'squashfs'),
    tools: [
      { program: 'mksquashfs', package: 'squashfs-tools' },
      { program: 'getfacl', package: 'acl' },
    ],
  },
  { need: (plan) => hasFilesystem(plan, 'erofs'), tools: [{ program: 'mkfs.erofs', package: 'erofs-utils' }] },
  {
    // The helper machine; QEMU takes its place where it is there.
    need: (plan) =>
      (hasFilesystem(plan, 'xfs') || hasFilesystem(plan, 'btrfs')) && findProgram(helperEmulator()) === undefined,
    tools: [{ program: 'linux.uml', package: 'user-mode-linux' }],
  },
];

function hasFilesystem({ disks, storage }: Plan, type: FilesystemType): boolean {
  return [
    ...disks.flatMap((disk) => disk.partitions),
    ...storage.raids,
    ...storage.luks,
    ...storage.volumeGroups.flatMap((group) => group.logicalVolumes),
    ...storage.btrfs,
  ].some((one) => one.filesystem?.type === type);
}

function helperEmulator(): string {
  return process.arch === 'arm64' ? 'qemu-system-aarch64' : 'qemu-system-x86_64';
}

/** The programs of this machine that the build of a plan runs. */
export function toolsFor(plan: Plan): Tool[] {
  return [...ALWAYS, ...WHERE_NEEDED.filter(({ need }) => need(plan)).flatMap(({ tools }) => tools)];
}

const PATH = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** Where a program is, on the path that tools are run with. */
export function findProgram(name: string): string | undefined {
  return PATH.map((folder) => join(folder, name)).find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/**
 * Everything that the build of a plan needs of this machine, found out before any work.
 * @throws MissingError or WorkError: one line, with the command that mends it
 */
export async function probeMachine(plan: Plan): Promise<void> {
  if (process.platform !== 'linux') {
    throw new MissingError(
      'not-linux',
      `images are built on Linux; this is ${process.platform}: use a Debian machine or container (the query and recommend commands work here)`,
    );
  }
  probeTools(toolsFor(plan));
  if (userInfo().uid !== 0) probeSubids();
  await probeNamespaces();
}

/** @throws MissingError naming all programs that are missing, and the command that installs them */
export function probeTools(tools: readonly Tool[]): void {
  const missing = tools.filter((tool) => findProgram(tool.program) === undefined);
  if (missing.length === 0) return;
  const packages = [...new Set(missing.map((tool) => tool.package))].join(' ');
  const advice = findProgram('apt-get')
    ? `sudo apt-get install ${packages}`
    : `on Debian these are in the packages ${packages}`;
  throw new MissingError('tools-missing', `missing: ${missing.map((tool) => tool.program).join(', ')}; ${advice}`);
}

/** An ordinary user's name spaces hold more than one user only by these ranges (newuidmap(1)). */
function probeSubids(): void {
  const { username, uid } = userInfo();
  if (findProgram('newuidmap') === undefined) {
    throw new MissingError('no-newuidmap', 'missing: newuidmap; sudo apt-get install uidmap');
  }
  for (const file of ['/etc/subuid', '/etc/subgid']) {
    const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
    const counts = lines
      .map((line) => line.split(':'))
      .filter((fields) => fields[0] === username || fields[0] === String(uid))
      .map((fields) => Number(fields[2]));
    if (!counts.some((count) => count >= 65_536)) {
      throw new MissingError(
        'no-subuid',
        `${username} has no range of 65536 ids in ${file}; sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 ${username}`,
      );
    }
  }
}

async function probeNamespaces(): Promise<void> {
  let reason = '';
  let code: number | null;
  try {
    const started = await startIsolated(['mount', '-t', 'tmpfs', 'probe', '/tmp'], (line) => {
      reason = line;
    });
    code = await started.ended;
  } catch (error) {
    code = 1;
    reason = (error as Error).message;
  }
  if (code === 0) return;
  const setting = '/proc/sys/kernel/unprivileged_userns_clone';
  const off = existsSync(setting) && readFileSync(setting, 'utf8').trim() === '0';
  const advice = off
    ? 'sudo sysctl kernel.unprivileged_userns_clone=1'
    : 'in a container, allow user name spaces and mounts (docker run --privileged)';
  throw new MissingError(
    'no-namespaces',
    `this machine does not allow the name spaces that a build runs in (${reason.trim()}); ${advice}`,
  );
}

/** Free bytes of the file system that a folder lies on, for who may not use what is reserved. */
function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

/** @throws WorkError when there is less free than a build of these disks takes */
export function probeSpace(folder: string, needed: number): void {
  const free = freeBytes(folder);
  if (free < needed) {
    throw new WorkError(
      'no-space',
      `${folder} has ${mib(free)} MiB free, and this build needs ${mib(needed)} MiB there; free some, or choose another folder`,
    );
  }
}

function mib(bytes: number): number {
  return Math.ceil(bytes / 1024 / 1024);
}
