// SPDX-License-Identifier: Apache-2.0
import { given, isQemuMachine, knownFact } from '../conditions.js';
import type { Choices, Context } from '../context.js';
import { rule } from '../engine.js';

type Boot = Choices['boot'];

/** Clouds and small machines start images and have no drive. */
const withoutDrive: ReadonlySet<string> = new Set([
  'nitro',
  'ec2',
  'gce',
  'cloud-hypervisor',
  'microvm',
  'firecracker',
  'xenpv',
  'xenpvh',
]);

const hasDrive = (context: Context): boolean =>
  isQemuMachine(context) || !withoutDrive.has(context.chosen('machine').family);

export const bootRule = rule<'boot'>({
  decision: 'boot',
  show: (order: Boot) => order.join(', ') || 'none',
  override: { asked: ({ overrides }) => overrides.boot },
  alternatives: [
    {
      rule: 'boot.live',
      value: ['cdrom', 'disk'],
      when: [
        given(
          ({ media }) => media?.entry?.live === true && !media.entry.installer,
          'no live medium was given',
          () => knownFact('the medium is a live one, which is not installed'),
        ),
      ],
      reason: 'the medium is what is to run, whatever is on the disk',
      quiet: true,
    },
    {
      rule: 'boot.disk',
      value: ['disk'],
      when: [given((context) => !hasDrive(context), 'there may be an installer in the drive')],
      reason: 'the platform starts images; there is no drive',
      quiet: true,
    },
    {
      rule: 'boot.installer',
      value: ['disk', 'cdrom'],
      when: [],
      reason:
        'an empty disk does not start, so that the first start is the installer’s and later ones are the system’s',
    },
  ],
});
