// SPDX-License-Identifier: Apache-2.0
import { both, byFamily, decided, given, isQemuPc, onX86, platformHas } from '../conditions.js';
import { rule } from '../engine.js';

const hasScreen = decided('graphics', ({ type }) => type !== 'none', 'there is no screen');

const elsewhere = decided('machine', (machine) => !isQemuPc(machine), 'QEMU has better ones');

const firmwareDraws =
  'nothing is known of its graphics; this is the card that the platform has, and its firmware draws on it';

export const videoRule = rule({
  decision: 'video',
  show: ({ model }) => model,
  alternatives: [
    {
      rule: 'video.virtio',
      value: { model: 'virtio' },
      when: [hasScreen, ...both('virtioGpu')],
      reason: 'paravirtual, any resolution, little memory, and both sides have it',
    },
    {
      rule: 'video.vga',
      value: { model: 'vga' },
      when: [hasScreen, onX86, ...both('vga')],
      reason: 'firmware and the OS both drive the standard VGA',
      weakness: 'every pixel is copied by the host',
    },
    {
      rule: 'video.vmware',
      value: { model: 'vmvga' },
      when: [hasScreen, elsewhere, ...both('vmwareSvga')],
      reason: "VMware's own card, and the OS has a driver for it",
    },
    {
      rule: 'video.virtualbox',
      value: { model: 'vbox' },
      when: [hasScreen, ...both('vboxVga')],
      reason: "VirtualBox's own card, and the OS has a driver for it",
    },
    {
      rule: 'video.hyperv',
      value: { model: 'hyperv' },
      when: [hasScreen, ...both('hvVideo')],
      reason: "Hyper-V's own card, and the OS has a driver for it",
    },
    {
      rule: 'video.cirrus',
      value: { model: 'cirrus' },
      when: [hasScreen, onX86, ...both('cirrus')],
      reason: 'the card that systems of the nineties have a driver for',
      weakness: 'few resolutions, 4 MiB of memory',
    },
    {
      rule: 'video.vga-family',
      value: { model: 'vga' },
      when: [hasScreen, onX86, ...byFamily('vga')],
      reason: 'its entry names no graphics card; firmware and every system of its family drive the standard VGA',
    },
    {
      rule: 'video.ramfb',
      value: { model: 'ramfb' },
      when: [
        hasScreen,
        given((context) => context.arch === 'aarch64' || context.arch === 'armv7l', 'only on ARM is it of use'),
      ],
      reason: 'the frame buffer that ARM firmware draws on, for an OS without virtio graphics',
    },
    {
      rule: 'video.vga-unknown',
      value: { model: 'vga' },
      when: [hasScreen, platformHas('vga')],
      reason: 'nothing is known of its graphics; firmware at least draws on the standard VGA',
    },
    {
      rule: 'video.virtualbox-unknown',
      value: { model: 'vbox' },
      when: [hasScreen, platformHas('vboxVga')],
      reason: firmwareDraws,
    },
    {
      rule: 'video.vmware-unknown',
      value: { model: 'vmvga' },
      when: [hasScreen, elsewhere, platformHas('vmwareSvga')],
      reason: firmwareDraws,
    },
    {
      rule: 'video.hyperv-unknown',
      value: { model: 'hyperv' },
      when: [hasScreen, platformHas('hvVideo')],
      reason: firmwareDraws,
    },
    {
      rule: 'video.virtio-unknown',
      value: { model: 'virtio' },
      when: [hasScreen],
      reason: 'nothing is known of its graphics; on this machine virtio is the usual card',
    },
    {
      rule: 'video.none',
      value: { model: 'none' },
      when: [],
      reason: 'there is no screen',
    },
  ],
});
