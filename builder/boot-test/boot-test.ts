// SPDX-License-Identifier: Apache-2.0
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../../osinfo/doors/cache.js';
import { monotonicMs } from '../../osinfo/doors/clock.js';
import { WorkError } from '../../osinfo/errors.js';
import { formatQemu } from '../../osinfo/formats/index.js';
import type { Recommendation } from '../../osinfo/recommend/types.js';
import { type Guest, startGuest } from '../machine/guest.js';
import { type Accelerator, probeAccelerator } from './accelerator.js';
import { SerialConsole } from './console.js';
import { probeEmulator } from './emulators.js';
import { type CheckResult, checkInside, type ExpectedInside } from './inside.js';
import { takeScreenshot } from './screenshot.js';
import { type CommandResult, isMark, Session } from './session.js';
import { type Secret, typist, Unlocker } from './unlock.js';

/** What a system that is up says on its serial console. */
const LOGIN_PROMPT = /login: /;

/**
 * Seconds until the login prompt, for each container that is opened on the way, and for each answer after it: emulated
 * machines are slow at it.
 */
const SECONDS = { boot: 300, unlock: 240, answer: 300 } as const;

export interface BootTestOptions {
  readonly recommendation: Recommendation;
  readonly name: string;
  /** Finished images, in the order of the disks. They are not written to. */
  readonly disks: readonly { readonly path: string; readonly format: string }[];
  readonly firmware: 'bios' | 'uefi';
  /** Passphrases of encrypted containers, typed where the boot loader or the system asks for them. Default none. */
  readonly secrets?: readonly Secret[];
  /** What has to be said on the serial console. Default: a login prompt. */
  readonly expect?: string;
  /** Logs in as root and looks at the system from inside. Default: the login prompt is enough. */
  readonly inside?: InsideOptions;
  /** A PNG of what the screen shows in the end, however that came; nothing where QEMU has ended by itself. */
  readonly screenshot?: string;
  /** Until the prompt (default 300, and 240 more for each of `secrets`), and for each answer behind it (default 300). */
  readonly timeoutSeconds?: number;
  readonly onLine?: (line: string) => void;
  readonly signal?: AbortSignal;
}

export interface InsideOptions {
  /** Root's. It is typed on the console, and stands in no command line. */
  readonly password: string;
  /** What the system is expected to have; `expectedInside` tells it of a plan. Default: only its units are looked at. */
  readonly expected?: ExpectedInside;
  /** Commands for the system's shell, one after the other, each with an exit code of 0 to be. Default none. */
  readonly commands?: readonly string[];
}

export interface BootTestResult {
  readonly firmware: 'bios' | 'uefi';
  readonly accelerator: Accelerator;
  /** From QEMU's start to the prompt, or to what was expected. */
  readonly seconds: number;
  /** What was waited for; absent: a login prompt. */
  readonly expected?: string;
  /** What was seen from inside; none where nobody logged in. */
  readonly checks: readonly CheckResult[];
  readonly commands: readonly CommandResult[];
  /** What is wrong with the system that started, a sentence each; none: it passed. */
  readonly failures: readonly string[];
  /** The picture of the screen. */
  readonly screenshot?: string;
  /** Where the console's text is kept; only with `failures`. */
  readonly log?: string;
}

/**
 * Starts finished images in QEMU with the recommended hardware and waits for the login prompt on the serial console, or
 * for a given text; then asks the system what it is asked to ask. The images are opened with a snapshot on top: nothing
 * is written to them. There is no network.
 * @returns what was seen: of a system that started and is not as it should be, `failures` tell
 * @throws MissingError when QEMU or the firmware is missing; WorkError when it does not start in time, does not let root
 *   in or does not answer: with the console's last words, and where all of them are kept
 */
export async function bootTest(options: BootTestOptions): Promise<BootTestResult> {
  const uefi = probeEmulator(options.recommendation.arch, options.firmware);
  const accelerator = await probeAccelerator(options.recommendation.arch);
  const attempt = { uefi, accelerator };
  try {
    return await bootOnce(options, { ...attempt, endsOnStall: true });
  } catch (error) {
    // One more try, and that one the whole time: a busy machine makes a guest say so that is only slow.
    if (error instanceof WorkError && error.code === 'guest-stalled')
      return await bootOnce(options, { ...attempt, endsOnStall: false });
    throw error;
  }
}

/** How a guest is started this time. */
interface Attempt {
  readonly uefi: ReturnType<typeof probeEmulator>;
  readonly accelerator: Accelerator;
  readonly endsOnStall: boolean;
}

async function bootOnce(options: BootTestOptions, attempt: Attempt): Promise<BootTestResult> {
  const started = monotonicMs();
  const guest = await startGuest(argvOf(options, attempt));
  const console = listen(guest, options, attempt.endsOnStall);
  const stop = (): void => guest.kill();
  options.signal?.addEventListener('abort', stop, { once: true });
  if (options.signal?.aborted) stop();
  // A picture of what went wrong is worth as much as one of the prompt.
  let screenshot: string | undefined;
  const photograph = async (): Promise<void> => {
    if (options.screenshot === undefined || screenshot !== undefined) return;
    await takeScreenshot(guest.qmp, options.screenshot);
    screenshot = options.screenshot;
  };
  try {
    const seen = await watch(console, options, started);
    await photograph();
    const base = {
      firmware: options.firmware,
      accelerator: attempt.accelerator,
      ...(options.expect === undefined ? {} : { expected: options.expect }),
      ...seen,
      ...(screenshot === undefined ? {} : { screenshot }),
    };
    return seen.failures.length === 0 ? base : { ...base, ...keepLog(console, options) };
  } catch (error) {
    if (options.signal?.aborted) throw new WorkError('stopped', 'the boot test was stopped');
    if (!(error instanceof WorkError) || error.code === 'guest-stalled') throw error;
    await photograph().catch(() => undefined);
    throw explain(error, console, guest, options);
  } finally {
    options.signal?.removeEventListener('abort', stop);
    guest.kill();
    await guest.ended;
  }
}

function argvOf(options: BootTestOptions, { uefi, accelerator }: Attempt): readonly string[] {
  const { recommendation, name, disks } = options;
  const hasNoScreen = recommendation.video.model === 'none';
  const { argv } = formatQemu(
    {
      ...recommendation,
      firmware: { type: options.firmware, secureBoot: false, enrolledKeys: false, smm: false },
      ...(options.screenshot !== undefined && hasNoScreen ? { video: { model: 'virtio' } } : {}),
    },
    {
      name,
      disks,
      serial: 'stdio',
      snapshot: true,
      network: 'none',
      display: 'none',
      accel: accelerator,
      ...(uefi ? { firmwareCode: uefi.code, firmwareVars: uefi.variables } : {}),
    },
  );
  return argv;
}

/** The console of a guest, on which passphrases are given to who asks for them. */
function listen(guest: Guest, options: BootTestOptions, endsOnStall: boolean): SerialConsole {
  const write = (text: string): void => void guest.write(text);
  const unlocker = new Unlocker(options.secrets ?? [], typist(write));
  const console = new SerialConsole({
    write,
    endsOnStall,
    onLine: (line) => {
      unlocker.hearLine(line);
      if (line !== '' && !isMark(line)) options.onLine?.(line);
    },
    onPartial: (text) => unlocker.hearPartial(text),
  });
  guest.output.on('data', (chunk: Buffer) => console.hear(chunk));
  void guest.ended.then((code) => console.close(`QEMU ended by itself (exit code ${code})`));
  return console;
}

/** Waits for the system to be up, and asks it what it is to be asked. */
async function watch(
  console: SerialConsole,
  options: BootTestOptions,
  started: number,
): Promise<Pick<BootTestResult, 'seconds' | 'checks' | 'commands' | 'failures'>> {
  const { expect, inside, timeoutSeconds } = options;
  const limit = timeoutSeconds ?? SECONDS.boot + (options.secrets?.length ?? 0) * SECONDS.unlock;
  await console.expect(expect ?? LOGIN_PROMPT, limit, expect === undefined ? 'login prompt' : JSON.stringify(expect));
  const seconds = Math.round((monotonicMs() - started) / 100) / 10;
  if (!inside) return { seconds, checks: [], commands: [], failures: [] };
  if (expect !== undefined) {
    console.rewind();
    await console.expect(LOGIN_PROMPT, limit, 'login prompt');
  }
  const answer = timeoutSeconds ?? SECONDS.answer;
  const session = await Session.logIn(console, inside.password, answer);
  const checks = await checkInside(session, inside.expected ?? { mounts: [], swaps: 0 }, answer);
  const commands: CommandResult[] = [];
  for (const command of inside.commands ?? []) {
    const result = await session.run(command, answer);
    commands.push(result);
  }
  const failures = [
    ...checks.filter(({ passed }) => !passed).map(({ detail }) => detail),
    ...commands.filter(({ exitCode }) => exitCode !== 0).map(describeFailure),
  ];
  return { seconds, checks, commands, failures };
}

function describeFailure({ command, exitCode, output }: CommandResult): string {
  const last = output.trimEnd().split('\n').at(-1)?.slice(0, 200);
  return `${JSON.stringify(command)} ended with exit code ${exitCode}${last ? `: ${last}` : ''}`;
}

/** One line that says what did not come, what was said last, and where the rest is. */
function explain(error: WorkError, console: SerialConsole, guest: Guest, options: BootTestOptions): WorkError {
  const firmware = options.firmware === 'bios' ? 'BIOS' : 'UEFI';
  const spoken = console.text.split('\n').map((line) => line.trim());
  const last = spoken.findLast((line) => line !== '')?.slice(-200) ?? guest.complaints().at(-1) ?? 'nothing';
  const { log } = keepLog(console, options);
  const kept = log === undefined ? '' : ` (console: ${log})`;
  const code = error.code === 'guest-silent' || error.code === 'guest-ended' ? 'boot-failed' : error.code;
  return new WorkError(code, `${error.message} from ${firmware}; the console's last words: ${last}${kept}`, {
    cause: error,
  });
}

/** Keeps what a console said, for who wants to look; where there is no place for it, it is not kept. */
function keepLog(
  console: SerialConsole,
  { name, recommendation, firmware }: BootTestOptions,
): { readonly log?: string } {
  const folder = cacheFolder('logs');
  if (folder === undefined) return {};
  const log = join(folder, `failed-boot-${name.replace(/[^\w.-]/g, '_')}-${recommendation.arch}-${firmware}.log`);
  try {
    writeFileSync(log, console.text, { mode: 0o600 });
    return { log };
  } catch {
    return {};
  }
}
