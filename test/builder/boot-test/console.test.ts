// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { SerialConsole } from '../../../builder/boot-test/console.js';

it('what moves and colours is left out, in however many pieces it comes', async () => {
  const said = Buffer.from('\x1b[2J\x1b[=3hone\r\n\x1bM[\x1b[0;32m OK \x1b[0m] Grüße\x1b[?2004h\r\nweb login: ');
  for (const size of [1, 2, 3, 7, said.length]) {
    const lines: string[] = [];
    const console = new SerialConsole({ write: () => undefined, onLine: (line) => void lines.push(line) });
    for (let at = 0; at < said.length; at += size) console.hear(said.subarray(at, at + size));
    expect(lines).toEqual(['one', '[ OK ] Grüße']);
    expect(await console.expect(/login: /, 1, 'login prompt')).toBe('one\n[ OK ] Grüße\nweb login: ');
  }
});

it('a kernel that stands still ends the waiting where that is asked for', async () => {
  const stall = Buffer.from('[  30.1] rcu: rcu_preempt detected stalls on CPUs\n');
  for (const endsOnStall of [true, false]) {
    const console = new SerialConsole({ write: () => undefined, endsOnStall });
    const waiting = console.expect('never', 0.2, 'end').catch((error: Error) => error.message);
    console.hear(stall);
    expect(await waiting).toBe(endsOnStall ? 'the emulated processor stood still' : 'no end within 0.2 s');
  }
});
