// SPDX-License-Identifier: Apache-2.0
import type { Readable, Writable } from 'node:stream';
import type { Guest } from './guest.js';

/** Where a person, or a program, speaks with the guest. */
export interface Terminal {
  readonly input: Readable & { readonly isTTY?: boolean; setRawMode?: (raw: boolean) => unknown };
  readonly output: Writable & { readonly isTTY?: boolean };
}

/** Ctrl-], which telnet and virsh use too. */
const ESCAPE = 0x1d;

/**
 * Gives a guest's serial console to a terminal: every key is the guest's, Ctrl-C too, but for Ctrl-]. Of input that is no
 * terminal, its end is not the guest's.
 * @param onEscape called once, for Ctrl-] or for an output that is gone
 * @returns gives the terminal back
 */
export function attach(guest: Guest, { input, output }: Terminal, onEscape: () => void): () => void {
  let isAttached = true;
  let isEnding = false;
  const endIt = (): void => {
    if (isEnding) return;
    isEnding = true;
    onEscape();
  };
  const onInput = (chunk: Buffer): void => {
    if (isEnding) return;
    const cut = chunk.indexOf(ESCAPE);
    const said = cut < 0 ? chunk : chunk.subarray(0, cut);
    if (said.length > 0 && !guest.write(said)) input.pause();
    if (cut >= 0) endIt();
  };
  guest.onDrain(() => {
    if (isAttached) input.resume();
  });
  const setRaw = (raw: boolean): void => {
    if (input.isTTY) input.setRawMode?.(raw);
  };
  const onExit = (): void => setRaw(false);
  setRaw(true);
  process.once('exit', onExit);
  input.on('data', onInput);
  input.resume();
  output.once('error', endIt);
  guest.output.on('data', (chunk: Buffer) => {
    if (output.write(chunk)) return;
    guest.output.pause();
    output.once('drain', () => guest.output.resume());
  });
  return () => {
    isAttached = false;
    process.removeListener('exit', onExit);
    output.removeListener('error', endIt);
    input.removeListener('data', onInput);
    input.pause();
    setRaw(false);
    // A guest's last word may be in the midst of a line, in a colour of its own.
    if (output.isTTY) output.write('\x1b[0m\r\n');
  };
}
