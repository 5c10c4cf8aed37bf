// SPDX-License-Identifier: Apache-2.0
import { closeSync } from 'node:fs';
import { MissingError, WorkError } from '../../osinfo/errors.js';
import { makeBlanks } from '../virt-image/blanks.js';
import { type Guest, startGuest } from './guest.js';
import { commandOf, openBlanks, provideVariables, type RunPlan } from './plan-run.js';
import type { QmpEvent } from './qmp.js';
import { attach, type Terminal } from './terminal.js';

/** How a machine came to its end. */
export type RunEnd =
  /** The guest switched itself off. */
  | { readonly by: 'guest' }
  /** Somebody pressed Ctrl-]. */
  | { readonly by: 'user' }
  /** This program was told to end. */
  | { readonly by: 'signal'; readonly signal: NodeJS.Signals };

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Variables by which a window finds its desktop. */
const DESKTOP = ['DISPLAY', 'WAYLAND_DISPLAY', 'XAUTHORITY', 'XDG_RUNTIME_DIR', 'XDG_SESSION_TYPE'];

/** How long QEMU may take to write what it still holds, when it is told to end. */
const QUIT_MS = 10_000;

/**
 * Starts a machine and gives its serial console to a terminal, until one of them ends it. Nothing is left of it but what
 * `persist` asked for, also when this process is killed.
 * @param onScreen gets the address of the screen, where there is one to be connected to
 * @throws WorkError when QEMU does not start or ends badly, with its words
 */
export async function runMachine(
  plan: RunPlan,
  terminal: Terminal,
  onScreen: (address: string) => void = () => undefined,
): Promise<RunEnd> {
  // Disks that the descriptor wants to be made when they are missing.
  if (plan.wishes.persist) await makeBlanks(plan.appliance.disks.flatMap(({ blank }) => blank ?? []));
  provideVariables(plan);
  const { argv } = commandOf(plan, 'start');
  const files = openBlanks(plan);
  let panicked = false;
  const hear = ({ event }: QmpEvent): void => {
    if (event === 'GUEST_PANICKED') panicked = true;
  };
  const guest = await startGuest(argv, { files, env: desktop(), onEvent: hear }).finally(() => {
    for (const file of files) closeSync(file);
  });
  let end: RunEnd = { by: 'guest' };
  const quit = (why: RunEnd): void => {
    end = why;
    void endGuest(guest);
  };
  const onSignal = (signal: NodeJS.Signals): void => quit({ by: 'signal', signal });
  for (const signal of SIGNALS) process.on(signal, onSignal);
  const detach = attach(guest, terminal, () => quit({ by: 'user' }));
  if (plan.wishes.graphics === 'vnc') void tellScreen(guest, onScreen);
  const code = await guest.ended;
  detach();
  for (const signal of SIGNALS) process.removeListener(signal, onSignal);
  if (end.by === 'guest' && code !== 0) throw explain(guest, code, panicked);
  return end;
}

function desktop(): Record<string, string> {
  return Object.fromEntries(
    DESKTOP.flatMap((name) => {
      const value = process.env[name];
      return value ? [[name, value]] : [];
    }),
  );
}

/** By its own word, so that disks are whole; by force where it does not listen. */
async function endGuest(guest: Guest): Promise<void> {
  const timer = setTimeout(() => guest.kill(), QUIT_MS);
  await guest.qmp.execute('quit').catch(() => guest.kill());
  await guest.ended;
  clearTimeout(timer);
}

async function tellScreen(guest: Guest, onScreen: (address: string) => void): Promise<void> {
  const answer = await guest.qmp.execute('query-vnc').catch(() => undefined);
  const { host, service } = (answer ?? {}) as { readonly host?: unknown; readonly service?: unknown };
  if (typeof host === 'string' && typeof service === 'string') onScreen(`vnc://${host}:${service}`);
}

function explain(guest: Guest, code: number | null, panicked: boolean): WorkError {
  if (panicked) return new WorkError('guest-panicked', 'the guest panicked');
  const how = code === null ? 'was killed' : `ended with exit code ${code}`;
  const last = guest.complaints().at(-1);
  if (
    last !== undefined &&
    /gtk|sdl|display/i.test(last) &&
    /not available|Could not find|initiali[sz]ation|does not accept/i.test(last)
  )
    return new MissingError(
      'no-display',
      `${last}; --graphics vnc needs no desktop (sudo apt-get install qemu-system-gui for a window)`,
    );
  return new WorkError('qemu', `QEMU ${how}${last === undefined ? '' : `: ${last}`}`);
}
