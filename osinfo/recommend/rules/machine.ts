// SPDX-License-Identifier: Apache-2.0
import { eraFact, forIntent, given, no, onX86, osLists, saidBy, yes } from '../conditions.js';
import type { Choices, Context } from '../context.js';
import { contradiction } from '../contradiction.js';
import { deploymentMachine } from '../deployment.js';
import { models } from '../devices.js';
import { type Condition, rule, type Verdict } from '../engine.js';
import { machineFamily } from '../host/machine-names.js';
import { hostMachines } from '../host/questions.js';
import { linkOf } from '../knowledge.js';
import { type MachineOffer, machineOffers } from '../machines.js';
import { osRefuses } from './firmware.js';

const offered =
  (family: string): Condition =>
  (context) => {
    const offer = context.machines.find((one) => one.family === family);
    return offer ? has(context, offer) : no(`${lacking(context, family)} has no ${family} machine for ${context.arch}`);
  };

/** Whose fault it is that there is no such machine: the host's, where the platform would have it. */
function lacking({ host, arch, platformKnows }: Context, family?: string): string {
  const offers = machineOffers(platformKnows, arch);
  const offeredThere = family === undefined ? offers.length > 0 : offers.some((one) => one.family === family);
  return host && offeredThere ? host.name : platformKnows.name;
}

function has({ platformKnows, arch }: Context, { fact, family }: MachineOffer): Verdict {
  return fact ? yes(saidBy(platformKnows, fact, `has the ${family} machine for ${arch}`)) : yes();
}

const machineOf = ({ family, pcie }: MachineOffer): Choices['machine'] => ({ family, pcie });

const take =
  (family: string) =>
  (context: Context): Choices['machine'] =>
    machineOf(context.machines.find((offer) => offer.family === family)!);

const usual = (context: Context): MachineOffer | undefined =>
  context.machines.find((offer) => offer.usual) ?? context.machines[0];

/** Whether the machine has a firmware that the OS says it starts from. */
function starts(context: Context, offer: MachineOffer): boolean {
  const said = context.os.completeFirmware.filter((one) => one.arch === context.arch && one.supported);
  return said.some(({ type }) => offer.firmware.includes(type === 'efi' ? 'uefi' : type));
}

/** The first machine that the OS starts from, where that is not the usual one. */
function startable(context: Context): MachineOffer | undefined {
  const first = usual(context);
  if (!first || starts(context, first)) return undefined;
  return context.machines.find((offer) => starts(context, offer));
}

/** The OS has virtio drivers, and only such as bind to the legacy ids, which PCI Express ports do not show. */
const legacyVirtioOnly: Condition = (context) => {
  const legacy = linkOf(context.osKnows, models.virtioBlock, false) ?? linkOf(context.osKnows, models.virtioNet, false);
  if (!legacy) return no(`${context.osKnows.name} lists no legacy virtio driver`);
  const modern = linkOf(context.osKnows, models.virtioBlock, true) ?? linkOf(context.osKnows, models.virtioNet, true);
  if (modern) return no('its virtio drivers also bind behind PCI Express ports');
  return yes(saidBy(context.osKnows, legacy, 'has virtio drivers for the legacy ids only'));
};

const modernVirtio: Condition = (context) => {
  const link = linkOf(context.osKnows, models.virtioBlock, true) ?? linkOf(context.osKnows, models.virtioNet, true);
  if (!link) return no(`${context.osKnows.name} lists no virtio 1.0 driver`);
  return yes(saidBy(context.osKnows, link, 'has virtio 1.0 drivers'));
};

/** The host has the very version that was asked for; where it does not tell, it is believed. */
const hostHasVersion =
  (name: string): Condition =>
  ({ host, arch }) => {
    const machines = host && hostMachines(host, arch);
    const there = machines?.some((machine) => machine.name === name || machine.canonical === name) ?? true;
    return there ? yes() : no(`${host!.name} has no machine ${name}`);
  };

function asked({ overrides, machines }: Context): Choices['machine'] | undefined {
  if (overrides.machine === undefined) return undefined;
  const family = machineFamily(overrides.machine);
  return { family, pcie: machines.find((offer) => offer.family === family)?.pcie ?? false };
}

const legacyVirtioElsewhere: Condition = (context) => {
  const verdict = legacyVirtioOnly(context);
  const { family } = asked(context) ?? {};
  const modern = context.machines.find((offer) => offer.family === family)?.modernVirtio;
  return verdict.holds && modern ? no(verdict.facts[0] ?? 'its virtio drivers do not bind there') : yes();
};

const startsWithoutUefi: Condition = (context) => {
  const refuses = osRefuses('bios')(context);
  return refuses.holds ? no(refuses.facts[0] ?? 'it starts only from UEFI') : yes();
};

export const machineRule = rule({
  decision: 'machine',
  show: (machine) => machine.family,
  override: {
    asked,
    needs: ({ family }) => [offered(family), (context) => hostHasVersion(context.overrides.machine ?? family)(context)],
    wants: () => [legacyVirtioElsewhere],
    waysOut: 'take a machine that it has, or another platform or host',
  },
  wanted: ({ family }, context) => deploymentMachine(context, family),
  alternatives: [
    {
      rule: 'machine.deployment',
      label: 'the machine that OS and platform want together',
      value: (context) => machineOf(context.machines.find(({ family }) => deploymentMachine(context, family))!),
      when: [
        (context) => {
          const offer = context.machines.find(({ family }) => deploymentMachine(context, family));
          return offer ? has(context, offer) : no('no rule of the two together names a machine');
        },
      ],
      reason: 'on this platform the OS does not run in another as well',
      quiet: true,
    },
    {
      rule: 'machine.legacy-safe',
      label: 'pc',
      value: take('pc'),
      when: [forIntent('legacy-safe'), onX86, startsWithoutUefi, offered('pc')],
      reason: 'the machine that every PC system since 1996 has drivers for, with IDE built in',
      quiet: true,
    },
    {
      rule: 'machine.legacy-virtio',
      label: 'pc',
      value: take('pc'),
      when: [onX86, legacyVirtioOnly, offered('pc')],
      reason: 'behind a PCI Express port virtio shows only its modern ids, to which these drivers do not bind',
    },
    {
      rule: 'machine.chipset-listed',
      label: 'q35',
      value: take('q35'),
      when: [onX86, osLists('q35', true), offered('q35')],
      reason: 'the OS runs on the Q35 chipset: PCI Express, AHCI and Secure Boot become possible',
    },
    {
      rule: 'machine.modern-virtio',
      label: 'q35',
      value: take('q35'),
      when: [onX86, modernVirtio, offered('q35')],
      reason: 'an OS with virtio 1.0 drivers is young enough for PCI Express and AHCI',
    },
    {
      rule: 'machine.uefi-only',
      label: 'q35',
      value: take('q35'),
      when: [onX86, osRefuses('bios'), offered('q35')],
      reason: 'an OS that starts only from UEFI expects a PCI Express machine',
    },
    {
      rule: 'machine.family',
      label: 'q35',
      value: take('q35'),
      when: [
        onX86,
        offered('q35'),
        given(
          (context) => context.era.drivers.has('q35'),
          (context) => `${context.era.name} is not known to run on Q35`,
          (context) => eraFact(context, 'runs on Q35'),
        ),
      ],
      reason: 'systems of its family and time run on the Q35 chipset',
    },
    {
      rule: 'machine.old-pc',
      label: 'pc',
      value: take('pc'),
      when: [onX86, offered('pc')],
      reason: 'the classic PC, which every x86 system drives',
      weakness: 'no PCI Express, no AHCI built in, no Secure Boot; newer hypervisors give it up',
    },
    {
      rule: 'machine.firmware',
      label: 'the machine with the firmware that the OS starts from',
      value: (context) => machineOf(startable(context)!),
      when: [
        (context) => {
          const offer = startable(context);
          return offer ? has(context, offer) : no('the usual machine has it too, or no other has it');
        },
      ],
      reason: 'the OS starts from its firmware, and not from that of the usual machine',
      quiet: true,
    },
    {
      rule: 'machine.usual',
      label: "the platform's usual machine",
      value: (context) => machineOf(usual(context)!),
      when: [
        (context) => {
          const offer = usual(context);
          return offer ? has(context, offer) : no(`${lacking(context)} has no machine for ${context.arch}`);
        },
      ],
      reason: 'the machine that the platform has for this architecture',
    },
  ],
  otherwise: (context) =>
    contradiction(
      'no-machine',
      { text: `the machine is to be ${context.arch}` },
      { text: `${lacking(context)} has no machine for that architecture` },
      'take another --arch or --platform',
    ),
});
