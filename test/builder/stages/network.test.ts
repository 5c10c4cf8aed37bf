// SPDX-License-Identifier: Apache-2.0
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { SystemPlan } from '../../../builder/plan/types.js';
import { setUpNetwork } from '../../../builder/stages/network.js';
import { run } from '../../../osinfo/doors/process.js';
import { hasProgram, makeTree, type TestTree } from './tree.js';

/** Every kind of connection, each with all that can be said of it. */
const LINES = [
  'network --bootproto=dhcp --device=link --hostname=web.example.org',
  'network --bootproto=static --device=eth0 --ip=192.0.2.7 --netmask=255.255.255.0 --gateway=192.0.2.1 --nameserver=192.0.2.2,2001:db8::53 --mtu=1400 --ipv6=2001:db8::7/64 --ipv6gateway=2001:db8::1 --ipv4-dns-search=a.example,b.example',
  'network --bootproto=dhcp --device=52:54:00:AA:BB:CC --noipv6 --onboot=no',
  'network --bootproto=dhcp --device=bond0 --bondslaves=eth1,eth2 --bondopts=mode=active-backup,miimon=100,primary=eth1 --vlanid=171 --interfacename=office --nodefroute',
  'network --bootproto=dhcp --device=eth3 --vlanid=5',
  'network --noipv4 --ipv6=dhcp --device=br0 --bridgeslaves=eth4,eth5 --bridgeopts=stp=yes,priority=4096,forward-delay=15',
];
const WIFI = 'network --bootproto=dhcp --device=wlan0 --essid="a;b\'c d" --wpakey="  x\\\\y\\"z%$(id)"';
const kickstart = (...lines: string[]) => `${lines.join('\n')}\n`;

const IFUPDOWN = [
  'usr/sbin/ifup',
  'usr/sbin/dhclient',
  'usr/sbin/ethtool',
  'etc/network/if-pre-up.d/ifenslave',
  'etc/network/if-pre-up.d/bridge',
  'etc/network/if-pre-up.d/wpasupplicant',
];
const NETWORKD = [
  'usr/lib/systemd/systemd-networkd',
  'usr/lib/systemd/system/systemd-networkd.service',
  'usr/sbin/wpa_supplicant',
];
const MANAGER = 'usr/lib/x86_64-linux-gnu/NetworkManager/1.42.4';
const NETWORK_MANAGER = [
  'usr/sbin/NetworkManager',
  `${MANAGER}/libnm-device-plugin-wifi.so`,
  `${MANAGER}/libnm-device-plugin-team.so`,
];

async function configured(
  lines: string,
  installed: readonly string[],
  allowIgnored: readonly string[] = [],
): Promise<TestTree> {
  const tree = makeTree(lines, installed, { system: { allowIgnored } as unknown as SystemPlan });
  await setUpNetwork(tree.context);
  return tree;
}

function profiles(tree: TestTree): Map<string, string> {
  const folder = 'etc/NetworkManager/system-connections';
  return new Map(
    readdirSync(join(tree.tree, folder)).map((name) => [
      name.replace('.nmconnection', ''),
      tree.read(`${folder}/${name}`),
    ]),
  );
}

/** What NetworkManager itself understands of a profile, as `key: value` lines. */
async function understood(profile: string): Promise<string> {
  const { stdout } = await run(['nmcli', '--offline', 'connection', 'modify', 'connection.zone', 'public'], {
    input: profile,
  });
  return stdout;
}

describe.skipIf(!hasProgram('usr/bin/nmcli'))('NetworkManager (package network-manager)', () => {
  it('reads every kind of connection, and understands what was asked for', async () => {
    const tree = await configured(kickstart(...LINES, WIFI), NETWORK_MANAGER);
    const files = profiles(tree);
    expect([...files.keys()].sort()).toEqual([
      'bond0',
      'bond0-port-eth1',
      'bond0-port-eth2',
      'br0',
      'br0-port-eth4',
      'br0-port-eth5',
      'eth0',
      'eth3.5',
      'office',
      'wired-525400aabbcc',
      'wired0',
      'wlan0',
    ]);
    const seen = new Map<string, string>();
    for (const [name, text] of files) {
      expect(tree.mode(`etc/NetworkManager/system-connections/${name}.nmconnection`)).toBe('600');
      seen.set(name, await understood(text));
    }
    const has = (name: string, ...lines: string[]) => {
      for (const line of lines) expect(seen.get(name)!.split('\n')).toContain(line);
    };
    has('wired0', 'type=ethernet', 'method=auto');
    has('eth0', 'address1=192.0.2.7/24,192.0.2.1', 'dns=192.0.2.2;', 'dns-search=a.example;b.example;', 'mtu=1400');
    has('eth0', 'address1=2001:db8::7/64,2001:db8::1', 'dns=2001:db8::53;', 'method=manual', 'interface-name=eth0');
    has('wired-525400aabbcc', 'mac-address=52:54:00:AA:BB:CC', 'autoconnect=false', 'method=disabled');
    has('bond0', 'type=bond', 'miimon=100', 'mode=active-backup', 'primary=eth1', 'method=disabled');
    has('bond0-port-eth1', 'master=bond0', 'slave-type=bond');
    has('office', 'type=vlan', 'interface-name=office', 'id=171', 'parent=bond0', 'never-default=true');
    has('eth3.5', 'id=5', 'parent=eth3');
    has('br0', 'type=bridge', 'priority=4096', 'method=dhcp');
    has('wlan0', 'key-mgmt=wpa-psk', 'psk=\\s\\sx\\\\y"z%$(id)');
    expect(seen.get('wlan0')).toMatch(/^ssid=a\\+;b'c d$/m);
  });

  it('makes a team where it has the plug-in for one, and is not asked to otherwise', async () => {
    const team = `network --device=team0 --teamslaves="eth1'{\\"prio\\": 9}',eth2" --teamconfig="{\\"runner\\": {\\"name\\": \\"lacp\\"}}" --bootproto=dhcp`;
    const tree = await configured(team, NETWORK_MANAGER);
    expect(profiles(tree).get('team0')).toContain('config={"runner":{"name":"lacp"}}\n');
    expect(profiles(tree).get('team0-port-eth1')).toContain('[team-port]\nconfig={"prio":9}\n');
    const bare = NETWORK_MANAGER.slice(0, 1);
    await expect(configured(team, bare)).rejects.toThrow(
      /^test\.ks:1:1: network: NetworkManager, which is installed, has no plug-in for teams: .*--allow-ignored network$/,
    );
    const allowed = await configured(team, bare, ['network']);
    expect(allowed.notices).toHaveLength(1);
  });
});

describe.skipIf(!hasProgram('usr/sbin/ifup'))('ifupdown (package ifupdown)', () => {
  it('reads every kind of connection, and would do what was asked for', async () => {
    const tree = await configured(kickstart(...LINES, WIFI), IFUPDOWN);
    const file = join(tree.tree, 'etc/network/interfaces');
    const { stdout: names } = await run(['ifquery', '-i', file, '--list']);
    expect(names.trim().split('\n')).toEqual(
      expect.arrayContaining(['lo', 'eth0', 'bond0', 'office', 'eth3.5', 'br0', 'wlan0']),
    );
    const ask = async (name: string) => (await run(['ifquery', '-i', file, name])).stdout;
    expect(await ask('eth0')).toMatch(/^address: 192\.0\.2\.7$[\s\S]*^gateway: 192\.0\.2\.1$/m);
    expect(await ask('bond0')).toMatch(
      /^bond-slaves: eth1 eth2$[\s\S]*^bond-mode: active-backup$[\s\S]*^bond-primary: eth1$/m,
    );
    expect(await ask('br0')).toMatch(/^bridge_ports: eth4 eth5$[\s\S]*^bridge_stp: on$[\s\S]*^bridge_fd: 15$/m);
    const { stderr } = await run(['ifup', '--no-act', '--force', '--verbose', '-i', file, 'office'], {
      okCodes: [0, 1],
    });
    expect(stderr).toContain('ip link add link bond0 name $IFACE type vlan id 171');
    const { stderr: fixed } = await run(['ifup', '--no-act', '--force', '--verbose', '-i', file, 'eth0']);
    expect(fixed).toContain('ip link set dev $IFACE mtu 1400');
    expect(fixed).toMatch(/ip -6 addr add 2001:db8::7\/64/);
    const text = tree.read('etc/network/interfaces');
    expect(text).toContain('auto /en*=wired0-en\niface wired0-en inet dhcp\n');
    expect(text).not.toContain('auto mac/');
    expect(text).toContain(
      'iface wired-525400aabbcc inet dhcp\n    pre-up echo 1 >/proc/sys/net/ipv6/conf/$IFACE/disable_ipv6',
    );
  });

  it('has name servers written where they are read, and a wireless key for root alone', async () => {
    const tree = await configured(kickstart(...LINES, WIFI), IFUPDOWN);
    expect(tree.read('etc/resolv.conf')).toBe(
      'search a.example b.example\nnameserver 192.0.2.2\nnameserver 2001:db8::53\n',
    );
    const path = 'etc/wpa_supplicant/wpa_supplicant-wlan0.conf';
    expect(tree.mode(path)).toBe('600');
    const { stdout } = await run(['wpa_passphrase', "a;b'c d"], { input: '  x\\y"z%$(id)\n' });
    expect(/^\tpsk=(.*)$/m.exec(stdout)![1]).toBe(/^ {4}psk=(.*)$/m.exec(tree.read(path))![1]);
  });

  it.each([
    ['network --device=bond0 --bondslaves=eth1', 'makes bonds with the package ifenslave'],
    ['network --device=br0 --bridgeslaves=eth1', 'makes bridges with the package bridge-utils'],
    ['network --device=team0 --teamslaves=eth1', 'knows no teams'],
    ['network --device=eth0 --bootproto=dhcp --nodns', 'cannot pass over the name servers'],
    ['network --device=eth0 --bootproto=dhcp', 'has no DHCP client'],
  ])('is not asked for what it cannot do here: %s', async (line, message) => {
    await expect(configured(line, ['usr/sbin/ifup'])).rejects.toThrow(message);
  });
});

describe.skipIf(!hasProgram('usr/lib/systemd/systemd-networkd'))('systemd-networkd (package systemd)', () => {
  it('reads every kind of connection without a complaint', async () => {
    const tree = await configured(kickstart(...LINES, WIFI), NETWORKD);
    const said = await networkdSays(tree);
    expect(said).toContain('Enumeration completed');
    expect(said).not.toMatch(/\/etc\/systemd\/network\/.*(?:Unknown|Failed|Invalid|ignor)/i);
    const file = (name: string) => tree.read(`etc/systemd/network/${name}`);
    expect(file('21-eth0.network')).toBe(
      '[Match]\nName=eth0\n\n[Link]\nMTUBytes=1400\n\n[Network]\nDHCP=no\nAddress=192.0.2.7/24\nAddress=2001:db8::7/64\nGateway=192.0.2.1\nGateway=2001:db8::1\nDNS=192.0.2.2\nDNS=2001:db8::53\nDomains=a.example b.example\nIPv6AcceptRA=no\n',
    );
    expect(file('23-bond0.netdev')).toBe(
      '[NetDev]\nName=bond0\nKind=bond\n\n[Bond]\nMode=active-backup\nMIIMonitorSec=100ms\n',
    );
    expect(file('23-bond0.network')).toContain('VLAN=office\n');
    expect(file('10-bond0-eth1.network')).toContain('Bond=bond0\nPrimarySlave=yes\n');
    expect(file('10-eth3.5-eth3.network')).toContain('VLAN=eth3.5\n');
    expect(file('80-wired0.network')).toContain('Type=ether\n');
    const enabled = readdirSync(join(tree.tree, 'etc/systemd/system/multi-user.target.wants'));
    expect(enabled).toEqual(expect.arrayContaining(['systemd-networkd.service', 'wpa_supplicant@wlan0.service']));
  });

  it('complains, when it is asked here, of what it does not know: the test above could fail', async () => {
    const tree = await configured(kickstart('network --device=eth0 --bootproto=dhcp'), NETWORKD);
    await run(['sed', '-i', 's/^DHCP=/DCHP=/', join(tree.tree, 'etc/systemd/network/20-eth0.network')]);
    expect(await networkdSays(tree)).toMatch(/20-eth0\.network.*Unknown/);
  });

  it.each([
    ['network --device=team0 --teamslaves=eth1', 'knows no teams'],
    ['network --device=bond0 --bondslaves=eth1 --bondopts=mode=1,nonsense=1', 'nonsense: remove it'],
  ])('is not asked for what it cannot do: %s', async (line, message) => {
    await expect(configured(line, NETWORKD)).rejects.toThrow(message);
  });
});

/** Starts the real one in a network of its own for a moment, with the tree's files in the place of the machine's. */
async function networkdSays(tree: TestTree): Promise<string> {
  const { stdout, stderr } = await run(
    [
      'timeout',
      '3',
      'bwrap',
      '--ro-bind',
      '/',
      '/',
      '--bind',
      join(tree.tree, 'etc/systemd/network'),
      '/etc/systemd/network',
      '--tmpfs',
      '/run',
      '--unshare-net',
      '--unshare-pid',
      '--cap-add',
      'ALL',
      '--dev',
      '/dev',
      '--proc',
      '/proc',
      '--setenv',
      'SYSTEMD_LOG_LEVEL',
      'debug',
      '--',
      '/lib/systemd/systemd-networkd',
    ],
    { okCodes: [0, 1, 124, 137, 143] },
  );
  return stdout + stderr;
}

describe('network lines', () => {
  it('have no effect only where the user accepts it, when no program is there that could do them', async () => {
    await expect(configured('network --bootproto=dhcp', [])).rejects.toThrow(/no program that sets up a network/);
    expect((await configured('network --bootproto=dhcp', [], ['network'])).notices).toHaveLength(1);
  });

  it('with a host name only make no connection', async () => {
    const tree = await configured('network --hostname=web.example.org', NETWORK_MANAGER);
    expect(existsSync(join(tree.tree, 'etc/NetworkManager'))).toBe(false);
    expect(tree.context.plan.system.hostname).toBe('web.example.org');
  });
});
