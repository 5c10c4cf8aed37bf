// SPDX-License-Identifier: Apache-2.0
import { decided, onX86 } from '../conditions.js';
import { rule } from '../engine.js';

export const cdromRule = rule({
  decision: 'cdrom',
  show: ({ bus }) => bus,
  alternatives: [
    {
      rule: 'cdrom.sata',
      value: { bus: 'sata' },
      when: [onX86, decided('machine', (machine) => machine.pcie, 'the classic PC has no AHCI built in')],
      reason: 'firmware and every installer of this time read from the AHCI controller that the machine is built with',
    },
    {
      rule: 'cdrom.ide',
      value: { bus: 'ide' },
      when: [onX86, decided('machine', (machine) => !machine.pcie, 'a PCI Express machine has no IDE')],
      reason: 'firmware and every installer read from the IDE controller that the machine is built with',
    },
    {
      rule: 'cdrom.scsi',
      value: { bus: 'scsi' },
      when: [],
      reason: 'this machine has neither AHCI nor IDE; virtio-scsi reads CD-ROMs',
    },
  ],
});
