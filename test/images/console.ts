// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Secret, Unlocker } from '../../builder/boot-test/unlock.js';
import { formatQemu } from '../../osinfo/formats/qemu.js';
import type { Recommendation } from '../../osinfo/recommend/types.js';

/** Emulated, and beside other work, a guest takes its time over every answer. */
const ANSWER_SECONDS = 400;

const STALL = 'rcu_preempt detected stalls';
const ESCAPE = String.fromCharCode(27);
/** The sequences by which a console moves and colours, whole, and the beginning of one. */
const CONTROL_SEQUENCE = new RegExp(`${ESCAPE}\\[[0-9;?]*[A-Za-z]|\\r`, 'g');
const BEGUN_SEQUENCE = new RegExp(`${ESCAPE}[^A-Za-z]{0,20}$`);

export interface Guest {
  readonly recommendation: Recommendation;
  readonly name: string;
  readonly disks: readonly { readonly path: string; readonly format: string }[];
  readonly firmware: 'bios' | 'uefi';
  /** Of the containers in it. */
  readonly secrets: readonly Secret[];
  readonly password: string;
}

/** A started guest that talks on its serial line; nothing of what it writes is kept. */
export class SerialConsole {
  /** All that was said, without control sequences. */
  text = '';
  private partial = '';
  private read = 0;
  private begun = '';
  private readonly waiting = new Set<() => void>();
  private closed = false;

  private constructor(
    private readonly process: ChildProcess,
    folder: string,
    secrets: readonly Secret[],
  ) {
    const unlocker = new Unlocker(secrets, (text) => this.write(`${text}\r`));
    const hear = (chunk: Buffer): void => {
      const said = (this.partial + chunk.toString()).replace(CONTROL_SEQUENCE, '');
      // A sequence may come in two pieces.
      const cut = BEGUN_SEQUENCE.exec(said)?.index ?? said.length;
      this.partial = said.slice(cut);
      this.text += said.slice(0, cut);
      const lines = (this.begun + said.slice(0, cut)).split('\n');
      this.begun = lines.pop()!;
      for (const line of lines) unlocker.hearLine(line);
      unlocker.hearPartial(this.begun);
      for (const check of this.waiting) check();
    };
    process.stdout!.on('data', hear);
    process.stderr!.on('data', hear);
    process.stdin!.on('error', () => undefined);
    process.once('close', () => {
      this.closed = true;
      rmSync(folder, { recursive: true, force: true });
      for (const check of this.waiting) check();
    });
  }

  static start(guest: Guest): SerialConsole {
    const folder = mkdtempSync(join(tmpdir(), 'guestwright-console-'));
    const { argv } = formatQemu(
      {
        ...guest.recommendation,
        firmware: { type: guest.firmware, secureBoot: false, enrolledKeys: false, smm: false },
      },
      {
        name: guest.name,
        disks: guest.disks,
        serial: 'stdio',
        snapshot: true,
        network: 'none',
        display: 'none',
        accel: 'tcg',
      },
    );
    const words = ['--pdeathsig', 'KILL', '--', ...argv];
    const child = spawn('setpriv', words, { stdio: 'pipe', env: { ...process.env, TMPDIR: folder } });
    return new SerialConsole(child, folder, guest.secrets);
  }

  write(text: string): void {
    this.process.stdin!.write(text);
  }

  /** What was said from the last match up to this one. */
  async expect(what: RegExp, seconds: number): Promise<string> {
    const start = this.read;
    const found = (): string | undefined => {
      const match = what.exec(this.text.slice(start));
      if (!match) return undefined;
      this.read = start + match.index + match[0].length;
      return this.text.slice(start, this.read);
    };
    return new Promise((done, fail) => {
      const check = (): void => {
        const text = found();
        if (text === undefined && !this.closed && !this.text.includes(STALL)) return;
        clearTimeout(timer);
        this.waiting.delete(check);
        if (text !== undefined) done(text);
        else
          fail(
            new Error(
              `the guest ${this.closed ? 'ended' : 'stands still'} without ${what}:\n${this.text.slice(-3000)}`,
            ),
          );
      };
      const timer = setTimeout(() => {
        this.waiting.delete(check);
        fail(new Error(`no ${what} within ${seconds} s:\n${this.text.slice(-3000)}`));
      }, seconds * 1000);
      this.waiting.add(check);
      check();
    });
  }

  async logIn(password: string): Promise<void> {
    this.write('root\r');
    await this.expect(/Password: *$/, ANSWER_SECONDS);
    this.write(`${password}\r`);
    await this.expect(/# *$/, ANSWER_SECONDS);
    // Without the kernel's own words, and wide enough that no line is broken.
    this.write('exec sh\r');
    await this.expect(/# *$/, 60);
    this.write('dmesg -n 1; stty -echo cols 4000; PS1=; printf "%s%s\\n" rea dy\r');
    await this.expect(/ready\n/, 60);
  }

  /** The output of a command of one line, whatever its exit code. */
  async ask(command: string, seconds = ANSWER_SECONDS): Promise<string> {
    this.write(`${command}; printf '%s%s\\n' en d:\r`);
    return (await this.expect(/end:\n/, seconds)).replace(/end:\n$/, '').trim();
  }

  async end(): Promise<void> {
    if (this.closed) return;
    const ended = new Promise((done) => this.process.once('close', done));
    this.process.kill('SIGKILL');
    await ended;
  }
}
