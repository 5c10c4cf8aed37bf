// SPDX-License-Identifier: Apache-2.0
import type { NetworkPlan, SystemPlan } from './types.js';

/** What is installed so far. */
export interface Installed {
  readonly names: ReadonlySet<string>;
  readonly variant: 'minbase' | 'important';
}

type Need = readonly [name: string, why: string];

/** What the other parts of the plan need of a deb system, unless the kickstart has something that serves. */
export function systemNeeds(system: SystemPlan, installed: Installed): Need[] {
  const { keyboard, locales } = system;
  const needs: Need[] = [];
  if (locales && locales.names.length > 0) needs.push(['locales', `lang ${locales.names.join(' ')}`]);
  if (keyboard && keyboard.layout !== 'us') {
    needs.push(
      ['console-setup', `keyboard ${keyboard.layout}`],
      ['keyboard-configuration', `keyboard ${keyboard.layout}`],
    );
  }
  if (system.timezone) needs.push(['tzdata', `timezone ${system.timezone.zone}`]);
  needs.push(...timeNeeds(system, installed), ...networkNeeds(system.network, installed));
  // /etc/protocols and /etc/services, without which firewalld does not even read its own files.
  if (system.firewall?.mode === 'enabled') needs.push(['netbase', 'firewall']);
  if (system.certificates.some((one) => one.anchor)) needs.push(['ca-certificates', '%certificate']);
  if (installed.names.has('selinux-basics') && system.selinux && system.selinux.mode !== 'disabled')
    needs.push(['selinux-policy-default', `selinux --${system.selinux.mode}`]);
  return needs;
}

const TIME_PROGRAMS = ['chrony', 'ntpsec', 'ntp', 'openntpd', 'systemd-timesyncd'];

function timeNeeds({ time }: SystemPlan, { names }: Installed): Need[] {
  if (!time?.enabled || time.servers.length === 0 || TIME_PROGRAMS.some((name) => names.has(name))) return [];
  return time.servers.some((one) => one.nts)
    ? [['chrony', 'timesource --nts']]
    : [['systemd-timesyncd', 'time servers']];
}

/** Which program brings the network up follows from the packages; each wants others for what is no plain device. */
function networkNeeds(network: readonly NetworkPlan[], { names, variant }: Installed): Need[] {
  if (network.length === 0) return [];
  const kinds = new Set(network.map((one) => one.link.kind));
  const wireless: Need[] = kinds.has('wifi') ? [['wpasupplicant', 'network --essid']] : [];
  if (names.has('network-manager'))
    return kinds.has('team') ? [...wireless, ['libteam-utils', 'network --teamslaves']] : wireless;
  const resolved: Need[] = [
    ['dbus', 'name resolution'],
    ['systemd-resolved', 'name resolution beside systemd-networkd'],
  ];
  if (names.has('netplan.io')) return wireless;
  // Debian's base system has ifupdown, and where that is there it is the one that is used.
  if (!names.has('ifupdown') && variant === 'minbase') return [...wireless, ...resolved];
  return [
    ...wireless,
    ...(kinds.has('bond') ? [['ifenslave', 'network --bondslaves'] as const] : []),
    ...(kinds.has('bridge') ? [['bridge-utils', 'network --bridgeslaves'] as const] : []),
    ...(network.some((one) => one.ethernet) ? [['ethtool', 'network --ethtool'] as const] : []),
    ...(names.has('ifupdown') ? [] : resolved),
  ];
}
