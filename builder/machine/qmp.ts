// SPDX-License-Identifier: Apache-2.0
import type { Duplex } from 'node:stream';
import { WorkError } from '../../osinfo/errors.js';

/** What QEMU says by itself: `SHUTDOWN`, `GUEST_PANICKED`, … */
export interface QmpEvent {
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Longest line that is read; answers to what is asked here are short. */
const MOST_CHARACTERS = 1024 * 1024;
const ANSWER_MS = 30_000;

interface Waiting {
  readonly done: (value: unknown) => void;
  readonly fail: (error: Error) => void;
}

/**
 * Asks a running QEMU over its machine protocol: a line of JSON each way, answers by the id of their question.
 * @see https://www.qemu.org/docs/master/interop/qmp-spec.html
 */
export class Qmp {
  readonly #waiting = new Map<number, Waiting>();
  readonly #ready: Promise<unknown>;
  #partial = '';
  #last = 0;
  #isClosed = false;

  constructor(
    private readonly stream: Duplex,
    private readonly onEvent: (event: QmpEvent) => void = () => undefined,
  ) {
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => this.#hear(text));
    stream.once('close', () => this.#close());
    // QEMU takes nothing else before this; it may be sent before its greeting is read.
    this.#ready = this.#ask('qmp_capabilities', {});
    this.#ready.catch(() => undefined);
  }

  /**
   * The answer to a command.
   * @throws WorkError with QEMU's words when it refuses, ends, or says nothing for 30 s
   */
  async execute(command: string, args: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    await this.#ready;
    return await this.#ask(command, args);
  }

  async #ask(command: string, args: Readonly<Record<string, unknown>>): Promise<unknown> {
    if (this.#isClosed) throw new WorkError('qmp-closed', 'QEMU has ended');
    this.#last += 1;
    const id = this.#last;
    let timer: NodeJS.Timeout | undefined;
    const answer = new Promise((done, fail) => {
      this.#waiting.set(id, { done, fail });
      timer = setTimeout(() => fail(new WorkError('qmp-silent', `QEMU does not answer ${command}`)), ANSWER_MS);
      timer.unref();
    });
    this.stream.write(`${JSON.stringify({ execute: command, arguments: args, id })}\n`);
    try {
      return await answer;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(id);
    }
  }

  #hear(text: string): void {
    const lines = (this.#partial + text).split('\n');
    this.#partial = lines.pop()!.slice(0, MOST_CHARACTERS);
    for (const line of lines) this.#hearLine(line);
  }

  #hearLine(line: string): void {
    const said = parseLine(line);
    if (typeof said['event'] === 'string') {
      const data = said['data'];
      this.onEvent({ event: said['event'], data: isRecord(data) ? data : {} });
      return;
    }
    const waiting = this.#waiting.get(Number(said['id']));
    const error = said['error'];
    if (isRecord(error)) waiting?.fail(new WorkError('qmp-error', `QEMU: ${String(error['desc']).slice(0, 500)}`));
    else if ('return' in said) waiting?.done(said['return']);
  }

  #close(): void {
    this.#isClosed = true;
    for (const { fail } of this.#waiting.values()) fail(new WorkError('qmp-closed', 'QEMU has ended'));
  }
}

function parseLine(line: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(line);
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
