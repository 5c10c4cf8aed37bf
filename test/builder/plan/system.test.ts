// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseKickstart } from '../../../builder/kickstart/index.js';
import type { Issue } from '../../../builder/kickstart/model.js';
import { planSystem } from '../../../builder/plan/system.js';
import type { NetworkPlan, SystemPlan } from '../../../builder/plan/types.js';
import { formatWpa } from '../../../builder/stages/network/files.js';
import { formatIfupdown } from '../../../builder/stages/network/ifupdown.js';
import { formatKeyfiles } from '../../../builder/stages/network/network-manager.js';
import { formatNetworkd } from '../../../builder/stages/network/networkd.js';
import { InputError } from '../../../osinfo/errors.js';

function plan(text: string, names: readonly string[] = []): SystemPlan & { notices: string[] } {
  const notices: Issue[] = [];
  const system = planSystem(parseKickstart(text, 'a.ks'), 'Web 1!', [], { names, notices });
  return { ...system, notices: notices.map((one) => `${one.severity} ${one.code}`) };
}

describe('network lines', () => {
  it('take the host name from any of them, else from the appliance’s name', () => {
    expect(plan('network --hostname=a.example.org').hostname).toBe('a.example.org');
    expect(plan('lang C').hostname).toBe('web-1');
    expect(() => plan('network --hostname=a_b')).toThrow('a.ks:1:1: a_b is no host name');
  });

  it.each<[string, Partial<NetworkPlan>]>([
    ['--bootproto=dhcp', { name: 'wired0', ipv4: { method: 'auto', search: [], ignoreAutoDns: false }, onBoot: true }],
    ['--device=link --bootproto=bootp --onboot=off', { name: 'wired0', onBoot: false }],
    ['--device=52:54:00:AA:00:01', { name: 'wired-525400aa0001', mac: '52:54:00:aa:00:01' }],
    [
      '--device=eth0 --nodns --nameserver=192.0.2.1',
      { nameservers: [], ipv6: { method: 'auto', search: [], ignoreAutoDns: true } },
    ],
    ['--device=eth0 --noipv4 --ipv6=2001:db8::1', { ipv4: { method: 'none', search: [], ignoreAutoDns: false } }],
    [
      '--device=eth0 --bootproto=static --ip=192.0.2.9 --netmask=255.255.254.0 --gateway=192.0.2.1 --nodefroute',
      {
        ipv4: { method: 'static', address: '192.0.2.9', prefix: 23, search: [], ignoreAutoDns: false },
        defaultRoute: false,
      },
    ],
    [
      '--device=eth0 --ethtool="speed 1000 duplex full autoneg off"',
      { ethernet: { speed: 1000, duplex: 'full', autoneg: false } },
    ],
    [
      '--device=br0 --bridgeslaves=a,b --bridgeopts=stp=off,priority=1',
      {
        link: {
          kind: 'bridge',
          ports: ['a', 'b'],
          options: [
            ['stp', 'false'],
            ['priority', '1'],
          ],
        },
      },
    ],
    [
      '--device=bond0 --bondslaves=a --bondopts="mode=1;arp_ip_target=192.0.2.1,192.0.2.2"',
      {
        link: {
          kind: 'bond',
          ports: ['a'],
          options: [
            ['mode', '1'],
            ['arp_ip_target', '192.0.2.1,192.0.2.2'],
          ],
        },
      },
    ],
    ['--device=eth0 --vlanid=7', { name: 'eth0.7', link: { kind: 'vlan', parent: 'eth0', id: 7 } }],
    ['--device=eth0 --vlanid=7 --interfacename=office', { name: 'office', device: 'office' }],
    ['--device=wlan0 --essid="a b" --wpakey=12345678', { link: { kind: 'wifi', ssid: 'a b', key: '12345678' } }],
  ])('%s', (line, want) => {
    expect(plan(`network ${line}`).network).toEqual([expect.objectContaining(want)]);
  });

  it('for the same device override each other, and a bond with a VLAN is two', () => {
    const { network, notices } = plan('network --device=eth0 --bootproto=dhcp\nnetwork --device=eth0 --noipv4');
    expect(network).toHaveLength(1);
    expect(network[0]!.ipv4.method).toBe('none');
    expect(notices).toEqual(['notice overridden']);
    const both = plan('network --device=bond0 --bondslaves=eth1 --vlanid=9 --bootproto=dhcp').network;
    expect(both.map(({ name, ipv4 }) => [name, ipv4.method])).toEqual([
      ['bond0', 'none'],
      ['bond0.9', 'auto'],
    ]);
  });

  it.each([
    ['--device="eth0;x"', 'is no interface name'],
    ['--device=abcdefghijklmnopq', 'is no interface name'],
    ['--device=eth0 --ip=1.2.3 --netmask=255.0.0.0', 'is no IP address'],
    ['--device=eth0 --ip=1.2.3.4 --netmask=255.0.255.0', 'is no netmask'],
    ['--device=eth0 --bootproto=static', 'needs --ip and --netmask'],
    ['--device=eth0 --bootproto=dhcp --nameserver=x', 'is no IP address'],
    ['--device=eth0 --ipv6=2001:db8::1/200', 'is no IP address'],
    ['--device=eth0 --ipv6gateway=1.2.3.4', 'is no IP address'],
    ['--device=eth0 --vlanid=5000', 'is not between 1 and 4094'],
    ['--vlanid=5', 'needs --device'],
    ['--bondslaves=eth1', 'needs --device'],
    ['--device=bond0 --bondslaves="a b"', 'is no interface name'],
    ['--device=bond0 --bondslaves=a --bondopts="mode=1 $(id)"', 'is not key=value'],
    ['--device=br0 --bridgeslaves=a --bridgeopts=colour=red', 'is not known'],
    ['--device=br0 --bridgeslaves=a --essid=b', 'give only one of'],
    ['--device=wlan0 --essid=b --wpakey=short', '8 to 63'],
    ['--device=eth0 --ethtool="wol g"', 'is not known here'],
    ['--device=eth0 --dhcpclass="a b"', 'use letters'],
    ['--device=team0 --teamslaves=a --teamconfig=x', 'is no JSON object'],
  ])('with values that are none are refused: %s', (line, message) => {
    expect(() => plan(`network ${line}`)).toThrow(message);
  });

  it.each(['--bootproto=ibft', '--bootproto=query', '--device=wlan0 --essid=a --wepkey=b'])(
    'that ask what an image cannot know are refused, or left out where the user accepts it: %s',
    (line) => {
      expect(() => plan(`network ${line}`)).toThrow(/a\.ks:1:1: .*--allow-ignored network$/);
      const { network, notices } = plan(`network ${line}`, ['network']);
      expect([network, notices]).toEqual([[], ['warning allowed-ignored']]);
    },
  );
});

/** Text as hostile as a kickstart can quote it: all but what the language itself ends a word with. */
const hostile = fc
  .array(
    fc.constantFrom(
      '\\',
      "'",
      ';',
      '#',
      '$(id)',
      '`id`',
      '%n',
      '=',
      '[x]',
      ' ',
      '\t',
      'é',
      '\u{1F980}',
      ',',
      ':',
      '/',
      '..',
      '\\n',
      '!',
      '&',
      '|',
    ),
    { maxLength: 10 },
  )
  .map((parts) => parts.join(''));

describe('hostile values', () => {
  /** Nothing that a kickstart says may add a line, a section or a file that a plain value in its place would not. */
  const shape = (files: readonly { path: string; text: string; mode: number }[]) =>
    files.map(({ path, text, mode }) => [
      path,
      mode,
      text.split('\n').map((line) => /^\s*\[.*\]$|^\s*[A-Za-z0-9_-]+/.exec(line)?.[0] ?? ''),
    ]);

  it('in the name and key of a wireless network come out as values in every format', () => {
    const key = fc.string({ minLength: 8, maxLength: 63 }).map((text) => text.replace(/[^\x20-\x7e]/g, '~'));
    const ssid = hostile.filter((text) => text !== '' && new TextEncoder().encode(text).length <= 32);
    const of = (name: string, secret: string): NetworkPlan => ({
      ...plan('network --device=wlan0 --bootproto=dhcp --essid=x').network[0]!,
      link: { kind: 'wifi', ssid: name, key: secret },
    });
    const plain = of('name', 'password');
    fc.assert(
      fc.property(ssid, key, (name, secret) => {
        const network = of(name, secret);
        for (const format of [formatNetworkd, formatIfupdown, (one: NetworkPlan[]) => formatKeyfiles(one, 'web')])
          expect(shape(format([network]))).toEqual(shape(format([plain])));
        expect(formatWpa('wlan0', name, undefined).text).toMatch(/^ {4}ssid=[0-9a-f]+$/m);
        for (const file of formatKeyfiles([network], 'web')) expect(file.mode).toBe(0o600);
      }),
      { numRuns: 60 },
    );
  });

  it('anywhere else are taken as they are where that is harmless, or refused with their line', () => {
    const quoted = (text: string) => `"${text.replace(/[\\"]/g, '\\$&')}"`;
    const lines = [
      (text: string) => `user --name=anna --gecos=${quoted(text)} --password=${quoted(text)}`,
      (text: string) => `user --name=${quoted(`a${text}`)}`,
      (text: string) => `group --name=${quoted(`a${text}`)}`,
      (text: string) => `network --device=${quoted(`e${text}`)} --bootproto=dhcp`,
      (text: string) => `network --device=eth0 --dhcpclass=${quoted(`a${text}`)}`,
      (text: string) => `timezone UTC --ntpservers=${quoted(`a${text}`)}`,
      (text: string) => `lang ${quoted(`de${text}`)}`,
      (text: string) => `keyboard ${quoted(`de${text}`)}`,
      (text: string) => `firewall --service=${quoted(`a${text}`)} --trust=${quoted(`e${text}`)}`,
      (text: string) => `services --enabled=${quoted(`a${text}`)}`,
      (text: string) => `xconfig --defaultdesktop=${quoted(`G${text}`)}`,
    ];
    fc.assert(
      fc.property(hostile, fc.nat(lines.length - 1), (text, which) => {
        try {
          const system = plan(lines[which]!(text));
          const { users, ...rest } = system;
          for (const user of users) expect(`${user.gecos}`).not.toMatch(/[:\n]/);
          // What is left of a value beyond accounts' own texts has no character that means something to a shell or a file.
          const values = JSON.stringify({ ...rest, network: rest.network.map(({ at, ...one }) => one), notices: [] });
          expect(values).not.toMatch(/\$\(|`|(?<!\\)\\n|%n|'/);
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
          expect(error.message).toMatch(/^a\.ks:1:\d+: /);
        }
      }),
      { numRuns: 400 },
    );
  });
});
