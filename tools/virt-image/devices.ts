// SPDX-License-Identifier: Apache-2.0
import type {
  CpuRequest,
  GraphicsRequest,
  NicRequest,
  NicSource,
  VcpuRequest,
} from '../../builder/virt-image/machine-request.js';
import { parseSubOptions, type SubOptions, wholeNumber, wrongValue } from './words.js';

// The values of the original's options, each a small language.

export const networkWords = ['network', 'bridge', 'type', 'source', 'source_mode', 'model', 'mac', 'mac.address'];
export const graphicsWords = ['type', 'port', 'tlsport', 'listen', 'keymap', 'password', 'passwordvalidto'];
export const vcpuWords = ['vcpus', 'maxvcpus', 'sockets', 'cores', 'threads', 'cpuset'];
export const memoryWords = ['memory', 'maxmemory'];
export const cpuWords = ['model', 'match', 'force', 'require', 'optional', 'disable', 'forbid'];

const NAME = /^[\p{L}\p{N}][^\p{C}\s/]{0,99}$/u;
const DIRECT_MODES = ['bridge', 'vepa', 'private', 'passthrough'];

/**
 * `network=default`, `bridge=br0`, `user`, `type=direct,source=eth0`, each with `model=` and `mac=`; or the old words
 * `network:default` and `bridge:br0`.
 */
export function parseNetwork(text: string): NicRequest {
  const option = '--network';
  const old = /^(network|bridge):([^,]+)(.*)$/s.exec(text);
  const { first, values } = parseSubOptions(option, old ? `${old[1]}=${old[2]}${old[3]}` : text, networkWords);
  const mac = values.get('mac') ?? values.get('mac.address');
  const model = values.get('model');
  if (model !== undefined && !/^[\w.-]{1,40}$/.test(model)) throw wrongValue(option, text, 'the model is no name');
  const source = networkSource(text, first, values);
  return {
    ...(source ? { source } : {}),
    ...(model === undefined ? {} : { model }),
    ...macOf(option, mac),
  };
}

function networkSource(text: string, first: string | undefined, values: SubOptions['values']): NicSource | undefined {
  const wrong = (why: string) => wrongValue('--network', text, why);
  const name = (value: string): string => {
    if (NAME.test(value)) return value;
    throw wrong(`${JSON.stringify(value.slice(0, 60))} is no name`);
  };
  const type = first ?? values.get('type');
  const network = values.get('network');
  const bridge = values.get('bridge');
  if (network !== undefined) return { type: 'network', network: name(network) };
  if (bridge !== undefined) return { type: 'bridge', bridge: name(bridge) };
  const source = values.get('source');
  if (type === undefined || type === 'default') return undefined;
  if (type === 'user') return { type };
  if (source === undefined || !['network', 'bridge', 'direct'].includes(type))
    throw wrong(`Unknown network type ${type.slice(0, 60)}`);
  if (type === 'network') return { type, network: name(source) };
  if (type === 'bridge') return { type, bridge: name(source) };
  const mode = values.get('source_mode') ?? 'vepa';
  if (!DIRECT_MODES.includes(mode)) throw wrong(`source_mode is one of ${DIRECT_MODES.join(', ')}`);
  return { type: 'direct', device: name(source), mode };
}

/** A MAC of `--mac`; `RANDOM` leaves it to chance. */
export function macOf(option: string, text: string | undefined): { readonly mac?: string } {
  if (text === undefined || text.toUpperCase() === 'RANDOM') return {};
  if (!/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(text))
    throw wrongValue(option, text, `MAC address must be of the format AA:BB:CC:DD:EE:FF, was '${text.slice(0, 60)}'`);
  if (Number.parseInt(text.slice(0, 2), 16) & 1) throw wrongValue(option, text, 'it is the address of a group');
  return { mac: text.toLowerCase() };
}

const SCREENS = ['vnc', 'spice', 'sdl', 'none'] as const;

export function parseGraphics(text: string): GraphicsRequest {
  const option = '--graphics';
  const { first, values } = parseSubOptions(option, text, graphicsWords);
  const wanted = first ?? values.get('type') ?? 'vnc';
  const type = SCREENS.find((one) => one === wanted);
  if (type === undefined) throw wrongValue(option, text, `Unknown graphics type ${wanted.slice(0, 60)}`);
  const port = values.get('port');
  const tlsPort = values.get('tlsport');
  const listen = values.get('listen');
  const keymap = values.get('keymap');
  const password = values.get('password');
  const passwordValidTo = values.get('passwordvalidto');
  return {
    type,
    ...(port === undefined || port === '-1' ? {} : { port: wholeNumber(option, text, port, 1, 65_535) }),
    ...(tlsPort === undefined || tlsPort === '-1' ? {} : { tlsPort: wholeNumber(option, text, tlsPort, 1, 65_535) }),
    ...(listen === undefined ? {} : { listen }),
    ...keymapOf(keymap),
    ...(password === undefined ? {} : { password }),
    ...(passwordValidTo === undefined ? {} : { passwordValidTo }),
  };
}

/** `local` and `none` are the viewer's own keyboard. */
export function keymapOf(keymap: string | undefined): { readonly keymap?: string } {
  if (keymap === undefined || ['local', 'none', 'default'].includes(keymap)) return {};
  if (/^[a-z]{2}(-[a-z]{2})?$/.test(keymap)) return { keymap };
  throw wrongValue('--keymap', keymap, 'it is no keymap; en-us and de are');
}

const MOST_CPUS = 65_535;

export function parseVcpus(text: string): VcpuRequest {
  const option = '--vcpus';
  const { first, values } = parseSubOptions(option, text, vcpuWords);
  const number = (name: string): number | undefined => {
    const value = values.get(name);
    return value === undefined ? undefined : wholeNumber(option, text, value, 1, MOST_CPUS);
  };
  const [maximum, sockets, cores, threads] = ['maxvcpus', 'sockets', 'cores', 'threads'].map(number);
  const given = first ?? values.get('vcpus');
  const product = (sockets ?? 1) * (cores ?? 1) * (threads ?? 1);
  const shaped = sockets !== undefined || cores !== undefined || threads !== undefined;
  if (given === undefined && maximum === undefined && !shaped) throw wrongValue(option, text, 'it says no number');
  const count = given === undefined ? (maximum ?? product) : wholeNumber(option, text, given, 1, MOST_CPUS);
  if (maximum !== undefined && maximum < count)
    throw wrongValue(option, text, `maxvcpus is ${maximum}, which is less than ${count}`);
  const cpuset = values.get('cpuset');
  return {
    count,
    ...(maximum === undefined ? {} : { maximum }),
    ...(sockets === undefined ? {} : { sockets }),
    ...(cores === undefined ? {} : { cores }),
    ...(threads === undefined ? {} : { threads }),
    ...(cpuset === undefined ? {} : { cpuset: parseCpuset(cpuset) }),
  };
}

/** `0-3,^2,8`; `auto` leaves it to the host. */
export function parseCpuset(text: string): string {
  if (/^\^?\d{1,5}(-\d{1,5})?(,\^?\d{1,5}(-\d{1,5})?){0,100}$/.test(text)) return text;
  throw wrongValue('--cpuset', text, 'it is no list of processors; 0-3,^2 is');
}

export function parseMemory(text: string): { readonly memoryMiB?: number; readonly maximumMemoryMiB?: number } {
  const option = '--memory';
  const { first, values } = parseSubOptions(option, text, memoryWords);
  const memory = first ?? values.get('memory');
  const maximum = values.get('maxmemory');
  const memoryMiB = memory === undefined ? undefined : wholeNumber(option, text, memory, 1, 2 ** 30);
  const maximumMemoryMiB = maximum === undefined ? undefined : wholeNumber(option, text, maximum, 1, 2 ** 30);
  if (memoryMiB !== undefined && maximumMemoryMiB !== undefined && maximumMemoryMiB < memoryMiB)
    throw wrongValue(option, text, `maxmemory is less than ${memoryMiB}`);
  return {
    ...(memoryMiB === undefined ? {} : { memoryMiB }),
    ...(maximumMemoryMiB === undefined ? {} : { maximumMemoryMiB }),
  };
}

/** `core2duo,+vmx,-x2apic,disable=svm`; `host` is the host's model. */
export function parseCpu(text: string): CpuRequest {
  const option = '--cpu';
  const [first = '', ...words] = text.split(',');
  const model = first.replace(/^model=/, '');
  const features = words.map((word) => {
    const signed = /^([+-])([\w.-]{1,60})$/.exec(word);
    if (signed) return { name: signed[2]!, policy: signed[1] === '+' ? 'require' : 'disable' };
    const named = /^(force|require|optional|disable|forbid)=([\w.-]{1,60})$/.exec(word);
    if (named) return { name: named[2]!, policy: named[1]! };
    throw wrongValue(option, text, `${JSON.stringify(word.slice(0, 60))} is no feature; +NAME and disable=NAME are`);
  });
  if (!/^[\w.+-]{1,80}$/.test(model)) throw wrongValue(option, text, 'the model is no name');
  return { model: model === 'host' ? 'host-model' : model, features };
}

/** `acpi=off,apic=on`, or names alone, which are on. */
export function parseFeatures(text: string): Map<string, boolean> {
  const states = new Map<string, boolean>();
  for (const word of text.split(',')) {
    const match = /^(acpi|apic|pae)(?:=(on|off|yes|no))?$/.exec(word);
    if (!match) throw wrongValue('--features', text, 'known are acpi, apic and pae, each on or off');
    states.set(match[1]!, match[2] !== 'off' && match[2] !== 'no');
  }
  return states;
}

/** A UUID with or without hyphens, as libvirt writes it. */
export function parseUuid(text: string): string {
  const bare = text.replaceAll('-', '').toLowerCase();
  if (!/^[0-9a-f]{32}$/.test(bare))
    throw wrongValue('--uuid', text, 'UUID must be a 32-digit hexadecimal number, with or without hyphens');
  return bare.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
