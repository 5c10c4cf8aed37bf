// SPDX-License-Identifier: Apache-2.0
import { both, byFamily, decided, given, onX86, platformHas } from '../conditions.js';
import { rule } from '../engine.js';

const hasScreen = decided('graphics', ({ type }) => type !== 'none', 'nothing would be plugged in without a screen');

export const usbRule = rule<'usb'>({
  decision: 'usb',
  show: (usb) => usb?.model ?? 'none',
  alternatives: [
    {
      rule: 'usb.xhci',
      value: { model: 'qemu-xhci' },
      when: [hasScreen, ...both('xhci')],
      reason: 'one controller for all speeds, which costs the host nothing while idle',
    },
    {
      rule: 'usb.xhci-family',
      value: { model: 'qemu-xhci' },
      when: [hasScreen, ...byFamily('xhci')],
      reason: 'its entry names no USB controller; systems of its family and time drive xHCI',
    },
    {
      rule: 'usb.xhci-machine',
      value: { model: 'qemu-xhci' },
      when: [hasScreen, given((context) => !context.x86, 'a PC has older controllers too'), platformHas('xhci')],
      reason: 'the only USB controller that is usual on this machine',
    },
    {
      rule: 'usb.ehci',
      value: { model: 'ich9-ehci1' },
      when: [hasScreen, onX86, ...both('ehci')],
      reason: 'the OS has no xHCI driver, but one for USB 2.0',
      weakness: 'it wakes the host a thousand times a second',
    },
    {
      rule: 'usb.ehci-family',
      value: { model: 'ich9-ehci1' },
      when: [hasScreen, onX86, ...byFamily('ehci')],
      reason: 'its entry names no USB controller; systems of its family and time drive USB 2.0',
    },
    {
      rule: 'usb.uhci',
      value: { model: 'piix3-uhci' },
      when: [hasScreen, onX86, ...both('uhci')],
      reason: 'the OS has drivers for USB 1.1 only',
      weakness: 'it wakes the host a thousand times a second, and is slow',
    },
    {
      rule: 'usb.uhci-family',
      value: { model: 'piix3-uhci' },
      when: [hasScreen, onX86, ...byFamily('uhci')],
      reason: 'its entry names no USB controller; systems of its family and time drive USB 1.1',
    },
    {
      rule: 'usb.none',
      value: undefined,
      when: [],
      reason: 'no USB controller is known that both sides have, or nothing would be plugged in',
    },
  ],
});
