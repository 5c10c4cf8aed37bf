// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { typist, Unlocker } from '../../../builder/boot-test/unlock.js';

const first = { uuid: 'a7478578-5872-52bb-ac43-1e13f39b256e', passphrase: 'correct horse' };
const second = { uuid: '0b1c2d3e-0000-4000-8000-000000000001', passphrase: 'other' };

function listen(): { unlocker: Unlocker; typed: string[] } {
  const typed: string[] = [];
  return { typed, unlocker: new Unlocker([first, second], (text) => typed.push(text)) };
}

/** A line as it comes from a slow console: letter by letter, then whole. */
function say(unlocker: Unlocker, line: string): void {
  for (let end = 1; end <= line.length; end += 1) unlocker.hearPartial(line.slice(0, end).trimEnd());
  unlocker.hearLine(line);
}

describe('a prompt for a passphrase', () => {
  it.each([
    `Enter passphrase for hd0,gpt2 (${first.uuid.replaceAll('-', '')}): `,
    `Please unlock disk luks-${first.uuid}: `,
    `🔐 Please enter passphrase for disk QEMU HARDDISK (luks-${first.uuid}) on /srv: (press TAB for no echo)`,
    `Password (luks-${first.uuid}): `,
  ])('is answered once, whoever asks: %s', (prompt) => {
    const { unlocker, typed } = listen();
    say(unlocker, prompt);
    expect(typed).toEqual(['correct horse']);
  });

  it('is answered with the passphrase of the container that it is about', () => {
    const { unlocker, typed } = listen();
    say(unlocker, `Please unlock disk luks-${second.uuid}: `);
    say(unlocker, `Please unlock disk luks-${first.uuid}: `);
    expect(typed).toEqual(['other', 'correct horse']);
  });

  it('is answered when other messages end its line before it is seen', () => {
    const { unlocker, typed } = listen();
    unlocker.hearLine(`Please unlock disk luks-${first.uuid}: [   12.3] random: crng init done`);
    expect(typed).toEqual(['correct horse']);
  });

  it('is answered again by the system after GRUB, and three times at most by each', () => {
    const { unlocker, typed } = listen();
    for (let time = 0; time < 5; time += 1) say(unlocker, `Enter passphrase for hd0,msdos1 (${first.uuid}): `);
    expect(typed).toHaveLength(3);
    say(unlocker, `Please unlock disk luks-${first.uuid}: `);
    expect(typed).toHaveLength(4);
  });

  it('is nothing that only speaks of one, or of a container that nobody knows', () => {
    const { unlocker, typed } = listen();
    say(unlocker, `cryptsetup: luks-${first.uuid}: set up successfully`);
    say(unlocker, `         Starting systemd-cryptsetup@luks-${first.uuid}.service`);
    say(unlocker, 'Please unlock disk backup: ');
    say(unlocker, 'web login: ');
    expect(typed).toEqual([]);
  });
});

describe('typing', () => {
  it('ends with the return key, one answer after the other', async () => {
    let typed = '';
    const done = new Promise<void>((resolve) => {
      const type = typist((letter) => {
        typed += letter;
        if (typed.split('\r').length === 3) resolve();
      });
      type('ab');
      type('c');
    });
    await done;
    expect(typed).toBe('ab\rc\r');
  });
});
