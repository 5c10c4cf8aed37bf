// SPDX-License-Identifier: Apache-2.0
import { both, decided, given, onX86 } from '../conditions.js';
import { rule } from '../engine.js';

export const panicRule = rule<'panic'>({
  decision: 'panic',
  show: (panic) => panic?.model ?? 'none',
  alternatives: [
    {
      rule: 'panic.hyperv',
      value: { model: 'hyperv' },
      when: [decided('hyperv', (list) => list.length > 0, 'the machine does not look like Hyper-V')],
      reason: 'Windows tells a crash to a machine that looks like Hyper-V, without another driver',
    },
    {
      rule: 'panic.isa',
      value: { model: 'isa' },
      when: [onX86, ...both('pvpanic')],
      reason: 'the host learns at once that the kernel has panicked, instead of waiting for it',
    },
    {
      rule: 'panic.pci',
      value: { model: 'pvpanic' },
      when: [given((context) => !context.x86, 'a PC has the ISA device'), ...both('pvpanicPci')],
      reason: 'the host learns at once that the kernel has panicked, instead of waiting for it',
    },
    {
      rule: 'panic.none',
      value: undefined,
      when: [],
      reason: 'the OS would not tell a crash',
    },
  ],
});
