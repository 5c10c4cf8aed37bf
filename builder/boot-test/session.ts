// SPDX-License-Identifier: Apache-2.0
import { InputError, WorkError } from '../../osinfo/errors.js';
import type { SerialConsole } from './console.js';

export interface CommandResult {
  readonly command: string;
  /** As a shell tells it: 128 and more for a signal. */
  readonly exitCode: number;
  /** Standard output and error, as they came; of very much, the end. */
  readonly output: string;
}

/** Characters of a command's output that are kept. */
const MOST_OUTPUT = 64 * 1024;

/** A terminal takes lines of 4095 bytes; longer commands go in pieces. */
const PIECE = 1000;
const MOST_COMMAND = 64 * 1024;

/**
 * Answers each line with what it prints. No shell that a person would have: no prompt, no editing, no job control, and
 * nothing of the user's own set-up.
 */
const LOOP = `exec sh -c 'printf "\\n%s%s\\n" gw- in; while IFS= read -r line; do eval "$line"; done'`;

/** The terminal says nothing by itself, is wide enough that no line is broken, and programs know that nobody looks. */
const QUIET = 'stty -echo cols 4000 2>/dev/null; export TERM=dumb PAGER=cat SYSTEMD_PAGER= SYSTEMD_COLORS=0';

/** A refusal, or a prompt of most shells. */
const SHELL = /login incorrect|[#$%>] *$/i;

/** The kernel and systemd (signal SIGRTMIN+21) keep what they have to say from the console. */
const HUSH = 'dmesg -n 1 2>/dev/null; [ -d /run/systemd/system ] && kill -55 1';

/** Whether a line of the console is one that finds the ends of answers. */
export const isMark = (line: string): boolean => /^gw-(?:in$|(?:begin|end)-\d)/.test(line);

/** A shell on a guest's console, of root's. */
export class Session {
  #asked = 0;

  private constructor(
    private readonly console: SerialConsole,
    private readonly seconds: number,
  ) {}

  /**
   * Logs in as root at a login prompt that has just been seen.
   * @param seconds how long each answer may take
   * @throws WorkError `login-failed`, or what waiting throws
   */
  static async logIn(console: SerialConsole, password: string, seconds: number): Promise<Session> {
    console.type('root');
    await console.expect(/password: /i, seconds, 'question for root’s password');
    console.type(password);
    // A prompt of its owner's taste may end in anything: then the time is over, and the next lines wait for the shell.
    const said = await console.expect(SHELL, Math.min(60, seconds), 'shell').catch(ignoreSilence);
    if (/login incorrect/i.test(said))
      throw new WorkError('login-failed', 'root’s password was not accepted on the console');
    const session = new Session(console, seconds);
    console.type(LOOP);
    await console.expect('\ngw-in\n', seconds, 'shell of root’s');
    console.type(`${QUIET}; ${HUSH}`);
    await session.#round(':');
    return session;
  }

  /**
   * Runs a command and waits for its end. It reads nothing.
   * @throws InputError for a command that is too long or has a NUL in it; WorkError when it does not end in time
   */
  async run(command: string, seconds = this.seconds): Promise<CommandResult> {
    for (const [index, piece] of pieces(command).entries())
      await this.#round(`command="${index === 0 ? '' : '$command'}"'${piece}'`);
    const name = `end of ${JSON.stringify(command.slice(0, 200))}`;
    const { output, exitCode } = await this.#round(`sh -c "$(printf %b "$command")" </dev/null 2>&1`, seconds, name);
    return { command, exitCode, output: output.slice(-MOST_OUTPUT) };
  }

  /** One line, and what is printed up to the mark behind it. The mark is typed in two halves: an echo is none. */
  async #round(
    line: string,
    seconds = this.seconds,
    name = 'answer of the shell',
  ): Promise<{ readonly output: string; readonly exitCode: number }> {
    this.#asked += 1;
    const [first, second] = ['gw-', `end-${this.#asked}`];
    const begin = this.#asked === 1 ? '' : `printf '\\n%s%s\\n' ${first} begin-${this.#asked}; `;
    this.console.type(`${begin}${line}; printf '\\n%s%s:%s:\\n' ${first} ${second} $?`);
    const end = new RegExp(`\\n${first}${second}:(\\d{1,3}):\\n`);
    const said = await this.console.expect(end, seconds, name);
    const exitCode = Number(end.exec(said.slice(-40))?.[1] ?? 1);
    const start = said.lastIndexOf(`\n${first}begin-${this.#asked}\n`);
    const from = start < 0 ? 0 : start + `\n${first}begin-${this.#asked}\n`.length;
    return { output: said.slice(from).replace(end, ''), exitCode };
  }
}

function ignoreSilence(error: unknown): string {
  if (error instanceof WorkError && error.code === 'guest-silent') return '';
  throw error;
}

/** A command in pieces, as `printf %b` reads them: letters as they are, the rest as octal numbers of its bytes. */
function pieces(command: string): string[] {
  if (command.includes('\0')) throw new InputError('boot-command', 'a command has a NUL character in it; remove it');
  const bytes = Buffer.from(command);
  if (bytes.length > MOST_COMMAND)
    throw new InputError('boot-command', `a command is longer than ${MOST_COMMAND} bytes; put it into the image`);
  const found = [''];
  for (const byte of bytes) {
    const letter = String.fromCharCode(byte);
    const written = /[\w ./=,:;@%+-]/.test(letter) ? letter : `\\0${byte.toString(8).padStart(3, '0')}`;
    if (found.at(-1)!.length + written.length > PIECE) found.push('');
    found.push(found.pop()! + written);
  }
  return found;
}
