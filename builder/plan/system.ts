// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../../osinfo/errors.js';
import type { At, CommandLine, Kickstart } from '../kickstart/model.js';
import { splitWords } from '../kickstart/words.js';
import type { Acceptance } from './accepted.js';
import { planAccounts } from './system/accounts.js';
import { planKeyboard, planLanguage } from './system/language.js';
import { planNetwork } from './system/network.js';
import { listOption, textOption } from './system/options.js';
import { planCertificates, planFirewall } from './system/protection.js';
import { planTime } from './system/time.js';
import type { FstabEntry, SystemPlan } from './types.js';

const UNIT = /^[A-Za-z0-9:_.\\@-]{1,255}$/;

/** Words that ask for what is the default today: nothing is run for them. */
const AUTH_DEFAULTS = /^--(?:enableshadow|useshadow|enablemd5|kickstart|passalgo=\S+)$/;

/**
 * The system's own settings: who may log in, names, language, clock, network, protection, services, mounts.
 * @throws InputError with the line of a value that the system would not take
 */
export function planSystem(
  kickstart: Kickstart,
  name: string,
  fstab: readonly FstabEntry[],
  acceptance: Acceptance,
): SystemPlan {
  const { services, selinux } = kickstart;
  return {
    ...planNetwork(kickstart, name, acceptance),
    ...planLanguage(kickstart),
    ...planKeyboard(kickstart),
    ...planTime(kickstart),
    ...planAccounts(kickstart),
    ...planFirewall(kickstart),
    ...(selinux?.mode === undefined ? {} : { selinux: { at: selinux.at, mode: selinux.mode } }),
    certificates: planCertificates(kickstart),
    ...planTarget(kickstart),
    ...planFirstboot(kickstart),
    ...planAuthselect(kickstart),
    ...planPurpose(kickstart.commands.findLast((line) => line.name === 'syspurpose')),
    servicesEnabled: unitsOf(services?.enabled, services?.at),
    servicesDisabled: unitsOf(services?.disabled, services?.at),
    fstab,
    allowIgnored: acceptance.names,
  };
}

/** `xconfig --startxonboot` asks for a desktop's log-in, `skipx` for none. */
function planTarget({ skipx, xconfig }: Kickstart): Pick<SystemPlan, 'target' | 'desktop'> {
  const desktop = xconfig?.defaultDesktop || undefined;
  if (desktop !== undefined && !/^[A-Za-z0-9_-]{1,32}$/.test(desktop))
    throw new InputError('desktop', `xconfig --defaultdesktop=${desktop} is no name of a desktop`, xconfig!.at);
  return {
    ...(skipx ? { target: 'multi-user' } : xconfig?.startOnBoot ? { target: 'graphical' } : {}),
    ...(desktop === undefined ? {} : { desktop: { at: xconfig!.at, name: desktop } }),
  };
}

function planFirstboot({ firstboot }: Kickstart): Pick<SystemPlan, 'firstboot'> {
  return firstboot?.state === undefined ? {} : { firstboot: { at: firstboot.at, state: firstboot.state } };
}

function planAuthselect({ authselect }: Kickstart): Pick<SystemPlan, 'authselect'> {
  if (!authselect) return {};
  const words = splitWords(authselect.text).words.map((word) => word.text);
  if (words.length === 0 || words.every((word) => AUTH_DEFAULTS.test(word))) return {};
  return { authselect: { at: authselect.at, words } };
}

function planPurpose(line: CommandLine | undefined): Pick<SystemPlan, 'purpose'> {
  if (!line) return {};
  const { at, options } = line;
  return {
    purpose: {
      at,
      role: textOption(options, 'role') ?? '',
      sla: textOption(options, 'sla') ?? '',
      usage: textOption(options, 'usage') ?? '',
      addons: listOption(options, 'addon'),
    },
  };
}

function unitsOf(names: readonly string[] | undefined, at: At | undefined): { name: string; at: At }[] {
  return (names ?? []).map((name) => {
    if (!UNIT.test(name)) throw new InputError('service-name', `${name} is no name of a service`, at);
    return { name, at: at! };
  });
}
