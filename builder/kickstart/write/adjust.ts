// SPDX-License-Identifier: Apache-2.0
import type { CommandLine, OptionValue } from '../model.js';

type Options = Readonly<Record<string, OptionValue>>;
/** What is written of a command line after its name. */
export interface Words extends Pick<CommandLine, 'options' | 'args'> {
  /** Two blanks follow the name. */
  readonly wide?: boolean;
}

interface Gate {
  /** Whether the version written is one of these releases or later. */
  is(releases: string): boolean;
}

type Adjustment = (words: Words, gate: Gate) => Words | undefined;

/**
 * What the reference changes in a command before it writes it. Each entry is a habit of that command; undefined means
 * that nothing is written at all.
 */
const ADJUSTMENTS: Readonly<Record<string, Adjustment>> = {
  clearpart: ({ options, args }) =>
    options.type !== undefined || options.list !== undefined ? { options, args } : undefined,
  zipl: whenAnyOption,
  monitor: whenAnyOption,
  xconfig: whenAnyOption,
  logging: ({ options, args }, gate) =>
    gate.is('F34 RHEL9') && options.host === undefined
      ? undefined
      : { options: gate.is('F34 RHEL9') ? without(options, 'level') : options, args },
  logvol: impliesExisting,
  volgroup: impliesExisting,
  btrfs: ({ options, args }) => ({ options: options.useexisting ? { ...options, noformat: true } : options, args }),
  install: ({ args }) => ({ options: {}, args }),
  bootloader: adjustBootloader,
  rootpw: ({ options, args }) => ({
    options: args.length > 0 && !options.iscrypted ? { ...options, iscrypted: false } : options,
    args,
  }),
  sshpw: ({ options, args }) => ({
    options: options.iscrypted || options.sshkey ? options : { ...options, iscrypted: false },
    args,
  }),
  timezone: adjustTimezone,
  user: ({ options, args }) => ({
    options: options.iscrypted === false ? without(options, 'iscrypted') : options,
    args,
  }),
  firewall: adjustFirewall,
  network: adjustNetwork,
  repo: ({ options, args }) => ({
    options: options.ignoregroups === false ? without(options, 'ignoregroups') : options,
    args,
  }),
  vnc: adjustVnc,
  ostreesetup: ({ options, args }) => ({ options: { remote: options.osname ?? '', ...options }, args }),
  ostreecontainer: ({ options, args }) => ({
    options: options.stateroot === undefined ? options : { remote: options.stateroot, ...options },
    args,
  }),
  bootc: ({ options, args }) => ({ options: { 'target-imgref': options['source-imgref'] ?? '', ...options }, args }),
};

/** Bring a command line into what its canonical form says; undefined where that is nothing. */
export function adjust(line: CommandLine, gate: Gate): Words | undefined {
  const adjustment = Object.hasOwn(ADJUSTMENTS, line.name) ? ADJUSTMENTS[line.name] : undefined;
  return adjustment ? adjustment(line, gate) : line;
}

function without(options: Options, ...names: string[]): Options {
  return Object.fromEntries(Object.entries(options).filter(([name]) => !names.includes(name)));
}

function whenAnyOption(words: Words): Words | undefined {
  return Object.keys(words.options).length > 0 ? words : undefined;
}

/** `--noformat` means that the volume is there already. */
function impliesExisting({ options, args }: Words): Words {
  return { options: options.noformat ? { ...options, useexisting: true } : options, args };
}

function adjustBootloader({ options, args }: Words, gate: Gate): Words {
  if (options.disabled) return { options: { disabled: true, location: '' }, args };
  const md5 = options.md5pass;
  if (md5 !== undefined && gate.is('F15 RHEL6')) {
    return { options: { ...without(options, 'md5pass'), password: md5, iscrypted: true }, args };
  }
  return { options, args };
}

/** Releases before Fedora 18 have the flag before the zone, and a blank where it could be. */
function adjustTimezone({ options, args }: Words, gate: Gate): Words {
  if (gate.is('F18 RHEL7')) return { options, args };
  return options.utc ? { options: {}, args: ['--isUtc', ...args] } : { options, args, wide: true };
}

/** Ports that releases before services existed opened for `--ssh` and its like. */
const SERVICE_PORTS: Readonly<Record<string, readonly string[]>> = {
  ssh: ['22:tcp'],
  telnet: ['23:tcp'],
  smtp: ['25:tcp'],
  http: ['80:tcp', '443:tcp'],
  ftp: ['21:tcp'],
};

function adjustFirewall({ options, args }: Words, gate: Gate): Words {
  const flags = Object.keys(SERVICE_PORTS);
  // The reference keeps services in the order of the line.
  const given = Object.keys(options).filter((name) => flags.includes(name));
  const rest = { enabled: true, ...without(options, ...flags) };
  if (options.enabled === false) return { options: { enabled: false }, args };
  if (gate.is('F10 RHEL6')) {
    const services = [...listOf(options.service), ...given];
    return { options: services.length > 0 ? { ...rest, service: services } : rest, args };
  }
  const ports = listOf(options.port);
  const named = ports.map((port) => port.replace(/:tcp$/, '')).filter((port) => flags.includes(port));
  const opened = given.flatMap((name) => SERVICE_PORTS[name] ?? []);
  const others = [...opened, ...ports.filter((port) => !named.includes(port.replace(/:tcp$/, '')))];
  const flagged = Object.fromEntries(named.map((name) => [name, true as const]));
  return { options: { ...without(rest, 'port'), ...(others.length > 0 ? { port: others } : {}), ...flagged }, args };
}

function listOf(value: OptionValue | undefined): readonly string[] {
  return Array.isArray(value) ? value : [];
}

function adjustNetwork({ options, args }: Words, gate: Gate): Words {
  // Without IPv4 there is no protocol to name, which releases since Fedora 25 know.
  const silent = options.noipv4 === true && gate.is('F25');
  const shown: Options = options.onboot === true ? without(options, 'onboot') : options;
  return { options: silent || shown.bootproto !== undefined ? shown : { ...shown, bootproto: 'dhcp' }, args };
}

/** `--connect=HOST:PORT` became `--host` and `--port`; a port alone means nothing. */
function adjustVnc({ options, args }: Words, gate: Gate): Words {
  if (!gate.is('F6 RHEL5')) return { options, args };
  const { connect } = options;
  const [host, port] = typeof connect === 'string' ? connect.split(':') : [options.host, options.port];
  const rest = without(options, 'connect', 'host', 'port');
  if (host === undefined) return { options: rest, args };
  return { options: { ...rest, host, ...(port !== undefined ? { port } : {}) }, args };
}
