// SPDX-License-Identifier: Apache-2.0
import type { AddressPlan, NetworkPlan } from '../../plan/types.js';
import { formatWpa, type TreeFile, wpaPath } from './files.js';

/** bridge-utils-interfaces(5)'s names of a bridge's settings. */
const BRIDGE: Readonly<Record<string, string>> = {
  stp: 'bridge_stp',
  priority: 'bridge_bridgeprio',
  'forward-delay': 'bridge_fd',
  'hello-time': 'bridge_hello',
  'max-age': 'bridge_maxage',
  'ageing-time': 'bridge_ageing',
};

/**
 * Connections for ifupdown (interfaces(5)). Devices that only carry others (of a bond or bridge, under a VLAN) get a
 * stanza of their own, before all others: no pattern then takes them. The lines that are commands have nothing in them but checked names and numbers.
 */
export function formatIfupdown(networks: readonly NetworkPlan[]): TreeFile[] {
  const named = new Set(networks.map((network) => network.name));
  const lower = new Set(networks.flatMap(lowerDevices).filter((device) => !named.has(device)));
  const lines = [
    '# network lines of the kickstart: interfaces(5)',
    'source /etc/network/interfaces.d/*',
    '',
    'auto lo',
    'iface lo inet loopback',
    ...[...lower].flatMap((device) => [
      '',
      `auto ${device}`,
      `iface ${device} inet manual`,
      '    up ip link set dev $IFACE up',
    ]),
    ...networks.flatMap(formatNetwork),
  ];
  const keys = networks.flatMap(({ link, device }) =>
    link.kind === 'wifi' && device !== undefined ? [formatWpa(device, link.ssid, link.key)] : [],
  );
  return [{ path: 'etc/network/interfaces', text: `${lines.join('\n')}\n`, mode: 0o644 }, ...keys];
}

function lowerDevices({ link }: NetworkPlan): string[] {
  if (link.kind === 'vlan') return [link.parent];
  return link.kind === 'bond' || link.kind === 'bridge' ? [...link.ports] : [];
}

function formatNetwork(network: NetworkPlan): string[] {
  return patterns(network).flatMap(([auto, label]) => [
    '',
    ...(network.onBoot ? [`auto ${auto}`] : []),
    `iface ${label} inet ${method4(network.ipv4)}`,
    ...[...linkLines(network), ...addressLines(network.ipv4), ...ownLines(network)].map((line) => `    ${line}`),
    ...stanza6(network, label),
  ]);
}

/** What `auto` names, and the stanza's name: a pattern stands for every device that fits it ("PATTERN MATCHING"). */
function patterns({ device, mac, name }: NetworkPlan): (readonly [string, string])[] {
  if (device !== undefined) return [[device, device]];
  if (mac !== undefined) return [[`mac/${mac}=${name}`, name]];
  return [
    [`/en*=${name}-en`, `${name}-en`],
    [`/eth*=${name}-eth`, `${name}-eth`],
  ];
}

function method4({ method }: AddressPlan): string {
  return method === 'auto' ? 'dhcp' : method === 'static' ? 'static' : 'manual';
}

function linkLines({ link, device }: NetworkPlan): string[] {
  switch (link.kind) {
    case 'bond':
      return [
        `bond-slaves ${link.ports.join(' ')}`,
        ...link.options.map(
          ([key, value]) => `bond-${key} ${key === 'arp_ip_target' ? value.replaceAll(',', ' ') : value}`,
        ),
      ];
    case 'bridge':
      return [
        `bridge_ports ${link.ports.join(' ')}`,
        ...link.options.map(
          ([key, value]) => `${BRIDGE[key]} ${key === 'stp' ? (value === 'true' ? 'on' : 'off') : value}`,
        ),
      ];
    case 'vlan':
      return [
        `pre-up ifup ${link.parent} || true`,
        `pre-up ip link set dev ${link.parent} up`,
        `pre-up ip link show dev $IFACE >/dev/null 2>&1 || ip link add link ${link.parent} name $IFACE type vlan id ${link.id}`,
        'post-down ip link del dev $IFACE || true',
      ];
    case 'wifi':
      return [`wpa-conf /${wpaPath(device!)}`];
    default:
      return [];
  }
}

function addressLines({ address, prefix, gateway }: AddressPlan): string[] {
  return [
    ...(address === undefined ? [] : [`address ${address}/${prefix}`]),
    ...(gateway === undefined ? [] : [`gateway ${gateway}`]),
  ];
}

/** What is said once for the device, in its first stanza. */
function ownLines(network: NetworkPlan): string[] {
  const { ipv4, ipv6, nameservers, ethernet, defaultRoute } = network;
  const search = [...new Set([...ipv4.search, ...ipv6.search])];
  const settings = [
    ...(ethernet?.speed === undefined ? [] : ['speed', String(ethernet.speed)]),
    ...(ethernet?.duplex === undefined ? [] : ['duplex', ethernet.duplex]),
    ...(ethernet?.autoneg === undefined ? [] : ['autoneg', ethernet.autoneg ? 'on' : 'off']),
  ];
  return [
    ...(nameservers.length === 0 ? [] : [`dns-nameservers ${nameservers.join(' ')}`]),
    ...(search.length === 0 ? [] : [`dns-search ${search.join(' ')}`]),
    ...(network.dhcpClass === undefined || ipv4.method !== 'auto' ? [] : [`vendor ${network.dhcpClass}`]),
    // The word mtu is one of some methods only.
    ...(network.mtu === undefined ? [] : [`pre-up ip link set dev $IFACE mtu ${network.mtu}`]),
    ...(settings.length === 0 ? [] : [`pre-up ethtool -s $IFACE ${settings.join(' ')}`]),
    ...(ipv4.method === 'none' ? ['up ip link set dev $IFACE up'] : []),
    ...(ipv6.method === 'none' ? ['pre-up echo 1 >/proc/sys/net/ipv6/conf/$IFACE/disable_ipv6 || true'] : []),
    ...(defaultRoute
      ? []
      : [
          'pre-up echo 0 >/proc/sys/net/ipv6/conf/$IFACE/accept_ra_defrtr || true',
          'up ip route del default dev $IFACE 2>/dev/null || true',
        ]),
  ];
}

/** Router advertisements are the kernel's own work: a stanza for them would only wait. */
function stanza6({ ipv6 }: NetworkPlan, label: string): string[] {
  if (ipv6.method === 'none' || ipv6.method === 'auto') return [];
  return [`iface ${label} inet6 ${ipv6.method}`, ...addressLines(ipv6).map((line) => `    ${line}`)];
}
