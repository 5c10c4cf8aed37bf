// SPDX-License-Identifier: Apache-2.0
import { existsSync, lstatSync, readlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { RunOptions, RunResult } from '../../osinfo/doors/process.js';
import type { StageContext } from './context.js';

export interface SandboxOptions extends RunOptions {
  /** The network of this machine; without it there is none at all. */
  readonly network?: boolean;
  /** Folders of the build that are seen inside, `[outside, inside]`. */
  readonly binds?: readonly (readonly [string, string])[];
  /** Folders or files of this machine that are seen inside at their own paths, and cannot be changed. */
  readonly readOnly?: readonly string[];
  /** Folders inside that a program changes its root to: each has /proc, /dev and /sys of its own. */
  readonly chroots?: readonly string[];
  /**
   * What runs is somebody's own script: it can neither mount nor change what is mounted, and start so many processes only.
   */
  readonly untrusted?: boolean;
  /** The root that is seen: the tree itself, or the programs of the machine that builds, read-only. */
  readonly root?: 'tree' | 'builder';
}

/** The environment inside: nothing of the builder's (its TMPDIR alone has made dracut and dpkg fail). */
const ENVIRONMENT: Readonly<Record<string, string>> = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: '/root',
  LANG: 'C.UTF-8',
  TERM: 'dumb',
  DEBIAN_FRONTEND: 'noninteractive',
  DEBCONF_NONINTERACTIVE_SEEN: 'true',
};

/**
 * Runs a command inside the tree and lets it see nothing else: own process, mount, ipc and host name spaces, a minimal
 * /dev, memory file systems on /run and /tmp, no path of this machine, ended with all that it started. bubblewrap does
 * the mounting and changes the root by pivot_root.
 */
export function sandboxed(
  context: StageContext,
  words: readonly string[],
  options: SandboxOptions = {},
): Promise<RunResult> {
  const { network = false, binds = [], readOnly = [], chroots = [], root = 'tree', untrusted, env, ...rest } = options;
  const epoch = context.plan.outputs.sourceDateEpoch;
  const environment = { ...ENVIRONMENT, ...(epoch === undefined ? {} : { SOURCE_DATE_EPOCH: String(epoch) }), ...env };
  const flags = [
    ...(root === 'tree' ? ['--bind', context.tree, '/'] : builderRoot()),
    '--proc',
    '/proc',
    ...coveredProc(),
    '--dev',
    '/dev',
    '--tmpfs',
    '/run',
    '--tmpfs',
    '/tmp',
    '--ro-bind',
    '/sys',
    '/sys',
    ...(network && root === 'tree' ? resolver(context.tree) : []),
    ...binds.flatMap(([from, to]) => ['--bind', from, to]),
    ...readOnly.flatMap((path) => ['--ro-bind', path, path]),
    ...chroots.flatMap((path) => [
      ...['--proc', `${path}/proc`],
      ...coveredProc(path),
      ...['--dev', `${path}/dev`],
      ...['--ro-bind', '/sys', `${path}/sys`],
    ]),
    '--unshare-pid',
    '--unshare-ipc',
    '--unshare-uts',
    '--hostname',
    context.plan.system.hostname,
    ...(network ? [] : ['--unshare-net']),
    '--die-with-parent',
    '--new-session',
    '--clearenv',
    ...Object.entries(environment).flatMap(([name, value]) => ['--setenv', name, value]),
    '--cap-add',
    'ALL',
    // With it whatever is covered or read-only could be uncovered and made writable again.
    ...(untrusted ? ['--cap-drop', 'CAP_SYS_ADMIN'] : []),
    '--chdir',
    '/',
  ];
  return context.tool([...(untrusted ? PROCESS_LIMIT : []), 'bwrap', ...flags, '--', ...words], rest);
}

/** Files below /proc by which root, whom it knows by the number alone, changes this machine. */
const PROC_OF_MACHINE = ['acpi', 'asound', 'bus', 'driver', 'fs', 'irq', 'mtrr', 'scsi', 'sys', 'sysrq-trigger'];

/**
 * Makes what of /proc is the whole machine's read-only. bwrap does so only where a folder itself may be written to, and
 * /proc/sys may not, while its files may: in a build by root the name of the program that takes core dumps, for one.
 * @param root the folder whose /proc it is
 */
export function coveredProc(root = ''): string[] {
  return PROC_OF_MACHINE.filter((name) => existsSync(`/proc/${name}`)).flatMap((name) => [
    '--ro-bind',
    `/proc/${name}`,
    `${root}/proc/${name}`,
  ]);
}

/** Processes and threads that a script, with what it starts, may have at once: far more than one of good will needs. */
export const MOST_PROCESSES = 4096;

/** Counted in the build's own user name space (Linux 5.14). Those of root are not: see `limitProcesses`. */
const PROCESS_LIMIT: readonly string[] = ['prlimit', `--nproc=${MOST_PROCESSES}`];

/** What of /etc programs need to run: no secrets of this machine's are among it. */
const BUILDER_ETC = [
  'alternatives',
  'ca-certificates',
  'group',
  'hosts',
  'ld.so.cache',
  'ld.so.conf',
  'ld.so.conf.d',
  'localtime',
  'mke2fs.conf',
  'nsswitch.conf',
  'passwd',
  'resolv.conf',
  'ssl',
];

/** This machine's programs, read-only, for what runs beside the tree: nobody's files, no settings beyond what programs need. */
export function builderRoot(): string[] {
  const top = ['bin', 'lib', 'lib32', 'lib64', 'libx32', 'sbin'].flatMap((name) => {
    const stat = lstatSync(`/${name}`, { throwIfNoEntry: false });
    if (!stat) return [];
    return stat.isSymbolicLink()
      ? ['--symlink', readlinkSync(`/${name}`), `/${name}`]
      : ['--ro-bind', `/${name}`, `/${name}`];
  });
  return [
    '--ro-bind',
    '/usr',
    '/usr',
    ...top,
    ...BUILDER_ETC.flatMap((name) => ['--ro-bind-try', `/etc/${name}`, `/etc/${name}`]),
    '--dir',
    '/mnt',
    '--dir',
    '/root',
    '--dir',
    '/var/tmp',
  ];
}

/**
 * Name resolution of this machine, put where the tree's own /etc/resolv.conf leads: often a link into /run, which is
 * empty here. A link to anywhere else is left alone.
 */
function resolver(tree: string): string[] {
  if (!existsSync('/etc/resolv.conf')) return [];
  const own = join(tree, 'etc/resolv.conf');
  let target = '/etc/resolv.conf';
  if (lstatSync(own, { throwIfNoEntry: false })?.isSymbolicLink()) {
    target = resolve('/etc', readlinkSync(own));
    if (!target.startsWith('/run/')) return [];
  }
  return ['--ro-bind', '/etc/resolv.conf', target];
}
