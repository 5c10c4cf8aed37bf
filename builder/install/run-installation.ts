// SPDX-License-Identifier: Apache-2.0
import { monotonicMs } from '../../osinfo/doors/clock.js';
import { WorkError } from '../../osinfo/errors.js';
import type { Accelerator } from '../boot-test/accelerator.js';
import { SerialConsole } from '../boot-test/console.js';
import { type Guest, startGuest } from '../machine/guest.js';
import type { QmpEvent } from '../machine/qmp.js';
import { attach } from '../machine/terminal.js';
import { type InstallMachine, installCommand } from './install-command.js';
import type { InstallPlan } from './plan-install.js';
import { lastWords, openQuestion, panicOf } from './questions.js';

/** Seconds after which an installation that needs nobody is given up. */
export interface InstallLimits {
  /** The whole of it. */
  readonly whole: number;
  /** The console says nothing, and no disk is read or written. */
  readonly still: number;
  /** The console has ended in a question. */
  readonly question: number;
}

/** An emulated machine computes for minutes where nothing is seen of it. */
export const installLimits: Readonly<Record<Accelerator, InstallLimits>> = {
  kvm: { whole: 2 * 3600, still: 600, question: 60 },
  tcg: { whole: 8 * 3600, still: 1800, question: 120 },
};

export interface InstallationOptions {
  readonly limits?: Partial<InstallLimits>;
  /** Whole lines of the serial console. */
  readonly onLine?: (line: string) => void;
  /** Every few seconds. */
  readonly onProgress?: (progress: InstallProgress) => void;
  /** What the installed system calls itself: one that starts without a new start of the machine is known by its prompt. */
  readonly hostname?: string;
  /** A person answers the installer, on this process's input and output. Default: nobody, and the limits hold. */
  readonly attended?: boolean;
  /** Gets the address of the screen, where there is one to be connected to. */
  readonly onScreen?: (address: string) => void;
  readonly signal?: AbortSignal;
}

export interface InstallProgress {
  readonly seconds: number;
  /** What was written to disks so far. */
  readonly writtenBytes: number;
  readonly lastLine: string;
}

export interface Installation {
  readonly seconds: number;
  /** How often the machine was started. */
  readonly starts: number;
  readonly writtenBytes: number;
}

/** What the serial console has said, for who wants to know what went wrong. */
export class InstallationError extends WorkError {
  constructor(
    code: string,
    message: string,
    readonly console: string,
    options?: { cause?: unknown },
  ) {
    super(code, message, options);
  }
}

const POLL_MS = 2000;
/** Less than a boot sector, a partition table and a loader. */
const LEAST_WRITTEN = 256 * 1024;

/**
 * Runs an installer in QEMU until it switches the machine off, or starts it anew for the last time. Nothing of it
 * outlives this process.
 * @throws InstallationError with one line and the console: it asks, stands still, takes too long, panics, or ends without
 *   having installed anything
 * @throws WorkError `interrupted`; MissingError without QEMU
 */
export async function runInstallation(
  plan: InstallPlan,
  machine: Omit<InstallMachine, 'startsBefore'>,
  options: InstallationOptions = {},
): Promise<Installation> {
  const began = monotonicMs();
  let written = 0;
  for (let startsBefore = 0; ; startsBefore++) {
    const run = new InstallerRun(plan, { ...machine, startsBefore }, options, began, written);
    const end = await run.done();
    written = run.written;
    const seconds = Math.round((monotonicMs() - began) / 100) / 10;
    if (end === 'off' || startsBefore + 1 >= plan.restarts) {
      if (written < LEAST_WRITTEN)
        throw run.failure(
          'nothing-installed',
          `the installer ${end === 'off' ? 'switched the machine off' : 'started the machine anew'} and has written nothing to its disk`,
        );
      return { seconds, starts: startsBefore + 1, writtenBytes: written };
    }
  }
}

/** One start of the machine, watched to its end. */
class InstallerRun {
  written: number;
  readonly #writtenBefore: number;
  readonly #console: SerialConsole;
  #guest: Guest | undefined;
  #lastLine = '';
  #heardAt = monotonicMs();
  #busyAt = monotonicMs();
  #moved = -1;
  #reason = '';
  #panicked = false;
  #failure: WorkError | undefined;
  #askedToEndAt: number | undefined;

  constructor(
    private readonly plan: InstallPlan,
    private readonly machine: InstallMachine,
    private readonly options: InstallationOptions,
    private readonly began: number,
    written: number,
  ) {
    this.written = written;
    this.#writtenBefore = written;
    this.#console = new SerialConsole({
      write: () => undefined,
      onLine: (line) => {
        if (line !== '') this.#lastLine = line;
        options.onLine?.(line);
      },
    });
  }

  /** Starts it, and waits: `off` where the guest switched itself off, `anew` where it started itself anew. */
  async done(): Promise<'off' | 'anew'> {
    const { signal, attended } = this.options;
    if (signal?.aborted) throw stopped();
    const guest = await startGuest(installCommand(this.plan, this.machine), {
      onEvent: (event) => this.#hearEvent(event),
    });
    this.#guest = guest;
    guest.output.on('data', (chunk: Buffer) => {
      this.#heardAt = monotonicMs();
      this.#console.hear(chunk);
    });
    const stop = (): void => this.#giveUp(stopped());
    signal?.addEventListener('abort', stop, { once: true });
    if (signal?.aborted) stop();
    const detach = attended ? attach(guest, { input: process.stdin, output: process.stdout }, stop) : undefined;
    if (this.machine.display === 'vnc') void this.#tellScreen(guest);
    const timer = setInterval(() => void this.#look(guest).catch(() => undefined), POLL_MS);
    let code: number | null;
    try {
      code = await guest.ended;
    } finally {
      clearInterval(timer);
      detach?.();
      signal?.removeEventListener('abort', stop);
    }
    if (this.#failure) throw this.#failure;
    if (this.#panicked) throw this.failure('guest-panicked', 'the installer’s kernel panicked');
    if (code !== 0) {
      const last = guest.complaints().at(-1);
      throw this.failure('qemu', `QEMU ended with exit code ${code}${last === undefined ? '' : `: ${last}`}`);
    }
    return this.#reason === 'guest-reset' ? 'anew' : 'off';
  }

  /** An error with the console's last words, one line. */
  failure(code: string, what: string): InstallationError {
    const words = lastWords(this.#console.text);
    return new InstallationError(code, `${what}; the console's last words: ${words}`, this.#console.text);
  }

  #hearEvent({ event, data }: QmpEvent): void {
    if (event === 'GUEST_PANICKED') this.#panicked = true;
    // The second is that of our own `quit`.
    if (event !== 'SHUTDOWN' || this.#reason !== '') return;
    this.#reason = String(data['reason'] ?? 'unknown');
    void this.#finish();
  }

  /** The machine stands still at its end, so that it can be asked what it has written. */
  async #finish(): Promise<void> {
    const guest = this.#guest;
    if (guest === undefined) return;
    try {
      const { written } = totalsOf(await guest.qmp.execute('query-blockstats'));
      this.written = this.#writtenBefore + written;
      await guest.qmp.execute('quit');
    } catch {
      guest.kill();
    }
  }

  #giveUp(failure: WorkError): void {
    this.#failure ??= failure;
    this.#guest?.kill();
  }

  /** Looks whether the machine still does something, and how long it has done so. */
  async #look(guest: Guest): Promise<void> {
    const now = monotonicMs();
    const stats = totalsOf(await guest.qmp.execute('query-blockstats'));
    this.written = this.#writtenBefore + stats.written;
    const moved = stats.written + stats.read;
    if (moved !== this.#moved) this.#busyAt = now;
    this.#moved = moved;
    this.options.onProgress?.({
      seconds: Math.round((now - this.began) / 1000),
      writtenBytes: this.written,
      lastLine: this.#lastLine,
    });
    if (await this.#endInstalled(guest, now)) return;
    const failure = this.#judge(now);
    if (failure) this.#giveUp(failure);
  }

  /**
   * Some installers go over into the system that they installed without a new start of the machine (AutoYaST, by kexec).
   * Where that one's prompt has come and nothing happens any more, it is asked to switch off.
   */
  async #endInstalled(guest: Guest, now: number): Promise<boolean> {
    const { hostname, attended } = this.options;
    const limit = this.#limits().question;
    if (this.#askedToEndAt !== undefined) {
      // It has had its time: what it had to write was written before it stood still.
      if ((now - this.#askedToEndAt) / 1000 >= limit) await guest.qmp.execute('quit');
      return true;
    }
    if (hostname === undefined || attended || this.written < LEAST_WRITTEN || this.#stillSeconds(now) < limit)
      return false;
    if (!lastWords(this.#console.text).endsWith(`${hostname} login:`)) return false;
    this.#askedToEndAt = now;
    await guest.qmp.execute('system_powerdown');
    return true;
  }

  #limits(): InstallLimits {
    return { ...installLimits[this.machine.accelerator], ...this.options.limits };
  }

  /** How long it has neither said anything nor read or written. */
  #stillSeconds(now: number): number {
    return (now - Math.max(this.#heardAt, this.#busyAt)) / 1000;
  }

  #judge(now: number): WorkError | undefined {
    const { text } = this.#console;
    const panic = panicOf(text);
    if (panic !== undefined) return this.failure('guest-panicked', 'the installer’s kernel panicked');
    // A person takes the time that a person takes.
    if (this.options.attended) return undefined;
    const limits = this.#limits();
    const still = this.#stillSeconds(now);
    const question = still >= limits.question ? openQuestion(text) : undefined;
    if (question !== undefined)
      return new InstallationError(
        'installer-asks',
        `the installer asks what its answers do not say: ${question}; give it with --config-file, or say --script none and answer yourself`,
        text,
      );
    if (still >= limits.still)
      return this.failure(
        'installer-still',
        `the installer has done nothing for ${still < 120 ? `${Math.round(still)} s` : `${Math.round(still / 60)} min`} (--graphics shows its screen)`,
      );
    const whole = (now - this.began) / 1000;
    if (whole < limits.whole) return undefined;
    return this.failure(
      'install-timeout',
      `the installer was not done after ${Math.round(whole / 60)} min (--timeout)`,
    );
  }

  async #tellScreen(guest: Guest): Promise<void> {
    const answer = await guest.qmp.execute('query-vnc').catch(() => undefined);
    const { host, service } = (answer ?? {}) as { readonly host?: unknown; readonly service?: unknown };
    if (typeof host === 'string' && typeof service === 'string') this.options.onScreen?.(`vnc://${host}:${service}`);
  }
}

const stopped = (): WorkError => new WorkError('interrupted', 'the installation was stopped; nothing of it is kept');

/** Bytes that all drives have read and written, of QMP's `query-blockstats`. */
function totalsOf(answer: unknown): { readonly read: number; readonly written: number } {
  const totals = { read: 0, written: 0 };
  for (const drive of Array.isArray(answer) ? (answer as readonly unknown[]) : []) {
    const { stats } = drive as { readonly stats?: { readonly rd_bytes?: unknown; readonly wr_bytes?: unknown } };
    if (typeof stats?.rd_bytes === 'number') totals.read += stats.rd_bytes;
    if (typeof stats?.wr_bytes === 'number') totals.written += stats.wr_bytes;
  }
  return totals;
}
