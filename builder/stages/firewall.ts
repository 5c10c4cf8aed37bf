// SPDX-License-Identifier: Apache-2.0
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { InputError, ToolError } from '../../osinfo/errors.js';
import type { FirewallPlan } from '../plan/types.js';
import type { StageContext } from '../run/context.js';
import { sandboxed } from '../run/sandbox.js';
import { hasInTree, insideTree, readTreeFile, rewriteTreeFile, writeTreeFile } from './files.js';
import { formatNftables } from './firewall/nftables.js';
import { type Opening, portNumber, portsOfService } from './firewall/services.js';
import { refuseOrTell } from './refuse.js';
import { hasUnit, switchUnits } from './units.js';

/** A program that guards the network. */
interface Guard {
  readonly unit: string;
  /** Shows that it is installed. */
  readonly file: string;
  readonly write: (context: StageContext, plan: FirewallPlan) => Promise<void>;
}

/** The first that is there is used; the others are left as they are. */
const GUARDS: readonly Guard[] = [
  { unit: 'firewalld.service', file: 'usr/bin/firewall-offline-cmd', write: writeFirewalld },
  { unit: 'ufw.service', file: 'usr/sbin/ufw', write: writeUfw },
  { unit: 'nftables.service', file: 'usr/sbin/nft', write: writeNftables },
];

/**
 * The `firewall` line in the words of what this system has: firewalld, ufw or nftables. `--disabled` switches off all
 * that is there.
 * @throws InputError with the line, where a firewall is asked for and there is none, or of a service nobody knows
 */
export async function setUpFirewall(context: StageContext): Promise<void> {
  const { firewall } = context.plan.system;
  if (!firewall || firewall.mode === 'system-defaults') return;
  const present = GUARDS.filter(({ file, unit }) => hasInTree(context.tree, file) && hasUnit(context.tree, unit));
  if (firewall.mode === 'disabled') {
    await switchUnits(
      context,
      'disable',
      present.map(({ unit }) => unit),
    );
    if (present.some(({ unit }) => unit === 'ufw.service')) switchUfw(context.tree, false);
    return;
  }
  const guard = present[0];
  if (!guard) {
    const message = 'firewall: this system has none: add firewalld, ufw or nftables to %packages';
    refuseOrTell(context, { name: 'firewall', code: 'no-firewall', at: firewall.at, message });
    return;
  }
  context.detail('configure', `firewall: ${guard.unit.replace('.service', '')}`);
  await guard.write(context, firewall);
  await switchUnits(context, 'enable', [guard.unit]);
}

/** By firewalld's own offline tool, with the options that an installer gives it. */
async function writeFirewalld(context: StageContext, plan: FirewallPlan): Promise<void> {
  const known = etcServices(context);
  const words = [
    ...plan.trusts.map((name) => `--trust=${name}`),
    ...plan.ports.map(({ port, protocol }) => `--port=${portNumber(port, protocol, known) ?? port}:${protocol}`),
    ...plan.removedServices.map((name) => `--remove-service=${name}`),
    ...plan.services.map((name) => `--service=${name}`),
  ];
  try {
    await sandboxed(context, ['firewall-offline-cmd', ...words]);
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    const said = error.message.replace(/^.*?: /, '');
    throw new InputError('firewall-refused', `firewall: firewalld does not take this: ${said}`, plan.at);
  }
  const zones = insideTree(context.tree, 'etc/firewalld/zones');
  for (const name of readdirSync(zones)) if (name.endsWith('.old')) rmSync(join(zones, name));
}

async function writeUfw(context: StageContext, plan: FirewallPlan): Promise<void> {
  for (const name of plan.trusts) await sandboxed(context, ['ufw', 'allow', 'in', 'on', name]);
  for (const { port, protocol } of openings(context, plan)) {
    if (protocol !== 'tcp' && protocol !== 'udp')
      throw new InputError('firewall-port', `firewall: ufw knows no ${protocol}`, plan.at);
    await sandboxed(context, ['ufw', 'allow', `${port.replace('-', ':')}/${protocol}`]);
  }
  switchUfw(context.tree, true);
}

/** `ufw enable` would try to guard this machine as well. */
function switchUfw(tree: string, on: boolean): void {
  if (!hasInTree(tree, 'etc/ufw/ufw.conf')) return;
  rewriteTreeFile(tree, 'etc/ufw/ufw.conf', (line) => !/^\s*ENABLED=/.test(line), [`ENABLED=${on ? 'yes' : 'no'}`]);
}

async function writeNftables(context: StageContext, plan: FirewallPlan): Promise<void> {
  writeTreeFile(context.tree, 'etc/nftables.conf', formatNftables(openings(context, plan), plan.trusts), 0o755);
  // Fedora's service reads another file, which is told to include ours.
  if (hasInTree(context.tree, 'etc/sysconfig/nftables.conf'))
    writeTreeFile(context.tree, 'etc/sysconfig/nftables.conf', 'include "/etc/nftables.conf"\n', 0o600);
}

function etcServices({ tree }: StageContext): string {
  return hasInTree(tree, 'etc/services') ? readTreeFile(tree, 'etc/services').toString('utf8') : '';
}

/** Services and ports as numbers. */
function openings(context: StageContext, plan: FirewallPlan): Opening[] {
  const known = etcServices(context);
  const services = plan.services
    .filter((name) => !plan.removedServices.includes(name))
    .flatMap((name) => {
      const ports = portsOfService(name, known);
      if (ports) return ports;
      throw new InputError(
        'firewall-service',
        `firewall: nothing here knows the service ${name}: give its --port`,
        plan.at,
      );
    });
  const ports = plan.ports.map(({ port, protocol }) => {
    const number = portNumber(port, protocol, known);
    if (number !== undefined) return { port: number, protocol };
    throw new InputError('firewall-port', `firewall: nothing here knows the port ${port}: give its number`, plan.at);
  });
  return [...services, ...ports];
}
