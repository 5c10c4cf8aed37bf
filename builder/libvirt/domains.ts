// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../../osinfo/errors.js';
import { LibvirtError, UNSUPPORTED, type Virsh } from './virsh.js';

/** A domain that libvirt knows. Commands name it by its UUID: a name of digits would be taken for an id. */
export interface KnownDomain {
  readonly uuid: string;
  readonly name: string;
}

/**
 * The domain of exactly this name, running or not.
 * @throws LibvirtError where libvirt does not answer
 */
export async function findDomain(virsh: Virsh, name: string): Promise<KnownDomain | undefined> {
  const lines = (await virsh.call(['list', '--all', '--name', '--uuid'])).split('\n');
  return lines
    .flatMap((line): KnownDomain[] => {
      const match = /^([0-9a-f-]{36})\s+(.+?)\s*$/.exec(line);
      return match ? [{ uuid: match[1]!, name: match[2]! }] : [];
    })
    .find((domain) => domain.name === name);
}

/** What can hold a domain back from being forgotten: its variables of UEFI, a saved state, notes of snapshots, a TPM. */
const ALL_OF_IT = ['--managed-save', '--snapshots-metadata', '--checkpoints-metadata', '--nvram', '--tpm'];

/**
 * Stops a domain, if it runs, and forgets it with all that libvirt keeps of it. Its disks stay.
 * @throws LibvirtError
 */
export async function removeDomain(virsh: Virsh, uuid: string): Promise<void> {
  const state = (await virsh.call(['domstate', '--', uuid])).trim();
  if (state !== 'shut off') await virsh.call(['destroy', '--', uuid]);
  // A domain that was only running is gone with its machine.
  if (!(await virsh.call(['list', '--all', '--uuid'])).includes(uuid)) return;
  try {
    await virsh.call(['undefine', ...ALL_OF_IT, '--', uuid]);
  } catch (error) {
    if (!(error instanceof LibvirtError) || !UNSUPPORTED.test(error.refusal)) throw error;
    await virsh.call(['undefine', '--', uuid]);
  }
}

/** What is to become of a domain. */
export interface InstallRequest {
  /** Domain XML with name and UUID. */
  readonly xml: string;
  readonly name: string;
  readonly uuid: string;
  readonly start: boolean;
  /** Whether a domain of the same name gives way; without it that is an error. */
  readonly replace: boolean;
  readonly signal?: AbortSignal;
}

/**
 * Defines a domain and starts it, whole or not at all: what cannot be defined or started is forgotten again, and a domain
 * that gave way for it is back as it was defined, and running if it ran.
 * @throws InputError for a name that is taken
 * @throws LibvirtError for what libvirt refuses
 */
export async function installDomain(virsh: Virsh, request: InstallRequest): Promise<void> {
  const { xml, name, uuid, start, replace } = request;
  const signal = request.signal === undefined ? {} : { signal: request.signal };
  const old = await findDomain(virsh, name);
  if (old && !replace) throw nameTaken(name);
  if (virsh.uri?.startsWith('test:')) return await installAtOnce(virsh, request, old);
  const before = old && (await keepDomain(virsh, old));
  try {
    if (old) await removeDomain(virsh, old.uuid);
    request.signal?.throwIfAborted();
    await virsh.call(['define', '/dev/stdin'], { input: xml, ...signal });
    if (start) await virsh.call(['start', '--', uuid], signal);
  } catch (error) {
    // By both: a UUID that was given may be another domain's, which is why it was refused.
    if ((await findDomain(virsh, name))?.uuid === uuid) await removeDomain(virsh, uuid);
    if (before) await before.restore();
    throw error;
  }
}

/**
 * libvirt's test driver forgets everything with the connection, so that all steps go in one. Only UUIDs stand in the
 * line that virsh reads.
 */
async function installAtOnce(virsh: Virsh, request: InstallRequest, old: KnownDomain | undefined): Promise<void> {
  const steps = [
    ...(old ? [`destroy ${old.uuid}`, `undefine ${old.uuid}`] : []),
    'define /dev/stdin',
    ...(request.start ? [`start ${request.uuid}`] : []),
  ];
  await virsh.call([steps.join('; ')], { input: request.xml });
}

/** The original's words. */
export function nameTaken(name: string): InputError {
  return new InputError('name-taken', `Guest name '${name}' is already in use.`);
}

/** All that is needed to have a domain again. */
async function keepDomain(virsh: Virsh, { uuid }: KnownDomain): Promise<{ restore: () => Promise<void> }> {
  const xml = await virsh.call(['dumpxml', '--inactive', '--security-info', '--', uuid]);
  const ran = (await virsh.call(['domstate', '--', uuid])).trim() === 'running';
  return {
    restore: async () => {
      const known = await virsh.call(['list', '--all', '--uuid']);
      if (!known.includes(uuid)) await virsh.call(['define', '/dev/stdin'], { input: xml });
      const state = (await virsh.call(['domstate', '--', uuid])).trim();
      if (ran && state !== 'running') await virsh.call(['start', '--', uuid]);
    },
  };
}
