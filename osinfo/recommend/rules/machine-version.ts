// SPDX-License-Identifier: Apache-2.0
import { given, no, saidBy, yes } from '../conditions.js';
import { type Context, chosenOffer } from '../context.js';
import { type Condition, rule } from '../engine.js';
import { machineFamily } from '../host/machine-names.js';
import { hostVersion } from '../host/questions.js';

/** What the platform's entry names, or of it what the host has. */
function version(context: Context): string | undefined {
  const { version: named, family } = chosenOffer(context);
  return context.host ? hostVersion(context.host, context.arch, family, named) : named;
}

const named: Condition = (context) => {
  const { fact, version: own, family } = chosenOffer(context);
  const pinned = version(context);
  if (pinned === undefined)
    return no(`${context.host?.name ?? context.platformKnows.name} names no version of ${family}`);
  if (pinned !== own) return yes({ text: `${context.host!.name} has ${pinned}` });
  return fact ? yes(saidBy(context.platformKnows, fact, `names ${pinned}`)) : yes();
};

/** `kvm` and `qemu` stand for whatever QEMU there is: its newest version would not start on an older one. */
const certain: Condition = ({ platform, host }) =>
  host === undefined && platform.id.startsWith('http://qemu.org/') && platform.shortIds.some((id) => !/\d/.test(id))
    ? no(
        `${platform.shortIds.find((id) => !/\d/.test(id))} stands for whatever version the host has, and no host was given`,
      )
    : yes();

export const machineVersionRule = rule<'machine.version'>({
  decision: 'machine.version',
  show: (value) => value ?? 'any',
  override: {
    asked: ({ overrides: { machine } }) =>
      machine === undefined || machine === machineFamily(machine) ? undefined : machine,
  },
  alternatives: [
    {
      rule: 'machine-version.windows',
      label: 'pinned',
      value: version,
      when: [certain, named, given(({ os }) => os.family === 'winnt', 'only Windows looks so closely')],
      reason:
        'Windows takes a newer version of the machine for other hardware, looks for drivers and may want to be activated again; pinned, an update of the hypervisor changes nothing',
    },
    {
      rule: 'machine-version.pinned',
      label: 'pinned',
      value: version,
      when: [certain, named],
      reason:
        'the guest sees the same machine after an update of the hypervisor, and can move to a host of another version',
    },
    {
      rule: 'machine-version.newest',
      value: undefined,
      when: [],
      reason:
        'no version is named: the hypervisor takes its newest, and libvirt writes that down when the machine is defined',
    },
  ],
});
