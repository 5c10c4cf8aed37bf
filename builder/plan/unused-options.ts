// SPDX-License-Identifier: Apache-2.0
import type { Issue, Kickstart } from '../kickstart/model.js';

/**
 * Options that the language takes and this version does nothing with, by command. Each that is given is said: nothing
 * that could change the result is passed over in silence.
 */
const UNUSED: Readonly<Record<string, readonly string[]>> = {
  url: ['proxy', 'noverifyssl', 'sslcacert', 'sslclientcert', 'sslclientkey'],
  repo: [
    'proxy',
    'noverifyssl',
    'cost',
    'includepkgs',
    'excludepkgs',
    'sslcacert',
    'sslclientcert',
    'sslclientkey',
    'install',
  ],
  network: [
    'nodns',
    'onboot',
    'activate',
    'ipv6',
    'ipv6gateway',
    'wpakey',
    'ethtool',
    'dhcpclass',
    'hostname-dhcp',
    'bindto',
    'interfacename',
    'nodefroute',
  ],
  bootloader: ['boot-drive', 'driveorder', 'leavebootorder', 'nombr'],
  part: ['asprimary', 'grow', 'maxsize'],
  reqpart: ['add-boot'],
};

const UNUSED_PACKAGES = ['multilib', 'timeout', 'retries'] as const;

/** A notice for each option that has no effect on the image. */
export function unusedOptions(kickstart: Kickstart): Issue[] {
  const issues: Issue[] = [];
  for (const command of kickstart.commands) {
    for (const option of UNUSED[command.name] ?? []) {
      const value = command.options[option];
      if (value === undefined || value === false) continue;
      issues.push({
        severity: 'notice',
        code: 'option-unused',
        at: command.at,
        message: `${command.name} --${option} has no effect in this version`,
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
