// SPDX-License-Identifier: Apache-2.0
import { join, parse } from 'node:path';
import type { BootTestResult, InsideOptions } from '../../builder/boot-test/boot-test.js';
import { probeEmulator } from '../../builder/boot-test/emulators.js';
import { expectedInside } from '../../builder/boot-test/inside.js';
import { machineFormat, OUTPUTS } from '../../builder/plan/outputs.js';
import type { Plan } from '../../builder/plan/types.js';
import type { BuildResult } from '../../builder/run/build.js';
import { readSmallFile } from '../../osinfo/doors/small-file.js';
import { InputError, WorkError } from '../../osinfo/errors.js';
import type { Progress } from './progress.js';

/** What `--boot-test` and its kin ask for. */
export interface BootWishes {
  /** Absent: a login prompt. */
  readonly expect?: string | undefined;
  /** For root's shell. With these, or a password, the system is looked at from inside. */
  readonly commands: readonly string[];
  readonly passwordFile?: string | undefined;
  readonly screenshot?: string | undefined;
  readonly timeoutSeconds?: number | undefined;
}

/** Wishes that a plan can fulfil. */
export interface PreparedBoots {
  readonly plan: Plan;
  readonly wishes: BootWishes;
  readonly inside: InsideOptions | undefined;
}

/** Longest text that is waited for, and largest file of a password. */
const LONGEST_EXPECTED = 1000;
const PASSWORD_BYTES = 4096;

/**
 * Finds out before a build whether it can be tested as it is asked for.
 * @throws InputError where no disk is written, or nobody can log in
 */
export function prepareBoots(plan: Plan, wishes: BootWishes): PreparedBoots {
  const format = machineFormat(plan.outputs.formats);
  if (format === undefined || OUTPUTS[format].packed)
    throw new InputError('boot-test-format', '--boot-test starts a disk image, and -f asks for none; add qcow2');
  const { expect, commands, passwordFile } = wishes;
  if (expect !== undefined && (expect === '' || expect.length > LONGEST_EXPECTED || expect.includes('\n')))
    throw new InputError('boot-expect', `--boot-expect waits for a part of one line, 1 to ${LONGEST_EXPECTED} letters`);
  if (commands.length === 0 && passwordFile === undefined) return { plan, wishes, inside: undefined };
  const password = passwordFile === undefined ? plainPassword(plan) : readPassword(passwordFile);
  if (password === undefined)
    throw new InputError(
      'boot-password',
      '--boot-run logs in as root, and the kickstart has no rootpw --plaintext; give the password by --boot-password-file',
    );
  return { plan, wishes, inside: { password, expected: expectedInside(plan), commands } };
}

/**
 * Finds out before a build whether this machine can start what it makes.
 * @throws MissingError when QEMU or the firmware is missing, with the command that installs it
 */
export function probeBoots({ plan }: PreparedBoots): void {
  for (const firmware of plan.boot.firmware) probeEmulator(plan.arch.name, firmware);
}

function plainPassword({ system: { rootPassword } }: Plan): string | undefined {
  return rootPassword && !rootPassword.crypted && !rootPassword.lock ? rootPassword.password : undefined;
}

/** The first line of a file. */
function readPassword(file: string): string {
  const password = readSmallFile(file, PASSWORD_BYTES).split(/\r?\n/)[0]!;
  if (password === '')
    throw new InputError('boot-password', 'the first line is empty, and has to be the password', { file });
  return password;
}

/**
 * Starts what was built from each firmware that it is made for.
 * @returns a result for each start, whether it passed or not
 * @throws what `bootTest` throws
 */
export async function runBoots(
  { plan, wishes, inside }: PreparedBoots,
  result: BuildResult,
  progress: Progress,
  signal: AbortSignal,
): Promise<BootTestResult[]> {
  const { bootTest } = await import('../../builder/boot-test/boot-test.js');
  const chosen = machineFormat(plan.outputs.formats)!;
  const disks = plan.disks.map((disk) => ({
    path: join(
      result.outputFolder,
      result.images.find((image) => image.disk === disk.name && image.format === chosen)!.file,
    ),
    format: OUTPUTS[chosen].container,
  }));
  const boots: BootTestResult[] = [];
  progress.event({ type: 'stage', stage: 'boot-test', status: 'start' });
  for (const firmware of plan.boot.firmware) {
    progress.event({ type: 'detail', stage: 'boot-test', text: `from ${firmware === 'bios' ? 'BIOS' : 'UEFI'}` });
    boots.push(
      await bootTest({
        recommendation: plan.recommendation,
        name: plan.name,
        disks,
        firmware,
        secrets: plan.storage.luks,
        ...(wishes.expect === undefined ? {} : { expect: wishes.expect }),
        ...(inside === undefined ? {} : { inside }),
        ...(wishes.screenshot === undefined ? {} : { screenshot: pictureOf(wishes.screenshot, firmware, plan) }),
        ...(wishes.timeoutSeconds === undefined ? {} : { timeoutSeconds: wishes.timeoutSeconds }),
        signal,
        onLine: (line) => progress.event({ type: 'detail', stage: 'boot-test', text: line.slice(0, 120) }),
      }),
    );
  }
  const ms = Math.round(boots.reduce((sum, boot) => sum + boot.seconds, 0) * 1000);
  progress.event({ type: 'stage', stage: 'boot-test', status: 'done', ms });
  return boots;
}

/** `screen.png`, or where there are two starts `screen-bios.png` and `screen-uefi.png`. */
function pictureOf(file: string, firmware: 'bios' | 'uefi', { boot }: Plan): string {
  if (boot.firmware.length < 2) return file;
  const { dir, name, ext } = parse(file);
  return join(dir, `${name}-${firmware}${ext}`);
}

/** What a person reads of the starts, a line each, with what was seen from inside below them. */
export function formatBoots(boots: readonly BootTestResult[], passed: string, failed: string): string[] {
  return boots.flatMap((boot) => {
    const what = boot.expected === undefined ? 'login prompt' : JSON.stringify(boot.expected);
    const how = boot.accelerator === 'kvm' ? 'KVM' : 'emulated, without KVM';
    const mark = (isGood: boolean): string => (isGood ? passed : failed);
    return [
      `  ${passed} starts from ${nameOf(boot)}: ${what} after ${boot.seconds} s (${how})`,
      ...boot.checks.map((check) => `    ${mark(check.passed)} ${check.detail}`),
      ...boot.commands.flatMap(({ command, exitCode, output }) => [
        `    ${mark(exitCode === 0)} ${command}${exitCode === 0 ? '' : `  (exit code ${exitCode})`}`,
        ...output.split('\n').flatMap((line) => (line === '' ? [] : [`        ${line}`])),
      ]),
      ...(boot.screenshot === undefined ? [] : [`    screen: ${boot.screenshot}`]),
    ];
  });
}

/**
 * Nothing, where every start passed.
 * @throws WorkError with the first thing that is wrong
 */
export function refuseFailedBoots(boots: readonly BootTestResult[]): void {
  const failures = boots.flatMap((boot) => boot.failures.map((text) => ({ boot, text })));
  const first = failures[0];
  if (first === undefined) return;
  const more = failures.length > 1 ? ` (and ${failures.length - 1} more)` : '';
  const log = first.boot.log === undefined ? '' : ` (console: ${first.boot.log})`;
  throw new WorkError('boot-failed', `started from ${nameOf(first.boot)}, ${first.text}${more}${log}`);
}

const nameOf = ({ firmware }: BootTestResult): string => (firmware === 'bios' ? 'BIOS' : 'UEFI');
