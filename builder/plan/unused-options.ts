// SPDX-License-Identifier: Apache-2.0
import type { Issue, Kickstart } from '../kickstart/model.js';
import type { Plan } from './types.js';

/**
 * Options that the language takes and that do nothing to an image, by command, and why. Each that is given is said:
 * nothing that could change the result is passed over in silence.
 */
const UNUSED: Readonly<Record<string, readonly (readonly [option: string, why: string])[]>> = {
  network: [
    ['notksdevice', 'it steers the installer only'],
    ['bindto', 'an image has no hardware address yet: the connection is bound by name'],
  ],
  bootloader: [
    ['driveorder', 'the boot loader is written to the disk of /boot'],
    ['leavebootorder', 'nothing is written to a firmware'],
    ['nombr', 'the boot code of the image’s own disk is written'],
    ['default', 'the newest kernel is started'],
    ['upgrade', 'an image has no boot loader yet'],
    ['linear', 'it belongs to LILO'],
    ['lba32', 'it belongs to LILO'],
    ['useLilo', 'GRUB is the boot loader'],
    ['hvargs', 'no hypervisor is started'],
  ],
};

const UNUSED_PACKAGES = ['multilib', 'timeout', 'retries'] as const;

/** A notice for each option that has no effect on the image. */
export function unusedOptions(kickstart: Kickstart, family: Plan['os']['family']): Issue[] {
  const issues: Issue[] = family === 'deb' ? unusedByDeb(kickstart) : [];
  for (const command of kickstart.commands) {
    for (const [option, why] of UNUSED[command.name] ?? []) {
      const value = command.options[option];
      if (value === undefined || value === false) continue;
      issues.push({
        severity: 'notice',
        code: 'option-unused',
        at: command.at,
        message: `${command.name} --${option} has no effect: ${why}`,
      });
    }
  }
  const { location } = kickstart.bootloader ?? {};
  if (location !== undefined && !['mbr', 'none'].includes(location)) {
    issues.push({
      severity: 'notice',
      code: 'option-unused',
      at: kickstart.bootloader!.at,
      message: `bootloader --location=${location} has no effect: the boot loader is written for the whole disk`,
    });
  }
  return issues;
}

/** Options that only repositories of rpm packages have something for. */
function unusedByDeb(kickstart: Kickstart): Issue[] {
  const issues: Issue[] = [];
  for (const repo of kickstart.commands.filter(
    ({ name, options }) => name === 'repo' && options['ignoregroups'] === true,
  ))
    issues.push({
      severity: 'notice',
      code: 'option-unused',
      at: repo.at,
      message: 'repo --ignoregroups has no effect: a deb source has no groups',
    });
  for (const option of UNUSED_PACKAGES) {
    const value = kickstart.packages[option];
    if (value === undefined || value === false || kickstart.packages.at === undefined) continue;
    issues.push({
      severity: 'notice',
      code: 'option-unused',
      at: kickstart.packages.at,
      message: `%packages --${option} has no effect on a deb system`,
    });
  }
  return issues;
}
