// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { monotonicMs } from '../../../osinfo/doors/clock.js';
import { MissingError, ToolError, WorkError } from '../../../osinfo/errors.js';
import { findProgram } from '../probes.js';
import { layOutJob, type Report, readReport } from './job-folder.js';
import { prepareQemu, qemuCommand } from './qemu.js';
import { READY } from './start-script.js';
import type { HelperContext, HelperJob, HelperMachine, HelperResult } from './types.js';
import { UML_PROGRAM, umlCommand } from './uml.js';

export type { HelperContext, HelperJob, HelperResult } from './types.js';

/**
 * The machine's processes are ended, by the kernel, when this one is: setpriv(1) asks for a signal at its end, and what
 * unshare(1) starts is alone in a process name space that ends with it. Process 1 there is a shell: a machine that is
 * process 1 itself cannot end by abort(3), and tries for ever.
 */
const ALONE = [
  ...['setpriv', '--pdeathsig', 'KILL', '--'],
  ...['unshare', '--pid', '--fork', '--kill-child=SIGKILL', '--mount-proc', '--'],
  ...['/bin/sh', '-c', '"$@"; exit $?', 'sh'],
];

/** An ordinary user, outside of a build, is root in a name space first: what comes after would lose its signal by that. */
const AS_ROOT = ['unshare', '--user', '--map-root-user', '--'];

/** QEMU emulates every instruction. */
const QEMU_SLOWER = 3;

/** Why User Mode Linux does not run on this machine; found out once. */
let umlRefused: string | undefined;

/**
 * Runs a script in a machine of its own kernel, with files of this machine as its disks: User Mode Linux first, which
 * starts within two seconds; where that cannot run (a container that forbids ptrace), QEMU without KVM, with the kernel
 * of the tree that is being built. One more attempt is made when a machine stops in the middle. Nothing is left behind:
 * no process, no file.
 * @throws WorkError when the script fails (its last line is in the message) or no machine came to its end
 * @throws MissingError when this machine has neither
 */
export async function runHelper(context: HelperContext, job: HelperJob): Promise<HelperResult> {
  const started = monotonicMs();
  const problems: string[] = [];
  for (const machine of machinesToTry()) {
    const outcome = await attempt(context, job, machine);
    if ('report' in outcome) {
      const ms = Math.round(monotonicMs() - started);
      context.emit({ type: 'helper', purpose: job.purpose, machine, ms });
      return { machine, ms, lines: linesOf(job, outcome.report) };
    }
    problems.push(`${NAMES[machine]}: ${outcome.problem}`);
    if (machine === 'uml' && !outcome.started) refuseUml(context, outcome.problem);
  }
  throw new WorkError(
    'helper-machine',
    `no helper machine came to its end for ${job.purpose} (${problems.join('; ')})`,
  );
}

const NAMES: Readonly<Record<HelperMachine, string>> = { uml: 'User Mode Linux', qemu: 'QEMU' };

/** Tests hold the choice to one machine by this variable (`uml` or `qemu`). */
function machinesToTry(): HelperMachine[] {
  const forced = process.env['GUESTWRIGHT_HELPER'];
  if (forced === 'uml' || forced === 'qemu') return [forced, forced];
  const uml = umlRefused === undefined && findProgram(UML_PROGRAM) !== undefined;
  if (uml) return ['uml', 'qemu'];
  return ['qemu', 'qemu'];
}

function refuseUml(context: HelperContext, why: string): void {
  if (umlRefused !== undefined) return;
  umlRefused = why;
  context.emit({
    type: 'notice',
    message: `User Mode Linux does not run here (${why}): QEMU takes its place, which takes longer`,
  });
}

type Outcome = { readonly report: Report } | { readonly problem: string; readonly started: boolean };

async function attempt(context: HelperContext, job: HelperJob, machine: HelperMachine): Promise<Outcome> {
  await job.prepare?.();
  const folder = join(mkdtempSync(join(context.scratch, 'helper-')), 'job');
  let ready = false;
  let last = '';
  try {
    await layOutJob(context, job, machine, folder);
    const words = machine === 'uml' ? umlCommand(job) : qemuCommand(job, await prepareQemu(context, job, folder));
    const seconds = (job.timeoutSeconds ?? 300) * (machine === 'qemu' ? QEMU_SLOWER : 1);
    const space = userInfo().uid === 0 ? [] : AS_ROOT;
    let problem = 'it ended without a word';
    try {
      await context.tool([...space, ...ALONE, ...words], {
        cwd: folder,
        timeoutMs: seconds * 1000,
        onLine: (line) => {
          if (line.trim() === READY) ready = true;
          if (line.trim() !== '') last = line.trim();
        },
      });
    } catch (error) {
      if (!(error instanceof ToolError)) throw error;
      problem = error.message;
    }
    const report = readReport(folder);
    return report
      ? { report }
      : { problem: last === '' ? problem : `${problem}; it last said: ${last}`, started: ready };
  } catch (error) {
    if (error instanceof MissingError && machine === 'uml') return { problem: error.message, started: false };
    throw error;
  } finally {
    rmSync(join(folder, '..'), { recursive: true, force: true });
  }
}

/** @throws WorkError with the script's last line when it failed */
function linesOf(job: HelperJob, report: Report): string[] {
  const lines = report.text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  if (report.status === 0) return lines;
  throw new WorkError(
    'helper-script',
    `the helper machine could not do its work for ${job.purpose} (exit code ${report.status})${lines.length > 0 ? `: ${lines.at(-1)}` : ''}`,
  );
}
