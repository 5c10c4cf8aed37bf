// SPDX-License-Identifier: Apache-2.0
import { cleanEnvironment, run } from '../../osinfo/doors/process.js';
import { MissingError, WorkError } from '../../osinfo/errors.js';

/** What a call of virsh may need. */
export interface VirshOptions {
  /** What it reads: a document that is named by `/dev/stdin`. */
  readonly input?: string;
  /** Milliseconds. Default two minutes: a libvirt that has just come up asks each of its emulators first. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** What libvirt refused, in its own words. `refusal` is the last of them, without the place where the code stands. */
export class LibvirtError extends WorkError {
  readonly refusal: string;
  constructor(message: string, refusal: string) {
    super('libvirt', message);
    this.refusal = refusal;
  }
}

/** How a hypervisor refuses what it has no word for, as test:/// and Xen have none for snapshots. */
export const UNSUPPORTED = /unsupported flags|not supported by the connection driver/;

/** Variables by which libvirt's client finds the connection of a user, and the keys for one of another machine. */
const CARRIED = [
  'LIBVIRT_DEFAULT_URI',
  'LIBVIRT_AUTH_FILE',
  'XDG_RUNTIME_DIR',
  'XDG_CACHE_HOME',
  'XDG_CONFIG_HOME',
  'USER',
  'LOGNAME',
  'SSH_AUTH_SOCK',
  'KRB5CCNAME',
];

/** Whether a connection is to another machine, whose files are not those of this one: a host stands between its slashes. */
export const isRemote = (uri: string): boolean => /^[a-z0-9+]+:\/\/[^/]/.test(uri);

/**
 * What is to be done where a connection is refused, in libvirt's words: who is kept out does not need another libvirtd.
 * A socket of Debian's belongs to the group `libvirt`, and so does polkit's rule.
 */
export function howToReach(refusal: string): string {
  return /permission denied|authentication (?:failed|unavailable)|access denied/i.test(refusal)
    ? 'who uses it has to be in the group libvirt (sudo adduser "$USER" libvirt, and log in anew)'
    : 'start its libvirtd';
}

const DEFAULT_TIMEOUT_MS = 120_000;
const MOST_BYTES = 8 * 1024 * 1024;

/**
 * libvirt, by its own command: the one door to it. Every word is one argument, and names stand behind `--`, so that none
 * of them is taken for an option; what comes back is bounded in size and time.
 */
export class Virsh {
  readonly #words: readonly string[];

  /** @param uri of the connection; without it the one that libvirt's own configuration and variables say */
  constructor(readonly uri?: string) {
    this.#words = ['virsh', '--quiet', ...(uri === undefined ? [] : ['--connect', uri])];
  }

  /**
   * Runs one command and returns what it prints.
   * @param words the command and its options, then `--` and names
   * @throws LibvirtError for what libvirt refuses; MissingError without virsh; ToolError when it takes too long
   */
  async call(words: readonly string[], options: VirshOptions = {}): Promise<string> {
    const env = cleanEnvironment();
    for (const name of CARRIED) {
      const value = process.env[name];
      if (value !== undefined) env[name] = value;
    }
    const { exitCode, stdout, stderr } = await this.#run([...this.#words, ...words], {
      env,
      okCodes: [0, 1],
      keepBytes: MOST_BYTES,
      timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
      ...(options.input === undefined ? {} : { input: options.input }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    if (exitCode === 0) return stdout;
    throw this.#refused(words[0]!.split(' ')[0]!, stderr);
  }

  async #run(...[words, options]: Parameters<typeof run>): ReturnType<typeof run> {
    try {
      return await run(words, options);
    } catch (error) {
      if (!(error instanceof MissingError)) throw error;
      throw new MissingError('virsh-missing', 'the program virsh is missing; install the package libvirt-clients');
    }
  }

  #refused(command: string, stderr: string): LibvirtError {
    const errors = stderr.split('\n').flatMap((line) => /^error: (.+)$/.exec(line.trimEnd())?.[1] ?? []);
    const refusal = (errors.at(-1) ?? 'it does not say why').slice(0, 500);
    if (!errors.some((line) => line.startsWith('failed to connect')))
      return new LibvirtError(`libvirt (virsh ${command}): ${refusal}`, refusal);
    const where = this.uri ?? 'libvirt';
    const help = howToReach(refusal);
    return new LibvirtError(`${where} does not answer: ${refusal}; ${help}, or name another URI`, refusal);
  }
}
