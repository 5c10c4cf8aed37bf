// SPDX-License-Identifier: Apache-2.0
import { boolean, type Checked, type CommandSpec, type Converted, flag, implement, stickyFlag, text } from './spec.js';

/** `eth1,eth2'{"prio": 100}'`: devices of a team, each with its own settings. */
function teamSlaves(value: string): Converted {
  const devices: string[] = [];
  let rest = value.trim();
  while (rest !== '') {
    const match = /^([^,'\s]+)(?:'([^']*)')?(?:,\s*|$)/.exec(rest);
    if (!match) return { misfit: `${JSON.stringify(value)} is no list of devices: write eth1,eth2'{"prio": 100}'` };
    devices.push(match[2] === undefined ? match[1]! : `${match[1]}'${match[2]}'`);
    rest = rest.slice(match[0].length);
  }
  return devices;
}

function checkNetwork(line: Checked): void {
  const { options } = line;
  if (line.has('bridgeopts')) {
    if (!line.has('bridgeslaves')) line.fail('option-conflict', '--bridgeopts needs --bridgeslaves', 'bridgeopts');
    const pairs = String(options.bridgeopts).split(',');
    if (pairs.some((pair) => !/^[^=\s]+=[^=\s]+$/.test(pair)))
      line.fail('bad-value', '--bridgeopts is written key=value,key=value', 'bridgeopts');
  }
  for (const name of ['ipv4-dns-search', 'ipv6-dns-search', 'ipv4-ignore-auto-dns', 'ipv6-ignore-auto-dns']) {
    if (line.has(name) && !line.has('device')) line.fail('option-conflict', `--${name} needs --device`, name);
  }
  if (options.bindto === 'mac' && line.has('vlanid') && !line.has('bondslaves')) {
    line.fail('option-conflict', '--bindto=mac does not fit a VLAN on a plain device', 'bindto');
  }
  if (line.has('interfacename') && line.strictly('RHEL7') && !line.strictly('RHEL8'))
    checkVlanName(line, String(options.interfacename));
}

/** Only RHEL 7 looks at the form of a VLAN's name. */
function checkVlanName(line: Checked, name: string): void {
  const dotted = name.includes('.');
  const [prefix, id] = dotted
    ? [name.slice(0, name.indexOf('.')), name.slice(name.indexOf('.') + 1)]
    : name.startsWith('vlan')
      ? ['', name.slice(4)]
      : ['', undefined];
  if (id === undefined) return;
  if (prefix === 'vlan')
    line.fail('bad-value', 'before a dot in --interfacename stands a device, not vlan', 'interfacename');
  else if (!/^\d+$/.test(id))
    line.fail(
      'bad-value',
      `--interfacename ${JSON.stringify(name)} has no VLAN id where one is expected`,
      'interfacename',
    );
  else if (Number(id) > 4095) line.fail('bad-value', 'a VLAN id is between 0 and 4095', 'interfacename');
}

/** Connections and the host name. */
export const networkCommands: readonly CommandSpec[] = [
  {
    name: 'network',
    wide: true,
    list: true,
    options: [
      text('bootproto', { choices: ['dhcp', 'bootp', 'static', 'query', 'ibft'] }),
      text('dhcpclass'),
      text('device'),
      text('essid', { quoted: true }),
      text('ethtool', { quoted: true }),
      text('gateway'),
      text('hostname'),
      text('ip'),
      text('mtu', { since: 'F3 RHEL4' }),
      text('nameserver'),
      text('netmask'),
      flag('nodns'),
      flag('notksdevice', { since: 'F4 RHEL4' }),
      boolean('onboot'),
      text('wepkey'),
      flag('noipv4', { since: 'F6 RHEL5' }),
      flag('noipv6', { since: 'F6 RHEL5' }),
      text('ipv6', { since: 'F8 RHEL6' }),
      stickyFlag('activate', { since: 'F16 RHEL6', sets: ['activate', true] }),
      stickyFlag('no-activate', { since: 'F25 RHEL7', sets: ['activate', false] }),
      flag('nodefroute', { since: 'F16 RHEL6' }),
      text('wpakey', { since: 'F16 RHEL7' }),
      text('bondslaves', { since: 'F19 RHEL6' }),
      text('bondopts', { since: 'F19 RHEL6' }),
      text('vlanid', { since: 'F19 RHEL6' }),
      text('ipv6gateway', { since: 'F19 RHEL7' }),
      text('teamslaves', {
        since: 'F20 RHEL7',
        quoted: true,
        deprecated: 'RHEL10',
        convert: teamSlaves,
        instead: 'use a bond',
      }),
      text('teamconfig', { since: 'F20 RHEL7', deprecated: 'RHEL10', quoted: true, instead: 'use a bond' }),
      text('interfacename', { since: 'F21 RHEL7' }),
      text('bridgeslaves', { since: 'F22 RHEL7' }),
      text('bridgeopts', { since: 'F22 RHEL7' }),
      text('bindto', { since: 'F27 RHEL7', choices: ['mac'] }),
      text('ipv4-dns-search', { since: 'F39 RHEL9' }),
      text('ipv6-dns-search', { since: 'F39 RHEL9' }),
      flag('ipv4-ignore-auto-dns', { since: 'F39 RHEL9' }),
      flag('ipv6-ignore-auto-dns', { since: 'F39 RHEL9' }),
    ],
    check: checkNetwork,
    effect: implement('sets the host name and the connection of the first or the named device'),
  },
];
