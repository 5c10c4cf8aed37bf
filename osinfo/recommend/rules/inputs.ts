// SPDX-License-Identifier: Apache-2.0
import { decided, familyDrives, given, onX86, osLists } from '../conditions.js';
import { rule } from '../engine.js';

const hasScreen = decided('graphics', ({ type }) => type !== 'none', 'there is no screen to point at');
const hasUsb = decided('usb', (usb) => usb !== undefined, 'there is no USB controller');
const notPc = given((context) => !context.x86, 'a PC has its keyboard built in');

export const inputsRule = rule({
  decision: 'inputs',
  show: (inputs) => inputs.map(({ type, bus }) => `${type} (${bus})`).join(', ') || 'none',
  alternatives: [
    {
      rule: 'inputs.tablet-and-keyboard',
      value: [
        { type: 'tablet', bus: 'usb' },
        { type: 'keyboard', bus: 'usb' },
      ],
      when: [hasScreen, hasUsb, notPc],
      reason: 'this machine has no keyboard of its own, and a tablet keeps the pointers together',
      quiet: true,
    },
    {
      rule: 'inputs.tablet',
      value: [{ type: 'tablet', bus: 'usb' }],
      when: [hasScreen, hasUsb, osLists('tablet')],
      reason: "a tablet's pointer is where the viewer's is",
    },
    {
      rule: 'inputs.tablet-family',
      value: [{ type: 'tablet', bus: 'usb' }],
      when: [hasScreen, hasUsb, familyDrives('tablet')],
      reason: "a tablet's pointer is where the viewer's is, and systems of its family and time drive it",
    },
    {
      rule: 'inputs.ps2',
      value: [{ type: 'mouse', bus: 'ps2' }],
      when: [hasScreen, onX86],
      reason: 'the mouse that every PC system drives',
      weakness: "it moves by steps: the guest's pointer and the viewer's drift apart",
    },
    {
      rule: 'inputs.none',
      value: [],
      when: [],
      reason: 'there is no screen',
    },
  ],
});
