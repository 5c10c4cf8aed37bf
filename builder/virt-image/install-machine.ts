// SPDX-License-Identifier: Apache-2.0
import { findDomain, installDomain, nameTaken } from '../libvirt/domains.js';
import type { Virsh } from '../libvirt/virsh.js';
import { makeBlanks } from './blanks.js';
import type { MachinePlan } from './plan-machine.js';
import { removeFiles } from './storage.js';
import { verifyDisks } from './verify.js';

export interface InstallOptions {
  /** Path of the descriptor, for errors. */
  readonly file: string;
  /** Whether a domain of the same name gives way. */
  readonly replace: boolean;
  readonly start: boolean;
  readonly skipChecksum: boolean;
  /** Called when nothing speaks against the machine any more, before the first change. */
  readonly onChecked?: () => void;
  readonly signal?: AbortSignal;
}

/**
 * Whether the name is free, and whether the disks are what the descriptor says: all that can be known before anything is
 * changed.
 * @throws InputError
 */
export async function checkMachine(
  virsh: Virsh,
  plan: MachinePlan,
  options: Pick<InstallOptions, 'file' | 'replace' | 'skipChecksum' | 'signal'>,
): Promise<void> {
  if (!options.replace && (await findDomain(virsh, plan.name))) throw nameTaken(plan.name);
  if (!options.skipChecksum) await verifyDisks(plan.disks, options.file, options.signal);
}

/**
 * Makes the machine: missing disks, then the domain, which is started unless that is not wanted. What fails half-way
 * leaves neither disks nor a domain.
 * @returns the paths of the disks that were made
 * @throws InputError, WorkError
 */
export async function installMachine(virsh: Virsh, plan: MachinePlan, options: InstallOptions): Promise<string[]> {
  await checkMachine(virsh, plan, options);
  options.onChecked?.();
  const made = await makeBlanks(plan.disks, options.signal);
  try {
    await installDomain(virsh, {
      xml: plan.xml,
      name: plan.name,
      uuid: plan.uuid,
      start: options.start,
      replace: options.replace,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
  } catch (error) {
    removeFiles(made);
    throw error;
  }
  return made;
}
