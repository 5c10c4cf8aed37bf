// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../../osinfo/errors.js';
import { formatOvf } from '../../osinfo/formats/ovf.js';
import type { Db, Os, Platform } from '../../osinfo/model/types.js';
import { recommend } from '../../osinfo/recommend/index.js';
import type { Overrides, Recommendation } from '../../osinfo/recommend/types.js';
import type { DiskPlan } from './types.js';

/** The oldest VMware whose machines newer ones, Workstation and VirtualBox take as they are. */
const OLDEST_READER = 'esxi-7.0';

export interface OvaMachineInput {
  readonly db: Db;
  readonly os: Os;
  /** What the build is for; another VMware than the default where it is one. */
  readonly platform: Platform;
  readonly arch: string;
  readonly firmware: readonly ('bios' | 'uefi')[];
  readonly overrides: Overrides;
  readonly name: string;
  readonly disks: readonly DiskPlan[];
}

/**
 * The machine that an OVA describes: another hypervisor's than the one that the other outputs are for.
 * @throws InputError where VMware has no such machine, or not for so many disks: before anything is downloaded
 */
export function planOvaMachine(input: OvaMachineInput): Recommendation {
  const { db, os, platform, arch, overrides, name, disks } = input;
  const isVmware = platform.id.startsWith('http://vmware.com/');
  try {
    const machine = recommend({
      os,
      platform: isVmware ? platform : db.platform(OLDEST_READER),
      arch,
      image: { firmware: input.firmware },
      overrides,
    });
    formatOvf(machine, { name, disks: disks.map((disk) => ({ path: `${disk.name}.vmdk`, format: 'vmdk' })) });
    return machine;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError('ova-machine', `-f ova: ${error.message}`);
  }
}
