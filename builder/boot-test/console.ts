// SPDX-License-Identifier: Apache-2.0
import { StringDecoder } from 'node:string_decoder';
import { WorkError } from '../../osinfo/errors.js';

/** A guest that hangs here is the emulator's trouble, seen with some processors. */
const STALL = /rcu_\w+ (?:detected stalls|self-detected stall)/;

const ESCAPE = String.fromCharCode(27);
/** The sequences by which a console moves and colours (ECMA-48's control sequences), and the beginning of one. */
const CONTROL_SEQUENCE = new RegExp(`${ESCAPE}(?:\\[[0-?]*[ -/]*[@-~]|[@-Z\\\\^_])|\\r`, 'g');
const BEGUN_SEQUENCE = new RegExp(`${ESCAPE}(?:\\[[0-?]{0,20}[ -/]{0,4})?$`);

/** Characters of a console that are kept, and the longest text that is looked for. */
const KEPT = 2 * 1024 * 1024;
const LONGEST = 4096;

/** Characters of a line, or of the one that has not ended, that its hearers are given. */
const LINE = 10_000;

export interface ConsoleOptions {
  /** Types on the guest's console. */
  readonly write: (text: string) => void;
  /** A whole line, without what moves and colours. */
  readonly onLine?: (line: string) => void;
  /** The line that has not ended yet, as a prompt has not. */
  readonly onPartial?: (text: string) => void;
  /** A kernel that says that its processors stand still ends the waiting. Default false: it may only be slow. */
  readonly endsOnStall?: boolean;
}

/** What has been said on a serial console, and waiting for more of it. */
export class SerialConsole {
  /** All that was said, without control sequences; of very much, the end. */
  text = '';
  readonly #decoder = new StringDecoder('utf8');
  readonly #waiting = new Set<() => void>();
  /** The beginning of a control sequence that came in two pieces. */
  #begun = '';
  #line = '';
  /** How much of `text` earlier waiting has used up. */
  #used = 0;
  #end: WorkError | undefined;

  constructor(private readonly options: ConsoleOptions) {}

  /** Takes what the guest said, as it comes. */
  hear(chunk: Uint8Array): void {
    const said = (this.#begun + this.#decoder.write(Buffer.from(chunk))).replace(CONTROL_SEQUENCE, '');
    const cut = BEGUN_SEQUENCE.exec(said.slice(-32));
    const end = cut ? said.length - Math.min(32, said.length) + cut.index : said.length;
    this.#begun = said.slice(end);
    this.#keep(said.slice(0, end));
    const lines = (this.#line + said.slice(0, end)).split('\n');
    this.#line = lines.pop()!.slice(-LINE);
    for (const line of lines) this.#hearLine(line.slice(-LINE).trimEnd());
    if (this.#line !== '') this.options.onPartial?.(this.#line.trimEnd());
    this.#check();
  }

  /** The guest is gone: whoever waits is told. */
  close(why: string): void {
    this.#end ??= new WorkError('guest-ended', why);
    this.#check();
  }

  /** What is waited for next may have been said at any time. */
  rewind(): void {
    this.#used = 0;
  }

  /** Types a line. */
  type(line: string): void {
    this.options.write(`${line}\r`);
  }

  /**
   * Waits for a text that comes behind what was waited for before, and answers with all up to its end.
   * @param what is found within a few thousand characters
   * @param name what errors call it
   * @throws WorkError `guest-silent` when it does not come in time, `guest-ended`, `guest-stalled`
   */
  async expect(what: RegExp | string, seconds: number, name: string): Promise<string> {
    let seen = this.#used;
    const find = (): string | undefined => {
      const from = Math.max(this.#used, Math.min(seen, this.text.length) - LONGEST);
      const place = findIn(this.text.slice(from), what);
      seen = this.text.length;
      if (place === undefined) return undefined;
      const start = this.#used;
      this.#used = from + place;
      return this.text.slice(start, this.#used);
    };
    return await new Promise((done, fail) => {
      let timer: NodeJS.Timeout | undefined;
      const finish = (end: () => void): void => {
        clearTimeout(timer);
        this.#waiting.delete(check);
        end();
      };
      const check = (): void => {
        const text = find();
        if (text !== undefined) finish(() => done(text));
        else if (this.#end) finish(() => fail(this.#end!));
      };
      timer = setTimeout(
        () => finish(() => fail(new WorkError('guest-silent', `no ${name} within ${seconds} s`))),
        seconds * 1000,
      );
      this.#waiting.add(check);
      check();
    });
  }

  #check(): void {
    for (const check of [...this.#waiting]) check();
  }

  #keep(said: string): void {
    this.text += said;
    const over = this.text.length - KEPT;
    if (over < KEPT / 2) return;
    this.text = this.text.slice(over);
    this.#used = Math.max(0, this.#used - over);
  }

  #hearLine(line: string): void {
    this.options.onLine?.(line);
    if (this.options.endsOnStall && STALL.test(line))
      this.#end ??= new WorkError('guest-stalled', 'the emulated processor stood still');
  }
}

/** Where the first place of a text ends. */
function findIn(text: string, what: RegExp | string): number | undefined {
  if (typeof what === 'string') {
    const place = text.indexOf(what);
    return place < 0 ? undefined : place + what.length;
  }
  const match = what.exec(text);
  return match ? match.index + match[0].length : undefined;
}
