// SPDX-License-Identifier: Apache-2.0
import type { Firmware } from '../../model/types.js';
import { forIntent, given, hostDomain, knownFact, no, saidBy, yes } from '../conditions.js';
import { type Context, chosenOffer } from '../context.js';
import { contradiction } from '../contradiction.js';
import { type Condition, rule, tryAll } from '../engine.js';

type Kind = 'bios' | 'uefi';

/** The database's word for UEFI is `efi`. */
const spelled: Readonly<Record<Kind, string>> = { bios: 'bios', uefi: 'efi' };
const spoken: Readonly<Record<Kind, string>> = { bios: 'BIOS', uefi: 'UEFI' };

/** What the OS's entry, or one it inherits from, says of a firmware; `undefined` where it is silent. */
function osSays(context: Context, kind: Kind): Firmware | undefined {
  const said = context.os.completeFirmware.filter((one) => one.type === spelled[kind]);
  return said.find((one) => one.arch === context.arch) ?? said.find((one) => one.arch === 'all');
}

const sayFirmware = (context: Context, said: Firmware, kind: Kind) =>
  saidBy(context.osKnows, said, `${said.supported ? 'starts' : 'does not start'} from ${spoken[kind]}`);

/** The OS says that it starts from this firmware. */
function osStarts(kind: Kind): Condition {
  return (context) => {
    const said = osSays(context, kind);
    if (!said) return no(`${context.osKnows.name} does not say that it starts from ${spoken[kind]} on ${context.arch}`);
    const fact = sayFirmware(context, said, kind);
    return said.supported ? yes(fact) : no(fact);
  };
}

/** The OS says that it does not start from this firmware. */
export function osRefuses(kind: Kind): Condition {
  return (context) => {
    const said = osSays(context, kind);
    if (said?.supported === false) return yes(sayFirmware(context, said, kind));
    return no(`${context.osKnows.name} does not rule ${spoken[kind]} out`);
  };
}

/** The OS starts from this firmware, or says nothing of it. */
function osAllows(kind: Kind): Condition {
  return (context) => {
    const said = osSays(context, kind);
    if (!said) return yes(knownFact(`${context.osKnows.name} does not rule ${spoken[kind]} out`));
    const fact = sayFirmware(context, said, kind);
    return said.supported ? yes(fact) : no(fact);
  };
}

function imageStarts(kind: Kind): Condition {
  return (context) => {
    if (!context.image) return yes();
    if (!context.image.firmware.includes(kind)) return no(`the image has no boot loader for ${spoken[kind]}`);
    return yes(knownFact(`the image has a boot loader for ${spoken[kind]}`));
  };
}

/** The medium's own boot catalogue, where it was read. */
function mediumStarts(kind: Kind): Condition {
  return ({ media }) => {
    const told = media?.firmware ?? [];
    if (told.length === 0) return yes();
    if (!told.includes(kind)) return no(`the medium does not start from ${spoken[kind]}`);
    return yes(knownFact(`the medium starts from ${spoken[kind]}`));
  };
}

function machineOffers(kind: Kind): Condition {
  return (context) => {
    const offer = chosenOffer(context);
    const told = hostDomain(context)?.firmware;
    // A BIOS comes with every emulator; UEFI is a package of its own.
    if (kind === 'uefi' && offer.firmware.includes('uefi') && told && !told.includes('efi'))
      return no(
        `${context.host!.name} has no UEFI firmware for its ${offer.family} machine (packages ovmf, edk2-ovmf)`,
      );
    const has = offer.firmware.includes(kind);
    const words = `has ${has ? '' : 'no '}${spoken[kind]} for its ${offer.family} machine`;
    const fact = offer.fact
      ? saidBy(context.platformKnows, offer.fact, words)
      : knownFact(`${context.platformKnows.name}, as far as is known, ${words}`);
    return has ? yes(fact) : no(fact);
  };
}

const machineHasNeither: Condition = given(
  (context) => !chosenOffer(context).firmware.some((one) => one === 'bios' || one === 'uefi'),
  'the machine has BIOS or UEFI',
);

// Few hosts have UEFI firmware for 32-bit PCs at all.
const notOn32BitPc: Condition = given((context) => context.arch !== 'i686', 'hosts seldom have UEFI for 32-bit PCs');

export const firmwareRule = rule({
  decision: 'firmware.type',
  show: (type) => type,
  override: {
    asked: (context) => context.overrides.firmware,
    needs: (type) => (type === 'none' ? [] : [machineOffers(type), imageStarts(type), mediumStarts(type)]),
    waysOut: 'leave the firmware to the recommendation, or take a platform or an image that has it',
  },
  alternatives: [
    {
      rule: 'firmware.legacy-safe',
      value: 'bios',
      when: [
        forIntent('legacy-safe'),
        osAllows('bios'),
        machineOffers('bios'),
        imageStarts('bios'),
        mediumStarts('bios'),
      ],
      reason: 'every system that was ever made for PCs starts from it, save the youngest',
      quiet: true,
    },
    {
      rule: 'firmware.required',
      value: 'uefi',
      when: [osRefuses('bios'), machineOffers('uefi'), imageStarts('uefi'), mediumStarts('uefi')],
      reason: 'the OS starts from nothing else',
    },
    {
      rule: 'firmware.both-have-uefi',
      value: 'uefi',
      when: [osStarts('uefi'), notOn32BitPc, machineOffers('uefi'), imageStarts('uefi'), mediumStarts('uefi')],
      reason: 'both sides have UEFI, which Secure Boot and disks over 2 TiB need and new hardware has alone',
    },
    {
      rule: 'firmware.bios',
      value: 'bios',
      when: [osAllows('bios'), machineOffers('bios'), imageStarts('bios'), mediumStarts('bios')],
      reason: 'every PC system starts from it where nothing speaks for UEFI',
      weakness: 'no Secure Boot, no start from disks over 2 TiB; it starts faster (say --firmware bios to have it)',
    },
    {
      rule: 'firmware.only-uefi',
      value: 'uefi',
      when: [osAllows('uefi'), machineOffers('uefi'), imageStarts('uefi'), mediumStarts('uefi')],
      reason: 'there is no other firmware that machine and image have in common',
    },
    {
      rule: 'firmware.own',
      value: 'none',
      when: [machineHasNeither],
      reason: 'this kind of machine starts by a firmware of its own, which needs no choice',
      quiet: true,
    },
  ],
  otherwise: (context) => {
    const obstacle = (kind: Kind) => {
      const tried = tryAll([osAllows(kind), machineOffers(kind), imageStarts(kind), mediumStarts(kind)], context);
      return tried.holds ? knownFact(`${spoken[kind]} is possible`) : tried.against;
    };
    const waysOut = context.image
      ? 'build the image with a boot loader for the other firmware, or take another platform'
      : context.host && hostDomain(context)?.firmware?.includes('efi') === false
        ? 'install the firmware on the host, or take another host, or say --firmware if you know better'
        : 'take a platform that has it, or say --firmware if you know better';
    contradiction('no-firmware', obstacle('bios'), obstacle('uefi'), waysOut);
  },
});
