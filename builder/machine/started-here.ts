// SPDX-License-Identifier: Apache-2.0
import type { Recommendation } from '../../osinfo/recommend/types.js';
import type { Accelerator } from '../boot-test/accelerator.js';

/** A machine as this program starts it itself, in plain QEMU, spoken to on its serial console. */
export function startedHere(machine: Recommendation, accelerator: Accelerator): Recommendation {
  return {
    ...machine,
    virt: accelerator === 'kvm' ? 'kvm' : 'qemu',
    // A console is how this machine is spoken to, and a serial line disturbs nobody.
    serialConsole: true,
    // What wants a number or a viewer of its own is for who manages machines.
    vsock: false,
    graphics: { type: 'none' },
    channels: machine.channels.filter((name) => !name.startsWith('com.redhat.spice.')),
  };
}

/** QEMU's words by which its exit code says that the guest panicked: one that panicked is not one that was switched off. */
export function panicWords({ panic }: Recommendation): readonly string[] {
  return panic === undefined ? [] : ['-action', 'panic=exit-failure'];
}
