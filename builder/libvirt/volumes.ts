// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../../osinfo/errors.js';
import { readXml } from '../../osinfo/xml/read.js';
import type { Virsh } from './virsh.js';

/** A disk in a pool of libvirt's. */
export interface Volume {
  readonly pool: string;
  readonly name: string;
}

/** Where Debian's and everybody's libvirt keeps images. */
const USUAL_FOLDER = '/var/lib/libvirt/images';
const UPLOAD_MS = 24 * 3600 * 1000;

const lines = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

/**
 * Makes sure that a pool is there and active: the usual one is defined where libvirt has none, and one that stands still
 * is started.
 * @returns what takes that back
 * @throws InputError for a pool that is not there
 * @throws LibvirtError
 */
export async function openPool(virsh: Virsh, pool: string): Promise<{ readonly undo: () => Promise<void> }> {
  const known = lines(await virsh.call(['pool-list', '--all', '--name']));
  const active = lines(await virsh.call(['pool-list', '--name']));
  if (active.includes(pool)) return { undo: async () => undefined };
  if (known.includes(pool)) {
    await virsh.call(['pool-start', '--', pool]);
    return { undo: async () => void (await virsh.call(['pool-destroy', '--', pool])) };
  }
  if (pool !== 'default') {
    const all = known.length === 0 ? 'libvirt has none' : `there are: ${known.slice(0, 10).join(', ')}`;
    throw new InputError('pool', `there is no storage pool '${pool.slice(0, 100)}'; ${all}`);
  }
  await virsh.call(['pool-define-as', '--name', pool, '--type', 'dir', '--target', USUAL_FOLDER]);
  const undefine = async (): Promise<void> => void (await virsh.call(['pool-undefine', '--', pool]));
  try {
    await virsh.call(['pool-build', '--', pool]);
    await virsh.call(['pool-start', '--', pool]);
    await virsh.call(['pool-autostart', '--', pool]);
  } catch (error) {
    await undefine();
    throw error;
  }
  return {
    undo: async () => {
      await virsh.call(['pool-destroy', '--', pool]);
      await undefine();
    },
  };
}

/** Names of all volumes of a pool. @throws LibvirtError */
export async function listVolumes(virsh: Virsh, pool: string): Promise<string[]> {
  await virsh.call(['pool-refresh', '--', pool]);
  const table = await virsh.call(['vol-list', '--', pool]);
  // Two columns, name and path; names may have spaces in them, and the path begins with a slash or a scheme.
  return lines(table).flatMap((line) => /^(.+?)\s{2,}\S/.exec(line)?.[1] ?? []);
}

/**
 * Makes a blank volume.
 * @returns its path on the host
 * @throws LibvirtError, for a name that is taken too
 */
export async function makeVolume(virsh: Virsh, volume: Volume, bytes: number, format: string): Promise<string> {
  const { pool, name } = volume;
  const words = ['--pool', pool, '--name', name, '--capacity', `${bytes}B`, '--allocation', '0', '--format', format];
  await virsh.call(['vol-create-as', ...words]);
  return (await virsh.call(['vol-path', '--pool', pool, '--', name])).trim();
}

/** Fills a volume with a file of this machine; holes stay holes. @throws LibvirtError */
export async function uploadVolume(
  virsh: Virsh,
  { pool, name }: Volume,
  file: string,
  signal?: AbortSignal,
): Promise<void> {
  const words = ['vol-upload', '--sparse', '--pool', pool, '--vol', name, '--file', file];
  await virsh.call(words, { timeoutMs: UPLOAD_MS, ...(signal === undefined ? {} : { signal }) });
}

/** @throws LibvirtError */
export async function removeVolume(virsh: Virsh, { pool, name }: Volume): Promise<void> {
  await virsh.call(['vol-delete', '--pool', pool, '--', name]);
}

/** The URI of the notes that we leave in a domain. */
export const deployNamespace = 'urn:guestwright:deployment:1';

/**
 * The volumes that were uploaded for a domain, as our note in it says; undefined where we did not deploy it.
 * @throws LibvirtError
 */
export async function volumesOf(virsh: Virsh, uuid: string): Promise<readonly Volume[] | undefined> {
  const root = readXml(await virsh.call(['dumpxml', '--inactive', '--', uuid]), 'virsh dumpxml');
  const note = root.child('metadata')?.children.find((one) => one.namespace === deployNamespace);
  return note?.children.flatMap((one) => {
    const [pool, name] = [one.attrs.get('pool'), one.attrs.get('name')];
    return pool === undefined || name === undefined ? [] : [{ pool, name }];
  });
}
