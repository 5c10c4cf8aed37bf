// SPDX-License-Identifier: Apache-2.0
import { given, hostDomain, isDesktop, knownFact, no, onQemu, yes } from '../conditions.js';
import type { Context } from '../context.js';
import { type Condition, rule } from '../engine.js';

const cards = new WeakMap<Context['platform'], boolean>();

/** A platform that names its devices, each of a known class, and no graphics card among them, has none. */
function hasGraphicsCard({ platform }: Context): boolean {
  const before = cards.get(platform);
  if (before !== undefined) return before;
  const { allDeviceLinks } = platform;
  const silent = allDeviceLinks.length === 0 || allDeviceLinks.some(({ device }) => device.class === undefined);
  const has = silent || allDeviceLinks.some(({ device }) => device.class === 'video');
  cards.set(platform, has);
  return has;
}

const hasScreen = given((context) => context.arch !== 's390x', 'a mainframe guest has no screen');
const hasCard = given(hasGraphicsCard, 'the platform has no graphics card');

/** The host does not say that it lacks this way to a screen. */
const hostMayHave =
  (type: string): Condition =>
  (context) => {
    const told = hostDomain(context)?.graphics;
    return !told || told.includes(type) ? yes() : no(`${context.host!.name} has no ${type.toUpperCase()}`);
  };

const hostTells =
  (type: string): Condition =>
  (context) => {
    const told = hostDomain(context)?.graphics;
    if (!told) return no(`no host says that it has ${type.toUpperCase()}, which newer ones have given up`);
    if (!told.includes(type)) return no(`${context.host!.name} has no ${type.toUpperCase()}`);
    return yes(knownFact(`${context.host!.name} has ${type.toUpperCase()}`));
  };

export const graphicsRule = rule({
  decision: 'graphics',
  show: ({ type }) => type,
  override: {
    asked: ({ overrides: { graphics } }) => graphics && { type: graphics },
    needs: ({ type }) => (type === 'none' ? [] : [hasCard, hostMayHave(type)]),
    waysOut: 'take what the host has, or no graphics',
  },
  alternatives: [
    {
      rule: 'graphics.spice',
      value: { type: 'spice' },
      when: [
        hasScreen,
        hasCard,
        given(isDesktop, 'only a desktop gains by it', () => knownFact('the machine is for a desktop')),
        onQemu,
        hostTells('spice'),
      ],
      reason: 'sound, clipboard and the size of the screen follow the viewer',
    },
    {
      rule: 'graphics.vnc',
      value: { type: 'vnc' },
      when: [hasScreen, hasCard, hostMayHave('vnc')],
      reason: 'every hypervisor has VNC; SPICE has gone from newer ones',
      weakness: 'no sound and no clipboard',
    },
    {
      rule: 'graphics.none',
      value: { type: 'none' },
      when: [],
      reason: 'the console is text',
    },
  ],
});
