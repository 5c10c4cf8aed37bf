// SPDX-License-Identifier: Apache-2.0
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { InputError, WorkError } from '../../osinfo/errors.js';

/** A port of this machine that leads to one of the guest. */
export interface Forward {
  readonly protocol: 'tcp' | 'udp';
  /** Address of this machine: an IPv4 address, only reached from where that is. */
  readonly address: string;
  readonly hostPort: number;
  readonly guestPort: number;
}

/** Only this machine reaches the guest, unless the user says otherwise. */
const HERE = '127.0.0.1';

/**
 * `8080:80`, `0.0.0.0:8080:80`, `5353:53/udp`.
 * @throws InputError for anything else
 */
export function parseForward(text: string): Forward {
  const match = /^(?:([^:/\s]{1,64}):)?(\d{1,5}):(\d{1,5})(?:\/(tcp|udp))?$/.exec(text);
  const address = match?.[1] ?? HERE;
  const [hostPort, guestPort] = [Number(match?.[2]), Number(match?.[3])];
  if (!match || !isPort(hostPort) || !isPort(guestPort) || !isAddress(address))
    throw new InputError(
      'forward',
      `${JSON.stringify(text.slice(0, 80))} is no way from a port here to one of the guest: 8080:80, 0.0.0.0:8080:80 and 5353:53/udp are`,
    );
  return { protocol: match[4] === 'udp' ? 'udp' : 'tcp', address, hostPort, guestPort };
}

const isPort = (port: number): boolean => Number.isInteger(port) && port >= 1 && port <= 65_535;

const isAddress = (address: string): boolean => {
  const parts = address.split('.');
  return parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255);
};

/** QEMU's word for it: `hostfwd=tcp:127.0.0.1:8080-:80`. */
export function forwardWord({ protocol, address, hostPort, guestPort }: Forward): string {
  return `hostfwd=${protocol}:${address}:${hostPort}-:${guestPort}`;
}

/** As a person reads it. */
export function formatForward({ protocol, address, hostPort, guestPort }: Forward): string {
  return `${address}:${hostPort} → ${guestPort}${protocol === 'udp' ? '/udp' : ''}`;
}

/**
 * Finds out whether the ports of this machine can be had: QEMU only says that it could not set up a rule.
 * @throws InputError for two forwards from one port; WorkError naming the port that cannot be had, and why
 */
export async function probeForwards(forwards: readonly Forward[]): Promise<void> {
  const seen = new Set<string>();
  for (const forward of forwards) {
    const from = `${forward.protocol} ${forward.address}:${forward.hostPort}`;
    if (seen.has(from)) throw new InputError('forward-twice', `${from} is to lead to two ports; give two of ours`);
    seen.add(from);
    await (forward.protocol === 'tcp' ? bindTcp(forward) : bindUdp(forward)).catch((error: unknown) => {
      throw explain(forward, (error as NodeJS.ErrnoException).code ?? (error as Error).message);
    });
  }
}

function bindTcp({ address, hostPort }: Forward): Promise<void> {
  return new Promise((done, fail) => {
    const server = createServer();
    server.once('error', fail);
    server.listen({ host: address, port: hostPort, exclusive: true }, () => server.close(() => done()));
  });
}

function bindUdp({ address, hostPort }: Forward): Promise<void> {
  return new Promise((done, fail) => {
    const socket = createSocket('udp4');
    socket.once('error', (error) => {
      socket.close();
      fail(error);
    });
    socket.bind({ address, port: hostPort, exclusive: true }, () => socket.close(() => done()));
  });
}

function explain({ protocol, address, hostPort }: Forward, code: string): WorkError {
  const port = `port ${hostPort} of ${address} (${protocol})`;
  if (code === 'EADDRINUSE') return new WorkError('port-in-use', `${port} is in use; choose another with --forward`);
  if (code === 'EACCES') return new WorkError('port-denied', `${port} is for root alone; choose one from 1024 on`);
  if (code === 'EADDRNOTAVAIL') return new WorkError('port-address', `${address} is no address of this machine`);
  return new WorkError('port', `${port} cannot be had: ${code}`);
}
