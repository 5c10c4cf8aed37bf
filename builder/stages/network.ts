// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { NetworkPlan } from '../plan/types.js';
import type { StageContext } from '../run/context.js';
import { sandboxed } from '../run/sandbox.js';
import { writeTreeFile } from './files.js';

/** The programs that bring the network up, by the file that shows one is installed; the first that is there is used. */
const MANAGERS: readonly {
  readonly file: string;
  readonly write: (context: StageContext, networks: readonly NetworkPlan[]) => Promise<void>;
}[] = [
  { file: 'usr/sbin/NetworkManager', write: writeNetworkManager },
  { file: 'usr/sbin/ifup', write: writeIfupdown },
  { file: 'usr/lib/systemd/systemd-networkd', write: writeNetworkd },
];

/** Writes the kickstart's `network` lines in the words of the program that this system has. */
export async function setUpNetwork(context: StageContext): Promise<void> {
  const { network } = context.plan.system;
  if (network.length === 0) return;
  const manager = MANAGERS.find(
    (one) => existsSync(join(context.tree, one.file)) || existsSync(join(context.tree, one.file.replace(/^usr\//, ''))),
  );
  if (!manager) {
    context.emit({
      type: 'notice',
      message: 'no program that sets up a network is installed: the network lines have no effect',
    });
    return;
  }
  await manager.write(context, network);
}

async function writeNetworkd(context: StageContext, networks: readonly NetworkPlan[]): Promise<void> {
  for (const [index, network] of networks.entries()) {
    const lines = ['[Match]', network.device === undefined ? 'Type=ether' : `Name=${network.device}`, '', '[Network]'];
    if (network.method === 'dhcp') lines.push(`DHCP=${network.ipv6 ? 'yes' : 'ipv4'}`);
    else if (network.method === 'static') lines.push(`Address=${network.address}/${network.prefix}`);
    if (network.gateway !== undefined) lines.push(`Gateway=${network.gateway}`);
    for (const server of network.nameservers) lines.push(`DNS=${server}`);
    if (!network.ipv6) lines.push('LinkLocalAddressing=ipv4', 'IPv6AcceptRA=no');
    if (network.mtu !== undefined) lines.push('', '[Link]', `MTUBytes=${network.mtu}`);
    writeTreeFile(context.tree, `etc/systemd/network/${20 + index}-kickstart.network`, `${lines.join('\n')}\n`);
  }
  const units = ['systemd-networkd.service'];
  if (
    existsSync(join(context.tree, 'usr/lib/systemd/system/systemd-resolved.service')) ||
    existsSync(join(context.tree, 'lib/systemd/system/systemd-resolved.service'))
  )
    units.push('systemd-resolved.service');
  await sandboxed(context, ['systemctl', 'enable', '--quiet', ...units]);
}

async function writeIfupdown(context: StageContext, networks: readonly NetworkPlan[]): Promise<void> {
  const lines = [
    '# network lines of the kickstart: interfaces(5)',
    'source /etc/network/interfaces.d/*',
    '',
    'auto lo',
    'iface lo inet loopback',
  ];
  for (const network of networks) {
    // A pattern stands for every wired interface (interfaces(5), "pattern matching").
    const names = network.device === undefined ? ['/en*', '/eth*'] : [network.device];
    for (const name of names) {
      const label = name.startsWith('/') ? name.replace(/\W/g, '') : name;
      lines.push(
        '',
        `auto ${name}${name.startsWith('/') ? `=${label}` : ''}`,
        `iface ${label} inet ${network.method === 'none' ? 'manual' : network.method}`,
      );
      if (network.address !== undefined) lines.push(`    address ${network.address}/${network.prefix}`);
      if (network.gateway !== undefined) lines.push(`    gateway ${network.gateway}`);
      if (network.nameservers.length > 0) lines.push(`    dns-nameservers ${network.nameservers.join(' ')}`);
      if (network.mtu !== undefined) lines.push(`    mtu ${network.mtu}`);
    }
  }
  writeTreeFile(context.tree, 'etc/network/interfaces', `${lines.join('\n')}\n`);
}

async function writeNetworkManager(context: StageContext, networks: readonly NetworkPlan[]): Promise<void> {
  for (const [index, network] of networks.entries()) {
    const name = network.device ?? `wired${index}`;
    const lines = ['[connection]', `id=${name}`, 'type=ethernet', 'autoconnect=true'];
    if (network.device !== undefined) lines.push(`interface-name=${network.device}`);
    lines.push(
      '',
      '[ipv4]',
      `method=${network.method === 'dhcp' ? 'auto' : network.method === 'static' ? 'manual' : 'disabled'}`,
    );
    if (network.address !== undefined)
      lines.push(
        `address1=${network.address}/${network.prefix}${network.gateway === undefined ? '' : `,${network.gateway}`}`,
      );
    if (network.nameservers.length > 0) lines.push(`dns=${network.nameservers.join(';')};`);
    lines.push('', '[ipv6]', `method=${network.ipv6 ? 'auto' : 'disabled'}`);
    if (network.mtu !== undefined) lines.push('', '[ethernet]', `mtu=${network.mtu}`);
    writeTreeFile(
      context.tree,
      `etc/NetworkManager/system-connections/${name}.nmconnection`,
      `${lines.join('\n')}\n`,
      0o600,
    );
  }
}
