// SPDX-License-Identifier: Apache-2.0
import type { FetchProgress } from '../../builder/install/download-file.js';
import type { InstallProgress } from '../../builder/install/run-installation.js';
import { formatBytes } from '../../builder/sizes/format-sizes.js';
import { monotonicMs } from '../../osinfo/doors/clock.js';

/** Where lines go: standard error. */
interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Milliseconds between two states: of a line that is written anew, and of lines below each other. */
const EACH_MS = { terminal: 250, lines: 30_000 } as const;

/** One line that tells how far it is: written anew on a terminal, a line now and then elsewhere. */
export class ProgressLine {
  #shown = false;
  #last = Number.NEGATIVE_INFINITY;
  #began: { readonly at: number; readonly bytes: number } | undefined;

  constructor(
    private readonly output: Output,
    private readonly quiet: boolean,
  ) {}

  /** A line that stays. */
  say(text: string): void {
    this.end();
    this.output.write(`${text}${this.output.isTTY ? '\r' : ''}\n`);
  }

  fetched({ bytes, total }: FetchProgress): void {
    const now = monotonicMs();
    this.#began ??= { at: now, bytes };
    const seconds = (now - this.#began.at) / 1000;
    const rate = seconds < 1 ? undefined : (bytes - this.#began.bytes) / seconds;
    const isWhole = bytes === total;
    this.#show(() => formatFetched(bytes, total, rate), isWhole);
  }

  installed(state: InstallProgress): void {
    this.#show(() => formatInstalling(state), false);
  }

  /** Leaves the line that was written anew. */
  end(): void {
    if (this.#shown) this.output.write('\r\x1b[K');
    this.#shown = false;
  }

  #show(text: () => string, always: boolean): void {
    if (this.quiet) return;
    const now = monotonicMs();
    const { isTTY = false, columns = 80 } = this.output;
    if (!always && now - this.#last < EACH_MS[isTTY ? 'terminal' : 'lines']) return;
    this.#last = now;
    this.output.write(isTTY ? `\r\x1b[K${text().slice(0, columns - 1)}` : `${text()}\n`);
    this.#shown = isTTY;
  }
}

/** `  31 % of 658 MiB, 4.2 MiB/s, 108 s left`. */
export function formatFetched(bytes: number, total: number | undefined, rate: number | undefined): string {
  const speed = rate === undefined ? '' : `, ${formatBytes(Math.round(rate))}/s`;
  if (total === undefined || total === 0) return `  ${formatBytes(bytes)}${speed}`;
  const left =
    rate === undefined || rate <= 0 || bytes === total ? '' : `, ${Math.ceil((total - bytes) / rate)} s left`;
  return `  ${Math.floor((bytes / total) * 100)} % of ${formatBytes(total)}${speed}${left}`;
}

/** `  3 min, 412 MiB written: Installing the base system`. */
export function formatInstalling({ seconds, writtenBytes, lastLine }: InstallProgress): string {
  const time = seconds < 120 ? `${seconds} s` : `${Math.floor(seconds / 60)} min`;
  const said = lastLine
    .replace(/\p{Cc}/gu, ' ')
    .trim()
    .slice(0, 100);
  return `  ${time}, ${formatBytes(writtenBytes)} written${said === '' ? '' : `: ${said}`}`;
}
