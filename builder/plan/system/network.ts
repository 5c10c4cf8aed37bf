// SPDX-License-Identifier: Apache-2.0
import { isIPv4, isIPv6 } from 'node:net';
import { InputError } from '../../../osinfo/errors.js';
import type { At, Kickstart, Network } from '../../kickstart/model.js';
import { type Acceptance, refuseOrWarn } from '../accepted.js';
import type { AddressPlan, NetworkPlan, SystemPlan } from '../types.js';
import { planLink, planVlan } from './link.js';
import { HOSTNAME, INTERFACE, MAC } from './names.js';
import { textOption } from './options.js';

/**
 * The `network` lines: the host name, and a connection for each line that describes one. Of lines for the same device
 * the last counts.
 * @param name the appliance's name, which the host's follows from where no line says it
 * @throws InputError with the line of a value that is no address, name or option
 */
export function planNetwork(
  kickstart: Kickstart,
  name: string,
  acceptance: Acceptance,
): Pick<SystemPlan, 'hostname' | 'network'> {
  const connections = new Map<string, NetworkPlan>();
  for (const line of kickstart.network) {
    if (!describesConnection(line) || !isDone(line, acceptance)) continue;
    for (const plan of planLine(line, connections.size)) {
      if (connections.delete(plan.name)) {
        acceptance.notices.push({
          severity: 'notice',
          code: 'overridden',
          at: line.at,
          message: `this network line overrides the one before for ${plan.name}`,
        });
      }
      connections.set(plan.name, plan);
    }
  }
  return { hostname: planHostname(kickstart, name), network: [...connections.values()] };
}

function planHostname(kickstart: Kickstart, name: string): string {
  const said = kickstart.network.filter((one) => one.hostname !== undefined).at(-1);
  if (said) {
    if (!HOSTNAME.test(said.hostname!) || said.hostname!.length > 253)
      throw new InputError('hostname', `${said.hostname} is no host name`, said.at);
    return said.hostname!;
  }
  const made = name
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .slice(0, 63)
    .replace(/^-+|-+$/g, '');
  return made === '' ? 'localhost' : made;
}

/** A line with `--hostname` only says nothing about a connection. */
function describesConnection({ device, bootproto, ip, ipv6, noIpv4, noIpv6, options }: Network): boolean {
  const link = ['bondslaves', 'teamslaves', 'bridgeslaves', 'vlanid', 'essid'].some(
    (one) => options[one] !== undefined,
  );
  return [device, bootproto, ip, ipv6].some((word) => word !== undefined) || noIpv4 || noIpv6 || link;
}

/** Where addresses come from what only one machine has. */
function isDone({ at, bootproto, options }: Network, acceptance: Acceptance): boolean {
  const say = (message: string): false => {
    refuseOrWarn(acceptance, { name: 'network', code: 'network-kind', at, message });
    return false;
  };
  if (bootproto === 'ibft') return say('network --bootproto=ibft asks the firmware of the target machine: use dhcp');
  if (bootproto === 'query') return say('network --bootproto=query asks a person: use dhcp or static');
  if (textOption(options, 'wepkey') !== undefined)
    return say('network --wepkey: today’s systems have no WEP any more: use --wpakey');
  return true;
}

/** One line is one connection, and with `--bondslaves` and `--vlanid` together two: a VLAN on the bond. */
function planLine(line: Network, count: number): NetworkPlan[] {
  const { at, options } = line;
  const named = line.device === undefined || ['link', 'bootif'].includes(line.device) ? undefined : line.device;
  const mac = named !== undefined && MAC.test(named) ? named.toLowerCase() : undefined;
  const device = mac === undefined ? named : undefined;
  if (device !== undefined && !INTERFACE.test(device))
    throw new InputError('network-device', `network --device=${device} is no interface name`, at);
  const link = planLink(line, device);
  const common = {
    at,
    defaultRoute: options['nodefroute'] !== true,
    onBoot: line.onboot ?? true,
    ...(line.mtu === undefined ? {} : { mtu: line.mtu }),
    ...planDhcpClass(line),
  };
  const addresses = planAddresses(line);
  const name = device ?? (mac === undefined ? `wired${count}` : `wired-${mac.replaceAll(':', '')}`);
  const own: NetworkPlan = {
    ...common,
    ...addresses,
    name,
    link,
    ...(device === undefined ? {} : { device }),
    ...(mac === undefined ? {} : { mac }),
    ...planEthernet(line),
  };
  const vlan = planVlan(line, device);
  if (!vlan) return [own];
  const upper: NetworkPlan = { ...common, ...addresses, ...vlan };
  return link.kind === 'ethernet' ? [upper] : [{ ...own, ...NO_ADDRESS }, upper];
}

const NONE: AddressPlan = { method: 'none', search: [], ignoreAutoDns: false };
const NO_ADDRESS = { ipv4: NONE, ipv6: NONE, nameservers: [] } as const;

function planAddresses(line: Network): Pick<NetworkPlan, 'ipv4' | 'ipv6' | 'nameservers'> {
  const { at, options, nameservers } = line;
  for (const server of nameservers) {
    if (!isIPv4(server) && !isIPv6(server)) throw noAddress(server, at);
  }
  const noDns = options['nodns'] === true;
  return {
    ipv4: { ...planIpv4(line), ...planDns(line, 'ipv4', noDns) },
    ipv6: { ...planIpv6(line), ...planDns(line, 'ipv6', noDns) },
    nameservers: noDns ? [] : nameservers,
  };
}

function planIpv4(line: Network): Pick<AddressPlan, 'method' | 'address' | 'prefix' | 'gateway'> {
  const { at, ip, netmask, gateway, bootproto, noIpv4 } = line;
  if (noIpv4) return { method: 'none' };
  const isStatic = bootproto === 'static' || ip !== undefined;
  const v6gateway = gateway !== undefined && isIPv6(gateway);
  if (gateway !== undefined && !v6gateway && !isIPv4(gateway)) throw noAddress(gateway, at);
  if (!isStatic) return { method: 'auto' };
  if (ip === undefined && bootproto === 'static' && isFixed(line.ipv6)) return { method: 'none' };
  if (ip === undefined || netmask === undefined)
    throw new InputError('network-static', 'network --bootproto=static needs --ip and --netmask', at);
  if (!isIPv4(ip)) throw noAddress(ip, at);
  return {
    method: 'static',
    address: ip,
    prefix: prefixOf(netmask, at),
    ...(gateway === undefined || v6gateway || line.options['nodefroute'] === true ? {} : { gateway }),
  };
}

/** Whether `--ipv6` has an address, not a way to get one. */
function isFixed(ipv6: string | undefined): boolean {
  return ipv6 !== undefined && !['auto', 'dhcp'].includes(ipv6);
}

function planIpv6(line: Network): Pick<AddressPlan, 'method' | 'address' | 'prefix' | 'gateway'> {
  const { at, ipv6, noIpv6, options } = line;
  if (noIpv6) return { method: 'none' };
  const gateway = textOption(options, 'ipv6gateway') ?? (isIPv6(line.gateway ?? '') ? line.gateway : undefined);
  if (gateway !== undefined && !isIPv6(gateway)) throw noAddress(gateway, at);
  // A gateway is nothing but the default route, which --nodefroute takes away.
  const way = gateway === undefined || options['nodefroute'] === true ? {} : { gateway };
  if (ipv6 === undefined || ipv6 === 'auto') return { method: 'auto', ...way };
  if (ipv6 === 'dhcp') return { method: 'dhcp', ...way };
  const slash = ipv6.indexOf('/');
  const address = slash < 0 ? ipv6 : ipv6.slice(0, slash);
  const prefix = slash < 0 ? '64' : ipv6.slice(slash + 1);
  if (!isIPv6(address) || !/^\d{1,3}$/.test(prefix) || Number(prefix) > 128) throw noAddress(ipv6, at);
  return { method: 'static', address, prefix: Number(prefix), ...way };
}

function planDns(
  { at, options }: Network,
  family: 'ipv4' | 'ipv6',
  noDns: boolean,
): Pick<AddressPlan, 'search' | 'ignoreAutoDns'> {
  const search = (textOption(options, `${family}-dns-search`) ?? '').split(',').filter((word) => word.trim() !== '');
  for (const domain of search) {
    if (!HOSTNAME.test(domain)) throw new InputError('network-search', `network: ${domain} is no domain`, at);
  }
  return { search, ignoreAutoDns: noDns || options[`${family}-ignore-auto-dns`] === true };
}

function noAddress(text: string, at: At): InputError {
  return new InputError('network-address', `network: ${text} is no IP address`, at);
}

function prefixOf(netmask: string, at: At): number {
  const octets = netmask.split('.').map(Number);
  const bits = octets.map((octet) => octet.toString(2).padStart(8, '0')).join('');
  if (!isIPv4(netmask) || /01/.test(bits))
    throw new InputError('netmask', `network: ${netmask} is no netmask; use one such as 255.255.255.0`, at);
  return bits.replaceAll('0', '').length;
}

function planDhcpClass({ at, options }: Network): Pick<NetworkPlan, 'dhcpClass'> {
  const dhcpClass = textOption(options, 'dhcpclass');
  if (dhcpClass === undefined) return {};
  if (!/^[A-Za-z0-9_.:/-]{1,64}$/.test(dhcpClass))
    throw new InputError(
      'network-dhcpclass',
      `network --dhcpclass=${dhcpClass}: use letters, digits and _ . : / -`,
      at,
    );
  return { dhcpClass };
}

/** `--ethtool="speed 1000 duplex full autoneg off"`: what each of the programs has a word for. */
function planEthernet({ at, options }: Network): Pick<NetworkPlan, 'ethernet'> {
  const text = textOption(options, 'ethtool');
  if (text === undefined) return {};
  const words = text.split(/\s+/).filter((word) => word !== '');
  const settings: { speed?: number; duplex?: 'half' | 'full'; autoneg?: boolean } = {};
  for (let index = 0; index < words.length; index += 2) {
    const [word, value = ''] = [words[index]!, words[index + 1]];
    if (word === 'speed' && /^\d{1,6}$/.test(value)) settings.speed = Number(value);
    else if (word === 'duplex' && (value === 'half' || value === 'full')) settings.duplex = value;
    else if (word === 'autoneg' && (value === 'on' || value === 'off')) settings.autoneg = value === 'on';
    else {
      throw new InputError(
        'network-ethtool',
        `network --ethtool: ${[word, value].join(' ').trim()} is not known here; use speed N, duplex half|full and autoneg on|off`,
        at,
      );
    }
  }
  return { ethernet: settings };
}
