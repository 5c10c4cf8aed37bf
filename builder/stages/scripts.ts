// SPDX-License-Identifier: Apache-2.0
import { appendFileSync, chmodSync, existsSync, lstatSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { formatPlace, ToolError, WorkError } from '../../osinfo/errors.js';
import type { ScriptPlan } from '../plan/types.js';
import type { StageContext } from '../run/context.js';
import { sandboxed } from '../run/sandbox.js';
import { mountPoints, provideMountPoint } from './disks/folders.js';
import { insideTree, writeTreeFile } from './files.js';

/** Where the tree is seen by a `%post --nochroot`, by both names that such scripts use. */
const SYSIMAGE = '/mnt/sysimage';

/** Services are not started in a tree that is not running: invoke-rc.d(8) asks this file. */
const POLICY = 'usr/sbin/policy-rc.d';

/**
 * Runs the kickstart's `%pre-install` scripts in their order: they see this machine's programs, and the tree, still empty,
 * at /mnt/sysimage. What they put there is there when packages are installed.
 */
export async function runPreInstall(context: StageContext): Promise<void> {
  for (const script of context.plan.scripts.filter((one) => one.type === 'pre-install')) await runOne(context, script);
}

/** Runs the kickstart's `%post` scripts in their order, and says how many failed and were passed over. */
export async function runScripts(context: StageContext): Promise<{ readonly failed: number }> {
  const scripts = context.plan.scripts.filter((one) => one.type === 'post');
  if (scripts.length === 0) return { failed: 0 };
  // As in an installer, which has mounted the file systems by then: a script may put files there.
  const { disks, storage } = context.plan;
  for (const point of mountPoints(disks, storage)) provideMountPoint(context, point);
  const hadPolicy = existsSync(join(context.tree, POLICY));
  if (!hadPolicy) writeTreeFile(context.tree, POLICY, '#!/bin/sh\nexit 101\n', 0o755);
  makeResolverPlace(context.tree);
  let failed = 0;
  for (const script of scripts) if (!(await runOne(context, script))) failed++;
  if (!hadPolicy) rmSync(insideTree(context.tree, POLICY), { force: true });
  return { failed };
}

/** A file that the network's name resolution can be laid over; the clean stage takes it away while it is empty. */
function makeResolverPlace(tree: string): void {
  const path = insideTree(tree, 'etc/resolv.conf');
  if (!lstatSync(path, { throwIfNoEntry: false })) writeFileSync(path, '');
}

/** False for a script that failed and is passed over. */
async function runOne(context: StageContext, script: ScriptPlan): Promise<boolean> {
  const place = formatPlace({ file: script.at.file, line: script.at.line });
  const section = `%${script.type}`;
  const stage = script.type === 'post' ? 'scripts' : 'install';
  context.detail(stage, `${section} of line ${script.at.line}`);
  const folder = join(context.scratch, 'script');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { mode: 0o755 });
  const file = join(folder, 'ks-script');
  writeFileSync(file, script.body);
  chmodSync(file, 0o700);
  const interpreter = script.interpreter.split(/\s+/).filter((word) => word !== '');
  const output: string[] = [];
  let result: { exitCode: number };
  try {
    result = await sandboxed(context, [...interpreter, '/run/guestwright/ks-script'], {
      network: !context.job.postOffline,
      untrusted: true,
      root: script.chroot ? 'tree' : 'builder',
      binds: [[folder, '/run/guestwright'], ...(script.chroot ? [] : [[context.tree, SYSIMAGE] as const])],
      ...(script.chroot ? {} : { env: { INSTALL_ROOT: SYSIMAGE, LIVE_ROOT: SYSIMAGE } }),
      timeoutMs: 3_600_000,
      okCodes: Array.from({ length: 256 }, (_, code) => code),
      onLine: (line) => {
        output.push(line);
        if (output.length > 20_000) output.shift();
        if (line.trim() !== '') context.detail(stage, line.trim().slice(0, 200));
      },
    });
  } catch (error) {
    if (error instanceof ToolError)
      throw new WorkError('post-failed', `${place}: ${section}: ${error.message}`, { cause: error });
    throw error;
  }
  // The sandbox itself speaks so, and ends with 1: no script ran then.
  const sandbox = result.exitCode === 0 ? undefined : output.find((line) => line.startsWith('bwrap: '));
  if (sandbox !== undefined) throw new WorkError('post-not-run', `${place}: ${section} could not be run: ${sandbox}`);
  if (script.log !== undefined) writeLog(context, script, output);
  if (result.exitCode === 0) return true;
  const last = output.filter((line) => line.trim() !== '').at(-1);
  const message = `${place}: ${section} ended with exit code ${result.exitCode}${last === undefined ? '' : `: ${last.trim().slice(0, 300)}`}`;
  if (script.errorOnFail) throw new WorkError('post-failed', message);
  context.emit({ type: 'notice', message: `${message} (passed over: it has no --erroronfail)` });
  return false;
}

/** `--log` names a file of the system being built, as in an installer. */
function writeLog(context: StageContext, script: ScriptPlan, output: readonly string[]): void {
  const path = (script.log ?? '').replace(/^\/mnt\/sysimage(?=\/)/, '');
  const target = insideTree(context.tree, path);
  mkdirSync(dirname(target), { recursive: true });
  if (lstatSync(target, { throwIfNoEntry: false })?.isSymbolicLink()) rmSync(target);
  appendFileSync(target, `${output.join('\n')}\n`, { mode: 0o600 });
}
