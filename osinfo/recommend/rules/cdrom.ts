// SPDX-License-Identifier: Apache-2.0
import { decided, isQemuPc, onX86, platformHas } from '../conditions.js';
import { type Condition, rule } from '../engine.js';

const needs: Readonly<Record<'sata' | 'ide' | 'scsi', readonly Condition[]>> = {
  sata: [onX86, platformHas('ahci')],
  ide: [
    onX86,
    decided('machine', (machine) => !machine.pcie || !isQemuPc(machine), 'a PCI Express machine has no IDE'),
    platformHas('ide'),
  ],
  scsi: [],
};

export const cdromRule = rule({
  decision: 'cdrom',
  show: ({ bus }) => bus,
  override: {
    asked: ({ overrides: { cdromBus } }) => cdromBus && { bus: cdromBus },
    needs: ({ bus }) => needs[bus],
    waysOut: 'take a bus that the machine has',
  },
  alternatives: [
    {
      rule: 'cdrom.as-disk',
      value: { bus: 'ide' },
      when: [...needs.ide, decided('disk', ({ bus }) => bus === 'ide', 'the disk is not on IDE either')],
      reason: 'the OS drives IDE, where its disk is, and is not known to drive AHCI',
      quiet: true,
    },
    {
      rule: 'cdrom.sata',
      value: { bus: 'sata' },
      when: [
        onX86,
        decided('machine', (machine) => machine.pcie || !isQemuPc(machine), 'the classic PC has no AHCI built in'),
        platformHas('ahci'),
      ],
      reason: 'firmware and every installer of this time read from the AHCI controller that the machine is built with',
    },
    {
      rule: 'cdrom.ide',
      value: { bus: 'ide' },
      when: [
        onX86,
        decided('machine', (machine) => !machine.pcie || !isQemuPc(machine), 'a PCI Express machine has no IDE'),
        platformHas('ide'),
      ],
      reason: 'firmware and every installer read from the IDE controller that the machine is built with',
    },
    {
      rule: 'cdrom.scsi',
      value: { bus: 'scsi' },
      when: [],
      reason: 'this machine has neither AHCI nor IDE; its SCSI controller reads CD-ROMs',
    },
  ],
});
