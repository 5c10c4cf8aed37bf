// SPDX-License-Identifier: Apache-2.0
import { uuidFor } from '../../plan/identity.js';
import type { AddressPlan, NetworkPlan } from '../../plan/types.js';
import type { TreeFile } from './files.js';

type Section = readonly [name: string, lines: readonly (string | undefined)[]];

/** NetworkManager's own names of what a connection is. */
const TYPES = {
  ethernet: 'ethernet',
  bond: 'bond',
  bridge: 'bridge',
  team: 'team',
  vlan: 'vlan',
  wifi: 'wifi',
} as const;

/**
 * Connections as NetworkManager's keyfiles (nm-settings-keyfile(5)), each readable by root alone: it refuses others.
 * @param owner what the connections' ids follow from
 */
export function formatKeyfiles(networks: readonly NetworkPlan[], owner: string): TreeFile[] {
  return networks.flatMap((network) => [
    keyfile(network.name, ownSections(network, owner)),
    ...portFiles(network, owner),
  ]);
}

function keyfile(name: string, sections: readonly Section[]): TreeFile {
  const text = sections
    .map(([section, lines]) => [section, lines.filter((line) => line !== undefined)] as const)
    .filter(([section, lines]) => lines.length > 0 || section === 'ethernet')
    .map(([section, lines]) => `[${section}]\n${lines.map((line) => `${line}\n`).join('')}`)
    .join('\n');
  return { path: `etc/NetworkManager/system-connections/${name}.nmconnection`, text, mode: 0o600 };
}

function ownSections(network: NetworkPlan, owner: string): Section[] {
  const { link, device, ethernet } = network;
  return [
    [
      'connection',
      [
        `id=${network.name}`,
        `uuid=${uuidFor(owner, 'connection', network.name)}`,
        `type=${TYPES[link.kind]}`,
        device === undefined ? undefined : `interface-name=${device}`,
        `autoconnect=${network.onBoot}`,
      ],
    ],
    [
      link.kind === 'wifi' ? 'wifi' : 'ethernet',
      [
        network.mac === undefined ? undefined : `mac-address=${network.mac.toUpperCase()}`,
        network.mtu === undefined ? undefined : `mtu=${network.mtu}`,
        ethernet?.speed === undefined ? undefined : `speed=${ethernet.speed}`,
        ethernet?.duplex === undefined ? undefined : `duplex=${ethernet.duplex}`,
        ethernet?.autoneg === undefined ? undefined : `auto-negotiate=${ethernet.autoneg}`,
        ...(link.kind === 'wifi' ? ['mode=infrastructure', `ssid=${byteList(link.ssid)}`] : []),
      ],
    ],
    ...linkSections(link),
    ['ipv4', addressLines(network, network.ipv4, 'ipv4')],
    ['ipv6', addressLines(network, network.ipv6, 'ipv6')],
  ];
}

function linkSections(link: NetworkPlan['link']): Section[] {
  switch (link.kind) {
    case 'bond':
    case 'bridge':
      return [[link.kind, link.options.map(([key, value]) => `${key}=${value}`)]];
    case 'team':
      return link.config === undefined ? [] : [['team', [`config=${escapeValue(link.config)}`]]];
    case 'vlan':
      return [['vlan', [`parent=${link.parent}`, `id=${link.id}`, 'flags=1']]];
    case 'wifi':
      return link.key === undefined ? [] : [['wifi-security', ['key-mgmt=wpa-psk', `psk=${escapeValue(link.key)}`]]];
    default:
      return [];
  }
}

/** A bond, bridge or team is made of connections of its devices. */
function portFiles({ link, name, onBoot }: NetworkPlan, owner: string): TreeFile[] {
  if (link.kind !== 'bond' && link.kind !== 'bridge' && link.kind !== 'team') return [];
  const ports = link.kind === 'team' ? link.ports : link.ports.map((device) => ({ device, config: undefined }));
  return ports.map(({ device, config }) =>
    keyfile(`${name}-port-${device}`, [
      [
        'connection',
        [
          `id=${name}-port-${device}`,
          `uuid=${uuidFor(owner, 'connection', name, device)}`,
          'type=ethernet',
          `interface-name=${device}`,
          // The older words for controller and port: every version reads them.
          `master=${name}`,
          `slave-type=${link.kind}`,
          `autoconnect=${onBoot}`,
        ],
      ],
      ['ethernet', []],
      ['team-port', config === undefined ? [] : [`config=${escapeValue(config)}`]],
    ]),
  );
}

const METHODS = { auto: 'auto', dhcp: 'dhcp', static: 'manual', none: 'disabled' } as const;

function addressLines(network: NetworkPlan, plan: AddressPlan, family: 'ipv4' | 'ipv6'): (string | undefined)[] {
  const method = `method=${METHODS[plan.method]}`;
  if (plan.method === 'none') return [method];
  const servers = network.nameservers.filter((server) => server.includes(':') === (family === 'ipv6'));
  return [
    method,
    plan.address === undefined ? undefined : `address1=${plan.address}/${plan.prefix}`,
    plan.gateway === undefined ? undefined : `gateway=${plan.gateway}`,
    servers.length === 0 ? undefined : `dns=${servers.join(';')};`,
    plan.search.length === 0 ? undefined : `dns-search=${plan.search.join(';')};`,
    plan.ignoreAutoDns ? 'ignore-auto-dns=true' : undefined,
    network.defaultRoute ? undefined : 'never-default=true',
    family === 'ipv4' && network.dhcpClass !== undefined
      ? `dhcp-vendor-class-identifier=${network.dhcpClass}`
      : undefined,
  ];
}

/** A name of a wireless network may be any bytes: written as their numbers it cannot be anything else. */
function byteList(text: string): string {
  return [...new TextEncoder().encode(text)].map((byte) => `${byte};`).join('');
}

/** GLib's key files: a backslash escapes, and blanks at the beginning would be lost. */
function escapeValue(text: string): string {
  return text.replaceAll('\\', '\\\\').replace(/^ +/, (blanks) => '\\s'.repeat(blanks.length));
}
