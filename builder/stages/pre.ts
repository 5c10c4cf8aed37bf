// SPDX-License-Identifier: Apache-2.0
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../osinfo/doors/process.js';
import { formatPlace, InputError, ToolError, WorkError } from '../../osinfo/errors.js';
import type { Issue, Script } from '../kickstart/model.js';
import { builderRoot, coveredProc } from '../run/sandbox.js';

const GIB = 1024 ** 3;

/** The disk that a script finds, by both of the names that kickstarts use; also the largest file that it may write. */
const DISK_BYTES = 64 * GIB;
const DISK_NAMES = ['vda', 'sda'] as const;

/** All scripts together. */
const TIME_MS = 600_000;

/** What is taken of the files that scripts leave. */
const MOST_FILE_BYTES = 4 * 1024 ** 2;
const MOST_FILES = 1000;

/** Folders that a script may write to, and whose files an `%include` may name. */
const WRITABLE = ['tmp', 'run', 'root', 'mnt'] as const;

export interface PreResult {
  /** The files that were written, text by path. */
  readonly written: ReadonlyMap<string, string>;
  /** Scripts that failed without `--erroronfail`. */
  readonly issues: readonly Issue[];
}

/**
 * Runs `%pre` scripts in their order, in a sandbox: this machine's programs, read-only; folders of its own to write to; an
 * empty disk of 64 GiB that is a file; no disk, file or setting of this machine. At most ten minutes.
 * @param network whether the scripts have this machine's network
 * @throws WorkError for a script with `--erroronfail` that fails, and for one that takes too long
 * @throws MissingError without bubblewrap
 */
export async function runPreScripts(scripts: readonly Script[], network: boolean): Promise<PreResult> {
  const place = mkdtempSync(join(tmpdir(), 'guestwright-pre-'));
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), TIME_MS);
  try {
    makePlace(place);
    const issues: Issue[] = [];
    for (const script of scripts) {
      const message = await runOne(place, script, network, deadline.signal);
      if (message === undefined) continue;
      if (script.errorOnFail) throw new WorkError('pre-failed', `${formatPlace(script.at)}: ${message}`);
      issues.push({
        severity: 'warning',
        code: 'pre-failed',
        at: script.at,
        message: `${message} (passed over: it has no --erroronfail)`,
      });
    }
    await reopen(place);
    return { written: readWritten(place), issues };
  } finally {
    clearTimeout(timer);
    await reopen(place);
    rmSync(place, { recursive: true, force: true });
  }
}

/** A script may have taken the right to look into a folder away, which only root does not mind. */
async function reopen(place: string): Promise<void> {
  await run(['chmod', '-R', 'u+rwX', '--', place], { okCodes: [0, 1] });
}

/** What a script sees of a machine: an empty disk, a network card, and nothing else. */
function makePlace(place: string): void {
  for (const name of [...WRITABLE, 'script', 'sys/class/net/eth0']) mkdirSync(join(place, name), { recursive: true });
  writeFileSync(join(place, 'cmdline'), 'inst.ks=file:/run/install/ks.cfg\n');
  writeFileSync(join(place, 'sys/class/net/eth0/address'), '52:54:00:00:00:01\n');
  writeFileSync(join(place, 'disk'), '', { mode: 0o600 });
  truncateSync(join(place, 'disk'), DISK_BYTES);
  for (const name of DISK_NAMES) {
    const folder = join(place, 'sys/block', name);
    mkdirSync(folder, { recursive: true });
    for (const [file, text] of Object.entries({ size: DISK_BYTES / 512, removable: 0, ro: 0 }))
      writeFileSync(join(folder, file), `${text}\n`);
  }
}

/** What went wrong; undefined: nothing. */
async function runOne(
  place: string,
  script: Script,
  network: boolean,
  signal: AbortSignal,
): Promise<string | undefined> {
  const file = join(place, 'script/ks-script');
  writeFileSync(file, script.body);
  chmodSync(file, 0o700);
  const interpreter = script.interpreter.split(/\s+/).filter((word) => word !== '');
  const flags = [
    '--unshare-user',
    '--uid',
    '0',
    '--gid',
    '0',
    '--unshare-pid',
    '--unshare-ipc',
    '--unshare-uts',
    ...(network ? [] : ['--unshare-net']),
    ...builderRoot(),
    '--proc',
    '/proc',
    ...coveredProc(),
    '--ro-bind',
    join(place, 'cmdline'),
    '/proc/cmdline',
    '--dev',
    '/dev',
    ...DISK_NAMES.flatMap((name) => ['--bind', join(place, 'disk'), `/dev/${name}`]),
    '--ro-bind',
    join(place, 'sys'),
    '/sys',
    ...WRITABLE.flatMap((name) => ['--bind', join(place, name), `/${name}`]),
    '--ro-bind',
    join(place, 'script'),
    '/run/guestwright',
    '--die-with-parent',
    '--new-session',
    '--clearenv',
    '--setenv',
    'PATH',
    '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    '--setenv',
    'HOME',
    '/root',
    '--setenv',
    'LANG',
    'C.UTF-8',
    '--chdir',
    '/tmp',
  ];
  const words = [
    'prlimit',
    `--fsize=${DISK_BYTES}`,
    'bwrap',
    ...flags,
    '--',
    ...interpreter,
    '/run/guestwright/ks-script',
  ];
  const okCodes = Array.from({ length: 256 }, (_, code) => code);
  try {
    const { exitCode, stdout, stderr } = await run(words, { okCodes, signal, timeoutMs: TIME_MS, keepBytes: 65_536 });
    if (exitCode === 0) return undefined;
    const last = `${stdout}\n${stderr}`.trim().split('\n').at(-1)?.trim().slice(0, 300);
    return `%pre ended with exit code ${exitCode}${last ? `: ${last}` : ''}`;
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    if (signal.aborted) {
      const minutes = TIME_MS / 60_000;
      throw new InputError('pre-too-long', `%pre took longer than ${minutes} minutes and was stopped`, script.at);
    }
    return `%pre: ${error.message}`;
  }
}

/** Plain files only: a link could lead to a file of this machine. */
function readWritten(place: string): Map<string, string> {
  const written = new Map<string, string>();
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  for (const folder of WRITABLE) {
    for (const entry of readdirSync(join(place, folder), { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (!entry.isFile() || written.size >= MOST_FILES || statSync(path).size > MOST_FILE_BYTES) continue;
      try {
        written.set(path.slice(place.length), decoder.decode(readFileSync(path)));
      } catch {
        // What is no text, or may not be read, is included by nobody.
      }
    }
  }
  return written;
}
