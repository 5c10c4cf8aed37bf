// SPDX-License-Identifier: Apache-2.0
import { both, byFamily, decided, given, onX86, osDrives, platformHas } from '../conditions.js';
import { rule } from '../engine.js';
import { isKnown, modelNamed, notDeclined } from './asked.js';

const hasScreen = decided('graphics', ({ type }) => type !== 'none', 'nothing would be plugged in without a screen');

const controllers = ['xhci', 'necXhci', 'ehci', 'uhci'] as const;
const declined = notDeclined(({ usb }) => usb);

export const usbRule = rule<'usb'>({
  decision: 'usb',
  show: (usb) => usb?.model ?? 'none',
  override: {
    asked: ({ overrides: { usb } }) => (typeof usb === 'string' ? { model: usb } : undefined),
    needs: (usb) => {
      const key = modelNamed(controllers, usb?.model ?? '');
      return [isKnown(controllers, usb?.model ?? ''), ...(key === undefined ? [] : [platformHas(key)])];
    },
    wants: (usb) => {
      const key = modelNamed(controllers, usb?.model ?? '');
      return key === undefined ? [] : [osDrives(key)];
    },
    waysOut: 'take a controller that the platform has',
  },
  alternatives: [
    {
      rule: 'usb.xhci',
      value: { model: 'qemu-xhci' },
      when: [declined, hasScreen, ...both('xhci')],
      reason: 'one controller for all speeds, which costs the host nothing while idle',
    },
    {
      rule: 'usb.xhci-family',
      value: { model: 'qemu-xhci' },
      when: [declined, hasScreen, ...byFamily('xhci')],
      reason: 'its entry names no USB controller; systems of its family and time drive xHCI',
    },
    {
      rule: 'usb.xhci-machine',
      value: { model: 'qemu-xhci' },
      when: [
        declined,
        hasScreen,
        given((context) => !context.x86, 'a PC has older controllers too'),
        platformHas('xhci'),
      ],
      reason: 'the only USB controller that is usual on this machine',
    },
    {
      rule: 'usb.ehci',
      value: { model: 'ich9-ehci1' },
      when: [declined, hasScreen, onX86, ...both('ehci')],
      reason: 'the OS has no xHCI driver, but one for USB 2.0',
      weakness: 'it wakes the host a thousand times a second',
    },
    {
      rule: 'usb.ehci-family',
      value: { model: 'ich9-ehci1' },
      when: [declined, hasScreen, onX86, ...byFamily('ehci')],
      reason: 'its entry names no USB controller; systems of its family and time drive USB 2.0',
    },
    {
      rule: 'usb.uhci',
      value: { model: 'piix3-uhci' },
      when: [declined, hasScreen, onX86, ...both('uhci')],
      reason: 'the OS has drivers for USB 1.1 only',
      weakness: 'it wakes the host a thousand times a second, and is slow',
    },
    {
      rule: 'usb.uhci-family',
      value: { model: 'piix3-uhci' },
      when: [declined, hasScreen, onX86, ...byFamily('uhci')],
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
