// SPDX-License-Identifier: Apache-2.0
import { both, decided, given, onX86 } from '../conditions.js';
import { rule } from '../engine.js';

const onLinux = given((context) => context.os.family === 'linux', 'only Linux is known to tell');

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
      rule: 'panic.pseries',
      value: { model: 'pseries' },
      when: [onLinux, given((context) => context.arch.startsWith('ppc64'), 'only POWER firmware has it')],
      reason: 'the firmware of this machine takes the message of a crash',
      quiet: true,
    },
    {
      rule: 'panic.s390',
      value: { model: 's390' },
      when: [onLinux, given((context) => context.arch === 's390x', 'only a mainframe guest has it')],
      reason: 'a crashed mainframe guest stops in a way that the host sees',
      quiet: true,
    },
    {
      rule: 'panic.none',
      value: undefined,
      when: [],
      reason: 'the OS would not tell a crash',
    },
  ],
});
