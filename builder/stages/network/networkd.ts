// SPDX-License-Identifier: Apache-2.0
import type { NetworkPlan } from '../../plan/types.js';
import { formatWpa, type TreeFile } from './files.js';

/** systemd.netdev(5)'s names of a bond's options, and the unit that a bare number has there. */
const BOND: Readonly<Record<string, readonly [name: string, unit?: string]>> = {
  mode: ['Mode'],
  miimon: ['MIIMonitorSec', 'ms'],
  updelay: ['UpDelaySec', 'ms'],
  downdelay: ['DownDelaySec', 'ms'],
  xmit_hash_policy: ['TransmitHashPolicy'],
  lacp_rate: ['LACPTransmitRate'],
  ad_select: ['AdSelect'],
  fail_over_mac: ['FailOverMACPolicy'],
  arp_interval: ['ARPIntervalSec', 'ms'],
  arp_ip_target: ['ARPIPTargets'],
  arp_validate: ['ARPValidate'],
  arp_all_targets: ['ARPAllTargets'],
  primary_reselect: ['PrimaryReselectPolicy'],
  resend_igmp: ['ResendIGMP'],
  packets_per_slave: ['PacketsPerSlave'],
  num_grat_arp: ['GratuitousARP'],
  num_unsol_na: ['GratuitousARP'],
  all_slaves_active: ['AllSlavesActive'],
  min_links: ['MinLinks'],
  lp_interval: ['LearnPacketIntervalSec', 's'],
  tlb_dynamic_lb: ['DynamicTransmitLoadBalancing'],
};

/** Modes and policies by the kernel's numbers (bonding.rst), which kickstarts use too. */
const BOND_NUMBERS: Readonly<Record<string, readonly string[]>> = {
  mode: ['balance-rr', 'active-backup', 'balance-xor', 'broadcast', '802.3ad', 'balance-tlb', 'balance-alb'],
  lacp_rate: ['slow', 'fast'],
  xmit_hash_policy: ['layer2', 'layer3+4', 'layer2+3', 'encap2+3', 'encap3+4'],
};

const BRIDGE: Readonly<Record<string, string>> = {
  stp: 'STP',
  priority: 'Priority',
  'forward-delay': 'ForwardDelaySec',
  'hello-time': 'HelloTimeSec',
  'max-age': 'MaxAgeSec',
  'ageing-time': 'AgeingTimeSec',
};

/** The bond options of a connection that systemd-networkd has no word for. */
export function unknownBondOptions({ link }: NetworkPlan): string[] {
  if (link.kind !== 'bond') return [];
  return link.options.map(([key]) => key).filter((key) => key !== 'primary' && BOND[key] === undefined);
}

/**
 * Connections for systemd-networkd (systemd.network(5), .netdev(5), .link(5)). Of the files that match a device the first
 * by name counts: those for any wired device come last.
 */
export function formatNetworkd(networks: readonly NetworkPlan[]): TreeFile[] {
  return networks.flatMap((network, index) => {
    const order = (network.device ?? network.mac) === undefined ? 80 : 20;
    const base = `etc/systemd/network/${order + Math.min(index, 19)}-${network.name}`;
    return [
      ...netdev(network, base),
      file(`${base}.network`, networkSections(network, networks)),
      ...ports(network, networks),
      ...(network.ethernet ? [file(`${base}.link`, linkSections(network))] : []),
      ...(network.link.kind === 'wifi' && network.device !== undefined
        ? [formatWpa(network.device, network.link.ssid, network.link.key)]
        : []),
    ];
  });
}

type Section = readonly [name: string, lines: readonly (string | undefined)[]];

function file(path: string, sections: readonly Section[]): TreeFile {
  const text = sections
    .map(([name, lines]) => [name, lines.filter((line) => line !== undefined)] as const)
    .filter(([, lines]) => lines.length > 0)
    .map(([name, lines]) => `[${name}]\n${lines.map((line) => `${line}\n`).join('')}`)
    .join('\n');
  return { path, text, mode: 0o644 };
}

function match({ device, mac }: NetworkPlan): Section {
  return ['Match', [device !== undefined ? `Name=${device}` : mac !== undefined ? `MACAddress=${mac}` : 'Type=ether']];
}

function networkSections(network: NetworkPlan, all: readonly NetworkPlan[]): Section[] {
  const { ipv4, ipv6, nameservers, defaultRoute } = network;
  const dhcp = [ipv4.method === 'auto' ? 'ipv4' : undefined, ipv6.method === 'dhcp' ? 'ipv6' : undefined].filter(
    (one) => one !== undefined,
  );
  const search = [...new Set([...ipv4.search, ...ipv6.search])];
  const noDns4 = ipv4.ignoreAutoDns ? 'UseDNS=no' : undefined;
  const noDns6 = ipv6.ignoreAutoDns ? 'UseDNS=no' : undefined;
  return [
    match(network),
    [
      'Link',
      [
        network.mtu === undefined ? undefined : `MTUBytes=${network.mtu}`,
        ...(network.onBoot ? [] : ['ActivationPolicy=manual', 'RequiredForOnline=no']),
      ],
    ],
    [
      'Network',
      [
        `DHCP=${dhcp.length === 2 ? 'yes' : (dhcp[0] ?? 'no')}`,
        ...[ipv4, ipv6].map((one) => (one.address === undefined ? undefined : `Address=${one.address}/${one.prefix}`)),
        ...[ipv4, ipv6].map((one) => (one.gateway === undefined ? undefined : `Gateway=${one.gateway}`)),
        ...nameservers.map((server) => `DNS=${server}`),
        search.length === 0 ? undefined : `Domains=${search.join(' ')}`,
        ...(ipv6.method === 'none' ? ['LinkLocalAddressing=no'] : []),
        ...(ipv6.method === 'none' || ipv6.method === 'static' ? ['IPv6AcceptRA=no'] : []),
        ...vlansOn(network.name, all),
      ],
    ],
    [
      'DHCPv4',
      [
        noDns4,
        defaultRoute ? undefined : 'UseGateway=no',
        network.dhcpClass === undefined ? undefined : `VendorClassIdentifier=${network.dhcpClass}`,
      ],
    ],
    ['DHCPv6', [noDns6, ipv6.method === 'dhcp' ? 'WithoutRA=solicit' : undefined]],
    ['IPv6AcceptRA', [noDns6, defaultRoute ? undefined : 'UseGateway=no']],
  ];
}

function vlansOn(name: string, all: readonly NetworkPlan[]): string[] {
  return all.filter(({ link }) => link.kind === 'vlan' && link.parent === name).map((one) => `VLAN=${one.name}`);
}

/** A device that networkd makes by itself. */
function netdev({ link, name, mtu }: NetworkPlan, base: string): TreeFile[] {
  const make = (section?: Section): TreeFile[] => [
    file(`${base}.netdev`, [
      ['NetDev', [`Name=${name}`, `Kind=${link.kind}`, mtu === undefined ? undefined : `MTUBytes=${mtu}`]],
      ...(section ? [section] : []),
    ]),
  ];
  switch (link.kind) {
    case 'bond':
      return make(['Bond', link.options.map(([key, value]) => bondLine(key, value))]);
    case 'bridge':
      return make(['Bridge', link.options.map(([key, value]) => `${BRIDGE[key]}=${value}`)]);
    case 'vlan':
      return make(['VLAN', [`Id=${link.id}`]]);
    default:
      return [];
  }
}

function bondLine(key: string, value: string): string | undefined {
  const known = BOND[key];
  if (!known) return undefined;
  const [name, unit] = known;
  if (unit !== undefined) return `${name}=${value}${/^\d+$/.test(value) ? unit : ''}`;
  const word = BOND_NUMBERS[key]?.[Number(value)] ?? value;
  return `${name}=${key === 'arp_ip_target' ? word.replaceAll(',', ' ') : word}`;
}

/** The devices of a bond or bridge, and the one under a VLAN where no line is about it. */
function ports(network: NetworkPlan, all: readonly NetworkPlan[]): TreeFile[] {
  const { link, name } = network;
  const port = (device: string, lines: readonly string[]): TreeFile =>
    file(`etc/systemd/network/10-${name}-${device}.network`, [
      ['Match', [`Name=${device}`]],
      ['Network', [...lines, 'LinkLocalAddressing=no', 'IPv6AcceptRA=no']],
    ]);
  switch (link.kind) {
    case 'bond': {
      const primary = link.options.find(([key]) => key === 'primary')?.[1];
      return link.ports.map((device) =>
        port(device, [`Bond=${name}`, ...(device === primary ? ['PrimarySlave=yes'] : []), ...vlansOn(device, all)]),
      );
    }
    case 'bridge':
      return link.ports.map((device) => port(device, [`Bridge=${name}`]));
    case 'vlan': {
      const isKnown = all.some((one) => one.name === link.parent);
      const first = all.find((one) => one.link.kind === 'vlan' && one.link.parent === link.parent) === network;
      return isKnown || !first ? [] : [port(link.parent, vlansOn(link.parent, all))];
    }
    default:
      return [];
  }
}

function linkSections(network: NetworkPlan): Section[] {
  const { ethernet, device, mac } = network;
  return [
    [
      'Match',
      [
        device !== undefined
          ? `OriginalName=${device}`
          : mac !== undefined
            ? `PermanentMACAddress=${mac}`
            : 'Type=ether',
      ],
    ],
    [
      'Link',
      [
        // The defaults of the file that this one takes the place of.
        'NamePolicy=keep kernel database onboard slot path',
        'MACAddressPolicy=persistent',
        ethernet?.speed === undefined ? undefined : `BitsPerSecond=${ethernet.speed}M`,
        ethernet?.duplex === undefined ? undefined : `Duplex=${ethernet.duplex}`,
        ethernet?.autoneg === undefined ? undefined : `AutoNegotiation=${ethernet.autoneg ? 'yes' : 'no'}`,
      ],
    ],
  ];
}
