// SPDX-License-Identifier: Apache-2.0
import type { Readable } from 'node:stream';
import { cleanEnvironment } from '../../osinfo/doors/process.js';
import { startStreams } from '../../osinfo/doors/process-streams.js';
import { Qmp, type QmpEvent } from './qmp.js';

/** A guest in a QEMU that lives as long as this process at most. */
export interface Guest {
  /** Types on its serial console. */
  write(bytes: Uint8Array | string): boolean;
  /** Called when more may be written after `write` said false. */
  onDrain(listener: () => void): void;
  /** What it says on its serial console. */
  readonly output: Readable;
  readonly qmp: Qmp;
  /** What QEMU itself said, the last lines of it. */
  complaints(): readonly string[];
  /** QEMU's exit code, or null after a signal; never rejects. */
  readonly ended: Promise<number | null>;
  kill(): void;
}

export interface GuestOptions {
  /** Where QEMU keeps what a guest changes on a disk that is not to be changed; in files without a name. Default: /var/tmp. */
  readonly tmpFolder?: string;
  /** Open descriptors of this process: the first is QEMU's 4. */
  readonly files?: readonly number[];
  /** Variables of a desktop, for a window. Default none. */
  readonly env?: Readonly<Record<string, string>>;
  readonly onEvent?: (event: QmpEvent) => void;
}

/** How QEMU is told of the socket that it is controlled by, which it is born with. */
const CONTROL = ['-chardev', 'socket,id=control0,fd=3', '-mon', 'chardev=control0,mode=control'];

const MOST_COMPLAINTS = 20;

/**
 * Starts QEMU with a command whose serial console is on standard input and output. Nothing of it outlives this process,
 * and no file or socket of it has a name.
 * @throws MissingError when setpriv(1) is missing
 */
export async function startGuest(argv: readonly string[], options: GuestOptions = {}): Promise<Guest> {
  const temporary = options.tmpFolder ?? process.env['TMPDIR'];
  const child = await startStreams([argv[0]!, ...argv.slice(1), ...CONTROL], {
    env: cleanEnvironment({ ...(temporary === undefined ? {} : { TMPDIR: temporary }), ...options.env }),
    ...(options.files ? { files: options.files } : {}),
  });
  const qmp = new Qmp(child.control, options.onEvent);
  let said = '';
  child.stderr.setEncoding('utf8');
  child.stderr.on('data', (text: string) => {
    said = (said + text).slice(-65_536);
  });
  return {
    write: (bytes) => child.stdin.write(bytes),
    onDrain: (listener) => void child.stdin.on('drain', listener),
    output: child.stdout,
    qmp,
    complaints: () =>
      said
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => line !== '')
        .slice(-MOST_COMPLAINTS),
    ended: child.ended,
    kill: () => child.kill('SIGKILL'),
  };
}
