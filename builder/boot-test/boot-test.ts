// SPDX-License-Identifier: Apache-2.0
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monotonicMs } from '../../osinfo/doors/clock.js';
import { cleanEnvironment, start } from '../../osinfo/doors/process.js';
import { WorkError } from '../../osinfo/errors.js';
import { formatQemu } from '../../osinfo/formats/index.js';
import type { Recommendation } from '../../osinfo/recommend/types.js';
import { type Accelerator, probeAccelerator } from './accelerator.js';
import { probeEmulator } from './emulators.js';
import { type Secret, typist, Unlocker } from './unlock.js';

/** What a system that is up says on its serial console. */
const LOGIN_PROMPT = 'login:';

/** Seconds until the login prompt, and for each container that is opened on the way: emulated machines are slow at it. */
const SECONDS = { boot: 300, unlock: 240 } as const;

/**
 * A guest that hangs here is the emulator's trouble, seen with some processors: it gets one more try, and that one the
 * whole time, since a busy machine makes a guest say so that is only slow.
 */
const STALL = /rcu_\w+ (?:detected stalls|self-detected stall)/;

/** The sequences by which a console moves and colours: ECMA-48's control sequences. */
const CONTROL_SEQUENCE = new RegExp(`${String.fromCharCode(27)}\\[[0-9;?]*[A-Za-z]`, 'g');

function plainText(line: string): string {
  return line.slice(-10_000).replace(CONTROL_SEQUENCE, '').trimEnd();
}

export interface BootTestOptions {
  readonly recommendation: Recommendation;
  readonly name: string;
  /** Finished images, in the order of the disks. They are not written to. */
  readonly disks: readonly { readonly path: string; readonly format: string }[];
  readonly firmware: 'bios' | 'uefi';
  /** Passphrases of encrypted containers, typed where the boot loader or the system asks for them. Default none. */
  readonly secrets?: readonly Secret[];
  /** Default 300, and 240 more for each of `secrets`. */
  readonly timeoutSeconds?: number;
  readonly onLine?: (line: string) => void;
  readonly signal?: AbortSignal;
}

export interface BootTestResult {
  readonly firmware: 'bios' | 'uefi';
  readonly accelerator: Accelerator;
  /** From QEMU's start to the prompt. */
  readonly seconds: number;
}

/**
 * Starts finished images in QEMU with the recommended hardware and waits for the login prompt on the serial console.
 * The images are opened with a snapshot on top: nothing is written to them. There is no network.
 * @throws MissingError when QEMU or the firmware is missing; WorkError when no prompt comes in time
 */
export async function bootTest(options: BootTestOptions): Promise<BootTestResult> {
  const uefi = probeEmulator(options.recommendation.arch, options.firmware);
  const accelerator = await probeAccelerator(options.recommendation.arch);
  try {
    return await bootOnce(options, { uefi, accelerator, endsOnStall: true });
  } catch (error) {
    if (error instanceof WorkError && error.code === 'guest-stalled')
      return await bootOnce(options, { uefi, accelerator, endsOnStall: false });
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
  const folder = mkdtempSync(join(tmpdir(), 'guestwright-boot-'));
  try {
    return await bootIn(folder, options, attempt);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function bootIn(
  folder: string,
  options: BootTestOptions,
  { uefi, accelerator, endsOnStall }: Attempt,
): Promise<BootTestResult> {
  const variables = join(folder, 'vars.fd');
  if (uefi) copyFileSync(uefi.variables, variables);
  const { argv } = formatQemu(
    {
      ...options.recommendation,
      firmware: { type: options.firmware, secureBoot: false, enrolledKeys: false, smm: false },
    },
    {
      name: options.name,
      disks: options.disks,
      serial: 'stdio',
      snapshot: true,
      network: 'none',
      display: 'none',
      accel: accelerator,
      ...(uefi ? { firmwareCode: uefi.code, firmwareVars: variables } : {}),
    },
  );
  const started = monotonicMs();
  const heard: string[] = [];
  let verdict: 'prompt' | 'stalled' | undefined;
  const decide = (what: 'prompt' | 'stalled'): void => {
    verdict ??= what;
    guest.kill('SIGKILL');
  };
  const unlocker = new Unlocker(
    options.secrets ?? [],
    typist((letter) => guest.write(letter)),
  );
  // When this process is killed the guest has to go with it: setpriv asks the kernel for that.
  const guest = await start(['setpriv', '--pdeathsig', 'KILL', '--', ...argv], {
    env: cleanEnvironment({ TMPDIR: folder }),
    onLine: (line) => {
      const text = plainText(line);
      unlocker.hearLine(text);
      if (text === '') return;
      heard.push(text);
      if (heard.length > 2000) heard.shift();
      options.onLine?.(text);
      if (endsOnStall && STALL.test(text)) decide('stalled');
    },
    onPartial: (tail) => {
      const text = plainText(tail);
      if (text.endsWith(LOGIN_PROMPT)) decide('prompt');
      else unlocker.hearPartial(text);
    },
  });
  const limit = options.timeoutSeconds ?? SECONDS.boot + (options.secrets?.length ?? 0) * SECONDS.unlock;
  const timer = setTimeout(() => guest.kill('SIGKILL'), limit * 1000);
  const stop = (): void => guest.kill('SIGKILL');
  options.signal?.addEventListener('abort', stop, { once: true });
  const code = await guest.ended;
  clearTimeout(timer);
  options.signal?.removeEventListener('abort', stop);
  const seconds = Math.round((monotonicMs() - started) / 100) / 10;
  if (verdict === 'prompt') return { firmware: options.firmware, accelerator, seconds };
  if (options.signal?.aborted) throw new WorkError('stopped', 'the boot test was stopped');
  if (verdict === 'stalled') throw new WorkError('guest-stalled', 'the emulated processor stood still');
  const last = heard.at(-1)?.slice(0, 200) ?? 'nothing';
  const how = code === null ? `no login prompt within ${limit} s` : `QEMU ended by itself (exit code ${code})`;
  throw new WorkError(
    'boot-failed',
    `${how} from ${options.firmware === 'bios' ? 'BIOS' : 'UEFI'}; the console's last words: ${last}`,
  );
}
