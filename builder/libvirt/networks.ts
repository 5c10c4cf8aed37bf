// SPDX-License-Identifier: Apache-2.0
import { LibvirtError, UNSUPPORTED, type Virsh } from './virsh.js';

/** libvirt's networks by name: whether each is active. */
export type Networks = ReadonlyMap<string, { readonly active: boolean }>;

/**
 * The networks that a libvirt has. One without a driver for them (`qemu:///embed`) has none.
 * @throws LibvirtError, MissingError, ToolError where virsh cannot be asked
 */
export async function listNetworks(virsh: Virsh): Promise<Networks> {
  const names = async (which: readonly string[]): Promise<string[]> =>
    (await virsh.call(['net-list', '--name', ...which]))
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '');
  try {
    const active = new Set(await names([]));
    return new Map((await names(['--all'])).map((name) => [name, { active: active.has(name) }]));
  } catch (error) {
    if (error instanceof LibvirtError && UNSUPPORTED.test(error.refusal)) return new Map();
    throw error;
  }
}
