// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../../../osinfo/errors.js';
import type { At, Network } from '../../kickstart/model.js';
import type { LinkPlan, NetworkPlan } from '../types.js';
import { INTERFACE } from './names.js';
import { listOption, textOption } from './options.js';

/**
 * What kind of link a `network` line makes, a VLAN aside: a bond, bridge or team with its devices, a wireless network,
 * or nothing but the device.
 * @throws InputError for a device, option or name that is none, and for two kinds at once
 */
export function planLink({ at, options }: Network, device: string | undefined): LinkPlan {
  const kinds = ['bondslaves', 'teamslaves', 'bridgeslaves', 'essid'].filter((name) => options[name] !== undefined);
  if (kinds.length > 1)
    throw new InputError('network-kind', `network: give only one of --${kinds.join(' and --')}`, at);
  const kind = kinds[0];
  if (kind === undefined) return { kind: 'ethernet' };
  if (kind === 'essid') return planWifi(textOption(options, 'essid') ?? '', textOption(options, 'wpakey'), at);
  if (device === undefined)
    throw new InputError('network-device', `network --${kind} needs --device with the name of what it makes`, at);
  if (kind === 'teamslaves') return planTeam(listOption(options, kind), textOption(options, 'teamconfig'), at);
  const ports = listOption(options, kind);
  for (const port of ports) checkDevice(port, at);
  if (ports.length === 0) throw new InputError('network-ports', `network --${kind} names no device`, at);
  return kind === 'bondslaves'
    ? { kind: 'bond', ports, options: planOptions(textOption(options, 'bondopts') ?? '', 'bondopts', at) }
    : { kind: 'bridge', ports, options: planBridge(textOption(options, 'bridgeopts') ?? '', at) };
}

/** Settings of a bridge that each program which sets up networks has a word for. */
export const BRIDGE_OPTIONS = ['stp', 'priority', 'forward-delay', 'hello-time', 'max-age', 'ageing-time'] as const;

function planBridge(text: string, at: At): (readonly [string, string])[] {
  return planOptions(text, 'bridgeopts', at).map(([key, value]) => {
    const isSwitch = /^(?:yes|no|on|off|true|false|[01])$/i.test(value);
    if (!BRIDGE_OPTIONS.some((one) => one === key) || !(key === 'stp' ? isSwitch : /^\d{1,6}$/.test(value))) {
      const known = `stp=yes or no, and numbers for ${BRIDGE_OPTIONS.slice(1).join(', ')}`;
      throw new InputError(
        'network-bridgeopts',
        `network --bridgeopts: ${key}=${value} is not known; use ${known}`,
        at,
      );
    }
    return [key, key === 'stp' ? String(/^(?:yes|on|true|1)$/i.test(value)) : value] as const;
  });
}

/**
 * The VLAN of a line, on the line's device: named by `--interfacename`, else `DEVICE.ID`.
 * @throws InputError for an id or name that is none
 */
export function planVlan(
  { at, options }: Network,
  device: string | undefined,
): Pick<NetworkPlan, 'name' | 'device' | 'link'> | undefined {
  const text = textOption(options, 'vlanid');
  if (text === undefined) return undefined;
  const id = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
  if (!(id >= 1 && id <= 4094))
    throw new InputError('vlan-id', `network --vlanid=${text} is not between 1 and 4094`, at);
  if (device === undefined)
    throw new InputError('network-device', 'network --vlanid needs --device, what it lies on', at);
  const name = textOption(options, 'interfacename') ?? `${device}.${id}`;
  checkDevice(name, at);
  return { name, device: name, link: { kind: 'vlan', parent: device, id } };
}

function checkDevice(name: string, at: At): void {
  if (!INTERFACE.test(name)) throw new InputError('network-device', `network: ${name} is no interface name`, at);
}

/** `mode=active-backup,miimon=100`; where a value has commas in it, semicolons stand between. */
function planOptions(text: string, option: string, at: At): (readonly [string, string])[] {
  return text
    .split(text.includes(';') ? ';' : ',')
    .map((pair) => pair.trim())
    .filter((pair) => pair !== '')
    .map((pair) => {
      const match = /^([a-z][a-z0-9_-]{0,40})=([A-Za-z0-9_.:,+/-]{1,100})$/.exec(pair);
      if (!match) throw new InputError(`network-${option}`, `network --${option}: ${pair} is not key=value`, at);
      return [match[1]!, match[2]!] as const;
    });
}

/** Bytes of a network's name: 32 at most (IEEE 802.11), any of them. */
const MOST_SSID_BYTES = 32;

function planWifi(ssid: string, key: string | undefined, at: At): LinkPlan {
  const bytes = new TextEncoder().encode(ssid).length;
  if (bytes === 0 || bytes > MOST_SSID_BYTES)
    throw new InputError('network-essid', 'network --essid has 1 to 32 bytes', at);
  if (key !== undefined && !/^(?:[\x20-\x7e]{8,63}|[0-9A-Fa-f]{64})$/.test(key)) {
    throw new InputError(
      'network-wpakey',
      'network --wpakey has 8 to 63 plain characters, or 64 hexadecimal digits',
      at,
    );
  }
  return { kind: 'wifi', ssid, ...(key === undefined ? {} : { key }) };
}

function planTeam(words: readonly string[], config: string | undefined, at: At): LinkPlan {
  const ports = words.map((word) => {
    const match = /^([^']+)(?:'([^']*)')?$/.exec(word);
    checkDevice(match?.[1] ?? word, at);
    const own = match?.[2];
    return { device: match![1]!, ...(own === undefined || own === '' ? {} : { config: planJson(own, at) }) };
  });
  if (ports.length === 0) throw new InputError('network-ports', 'network --teamslaves names no device', at);
  return { kind: 'team', ports, ...(config === undefined ? {} : { config: planJson(config, at) }) };
}

/** Read and written anew: one line, and nothing in it but JSON. */
function planJson(text: string, at: At): string {
  try {
    const value: unknown = JSON.parse(text.replaceAll('\\"', '"'));
    if (typeof value === 'object' && value !== null) return JSON.stringify(value);
  } catch {
    // Said below.
  }
  throw new InputError(
    'network-teamconfig',
    `network: ${text} is no JSON object, which the settings of a team are`,
    at,
  );
}
