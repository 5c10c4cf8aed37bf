// SPDX-License-Identifier: Apache-2.0
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { NetworkPlan } from '../plan/types.js';
import type { StageContext } from '../run/context.js';
import { hasInTree, writeTreeFile } from './files.js';
import type { TreeFile } from './network/files.js';
import { formatIfupdown } from './network/ifupdown.js';
import { formatKeyfiles } from './network/network-manager.js';
import { formatNetworkd, unknownBondOptions } from './network/networkd.js';
import { refuseOrTell } from './refuse.js';
import { switchUnits } from './units.js';

/** A program that brings the network up. */
interface Manager {
  readonly name: string;
  /** The file that shows that it is installed. */
  readonly file: string;
  /** What a connection wants that this program, as it is installed here, does not do; undefined: nothing. */
  readonly lacks: (tree: string, network: NetworkPlan) => string | undefined;
  readonly format: (networks: readonly NetworkPlan[], owner: string) => readonly TreeFile[];
  readonly enable?: (context: StageContext, networks: readonly NetworkPlan[]) => Promise<void>;
}

/** The first that is there is used. */
const MANAGERS: readonly Manager[] = [
  {
    name: 'NetworkManager',
    file: 'usr/sbin/NetworkManager',
    lacks: networkManagerLacks,
    format: formatKeyfiles,
  },
  {
    name: 'ifupdown',
    file: 'usr/sbin/ifup',
    lacks: ifupdownLacks,
    format: formatIfupdown,
    enable: resolveByFile,
  },
  {
    name: 'systemd-networkd',
    file: 'usr/lib/systemd/systemd-networkd',
    lacks: networkdLacks,
    format: formatNetworkd,
    enable: enableNetworkd,
  },
];

/**
 * Writes the kickstart's `network` lines in the words of the program that this system has.
 * @throws InputError with the line of what that program cannot do
 */
export async function setUpNetwork(context: StageContext): Promise<void> {
  const { network } = context.plan.system;
  if (network.length === 0) return;
  const manager = MANAGERS.find((one) => hasInTree(context.tree, one.file));
  if (!manager) {
    const message =
      'no program that sets up a network is installed: add network-manager, NetworkManager or ifupdown to %packages';
    refuseOrTell(context, { name: 'network', code: 'no-network-program', at: network[0]!.at, message });
    return;
  }
  const done = network.filter((one) => {
    const lacking = manager.lacks(context.tree, one);
    if (lacking === undefined) return true;
    const message = `network: ${manager.name}, which is installed, ${lacking}`;
    refuseOrTell(context, { name: 'network', code: 'network-kind', at: one.at, message });
    return false;
  });
  for (const { path, text, mode } of manager.format(done, context.plan.name))
    writeTreeFile(context.tree, path, text, mode);
  await manager.enable?.(context, done);
}

function networkManagerLacks(tree: string, { link }: NetworkPlan): string | undefined {
  if (link.kind !== 'team' && link.kind !== 'wifi') return undefined;
  if (hasPlugin(tree, `libnm-device-plugin-${link.kind}.so`)) return undefined;
  return link.kind === 'team'
    ? 'has no plug-in for teams: use a bond, or install NetworkManager-team'
    : 'has no plug-in for wireless networks: install NetworkManager-wifi';
}

/** NetworkManager keeps its plug-ins in `usr/lib[/TRIPLET]/NetworkManager/VERSION/`, Fedora in lib64. */
function hasPlugin(tree: string, file: string): boolean {
  const folders = ['usr/lib64', 'usr/lib', ...below(tree, 'usr/lib').filter((one) => one.includes('-linux-'))];
  return folders
    .flatMap((folder) => below(tree, `${folder}/NetworkManager`))
    .some((folder) => existsSync(join(tree, folder, file)));
}

function below(tree: string, folder: string): string[] {
  const path = join(tree, folder);
  return existsSync(path) ? readdirSync(path).map((name) => `${folder}/${name}`) : [];
}

const DHCP_CLIENTS = ['dhclient', 'dhcpcd', 'udhcpc'];

function ifupdownLacks(tree: string, network: NetworkPlan): string | undefined {
  const { link, device, ipv4, ipv6, ethernet } = network;
  switch (link.kind) {
    case 'team':
      return 'knows no teams: use a bond';
    case 'bond':
      if (!hasInTree(tree, 'etc/network/if-pre-up.d/ifenslave'))
        return 'makes bonds with the package ifenslave: add it';
      break;
    case 'bridge':
      if (!hasInTree(tree, 'etc/network/if-pre-up.d/bridge'))
        return 'makes bridges with the package bridge-utils: add it';
      break;
    case 'wifi':
      if (device === undefined) return 'needs the --device of a wireless network';
      if (!hasInTree(tree, 'etc/network/if-pre-up.d/wpasupplicant'))
        return 'joins wireless networks with the package wpasupplicant: add it';
      break;
    default:
  }
  if (ipv4.ignoreAutoDns || ipv6.ignoreAutoDns)
    return 'cannot pass over the name servers that DHCP gives: use network-manager';
  if (ethernet && !hasInTree(tree, 'usr/sbin/ethtool')) return 'sets --ethtool with the package ethtool: add it';
  if (ipv4.method === 'auto' && !DHCP_CLIENTS.some((name) => hasInTree(tree, `usr/sbin/${name}`)))
    return 'has no DHCP client: add isc-dhcp-client or dhcpcd-base';
  return undefined;
}

function networkdLacks(tree: string, network: NetworkPlan): string | undefined {
  const { link, device } = network;
  const unknown = unknownBondOptions(network);
  if (unknown.length > 0) return `has no word for the bond's ${unknown.join(', ')}: remove it`;
  if (link.kind === 'team') return 'knows no teams: use a bond';
  if (link.kind !== 'wifi') return undefined;
  if (device === undefined) return 'needs the --device of a wireless network';
  return hasInTree(tree, 'usr/sbin/wpa_supplicant') ? undefined : 'joins wireless networks with wpa_supplicant: add it';
}

/** ifupdown hands name servers to resolvconf or systemd-resolved; without either they are written where they are read. */
async function resolveByFile(context: StageContext, networks: readonly NetworkPlan[]): Promise<void> {
  if (['usr/sbin/resolvconf', 'usr/bin/resolvectl'].some((path) => hasInTree(context.tree, path))) return;
  const servers = [...new Set(networks.flatMap((network) => network.nameservers))];
  const search = [...new Set(networks.flatMap(({ ipv4, ipv6 }) => [...ipv4.search, ...ipv6.search]))];
  if (servers.length === 0) return;
  const lines = [
    ...(search.length === 0 ? [] : [`search ${search.join(' ')}`]),
    ...servers.map((server) => `nameserver ${server}`),
  ];
  writeTreeFile(context.tree, 'etc/resolv.conf', `${lines.join('\n')}\n`);
}

async function enableNetworkd(context: StageContext, networks: readonly NetworkPlan[]): Promise<void> {
  const resolved = hasInTree(context.tree, 'usr/lib/systemd/system/systemd-resolved.service');
  const keys = networks.flatMap(({ link, device, onBoot }) =>
    link.kind === 'wifi' && device !== undefined && onBoot ? [`wpa_supplicant@${device}.service`] : [],
  );
  const units = ['systemd-networkd.service', ...(resolved ? ['systemd-resolved.service'] : []), ...keys];
  await switchUnits(context, 'enable', units);
}
