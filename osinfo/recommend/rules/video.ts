// SPDX-License-Identifier: Apache-2.0
import {
  both,
  byFamily,
  decided,
  given,
  hostDomain,
  isQemuPc,
  no,
  notLegacyPc,
  onQemu,
  onX86,
  osDrives,
  platformHas,
  yes,
} from '../conditions.js';
import { type Condition, rule } from '../engine.js';
import { isKnown, modelNamed } from './asked.js';

const hasScreen = decided('graphics', ({ type }) => type !== 'none', 'there is no screen');

const hostDraws =
  (model: string): Condition =>
  (context) => {
    const told = hostDomain(context)?.video;
    return !told || told.includes(model) ? yes() : no(`${context.host!.name} has no ${model}`);
  };

const elsewhere = decided('machine', (machine) => !isQemuPc(machine), 'QEMU has better ones');

const firmwareDraws =
  'nothing is known of its graphics; this is the card that the platform has, and its firmware draws on it';

const cards = ['virtioGpu', 'vga', 'qxl', 'vmwareSvga', 'vboxVga', 'hvVideo', 'cirrus', 'fbuf'] as const;

/** Cards without an id that a guest could see: they need no driver but the firmware's. */
const framebuffers: Readonly<Record<string, readonly Condition[]>> = {
  none: [],
  bochs: [onQemu, onX86],
  ramfb: [onQemu],
};

/** What a card that was asked for needs of the platform, or wants of the OS. */
function asked(model: string, ofOs: boolean): readonly Condition[] {
  const plain = framebuffers[model];
  if (plain) return ofOs ? [] : plain;
  const key = modelNamed(cards, model === 'hyperv' ? 'hv-video' : model);
  if (key === undefined) return ofOs ? [] : [isKnown(cards, model)];
  return ofOs ? [osDrives(key)] : [platformHas(key)];
}

export const videoRule = rule({
  decision: 'video',
  show: ({ model }) => model,
  override: {
    asked: ({ overrides: { video } }) => (video === undefined ? undefined : { model: video }),
    needs: ({ model }) => asked(model, false),
    wants: ({ model }) => asked(model, true),
    waysOut: 'take a card that the platform has',
  },
  alternatives: [
    {
      rule: 'video.virtio',
      value: { model: 'virtio' },
      when: [hasScreen, notLegacyPc('virtio graphics are nothing that every system drives'), ...both('virtioGpu')],
      reason: 'paravirtual, any resolution, little memory, and both sides have it',
      weakness: 'without a driver it is a plain frame buffer',
    },
    {
      rule: 'video.qxl',
      value: { model: 'qxl' },
      when: [
        hasScreen,
        decided(
          'graphics',
          ({ type }) => type === 'spice',
          'it is of use with SPICE only, and is given up together with it',
        ),
        ...both('qxl'),
      ],
      reason: 'SPICE’s own card, for an OS whose driver for it is older than virtio graphics',
      weakness: 'hypervisors give it up',
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
      quiet: true,
    },
    {
      rule: 'video.virtualbox',
      value: { model: 'vbox' },
      when: [hasScreen, ...both('vboxVga')],
      reason: "VirtualBox's own card, and the OS has a driver for it",
      quiet: true,
    },
    {
      rule: 'video.hyperv',
      value: { model: 'hyperv' },
      when: [hasScreen, ...both('hvVideo')],
      reason: "Hyper-V's own card, and the OS has a driver for it",
      quiet: true,
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
        hostDraws('ramfb'),
        given((context) => context.arch === 'aarch64' || context.arch === 'armv7l', 'only on ARM is it of use'),
      ],
      reason: 'the frame buffer that ARM firmware draws on, for an OS without virtio graphics',
      quiet: true,
    },
    {
      rule: 'video.bochs',
      value: { model: 'bochs' },
      when: [
        hasScreen,
        onX86,
        onQemu,
        decided('firmware.type', (type) => type === 'uefi', 'only UEFI draws on it'),
        given((context) => hostDomain(context)?.video?.includes('bochs') === true, 'no host says that it has it'),
      ],
      reason: 'the host has no better card that the OS drives, and UEFI draws on this one',
      quiet: true,
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
      quiet: true,
    },
    {
      rule: 'video.vmware-unknown',
      value: { model: 'vmvga' },
      when: [hasScreen, elsewhere, platformHas('vmwareSvga')],
      reason: firmwareDraws,
      quiet: true,
    },
    {
      rule: 'video.hyperv-unknown',
      value: { model: 'hyperv' },
      when: [hasScreen, platformHas('hvVideo')],
      reason: firmwareDraws,
      quiet: true,
    },
    {
      rule: 'video.bhyve',
      value: { model: 'gop' },
      when: [hasScreen, platformHas('fbuf')],
      reason: 'the frame buffer of bhyve, on which UEFI draws: it needs no driver but that of UEFI’s screen',
      quiet: true,
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
