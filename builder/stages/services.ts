// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InputError, WorkError } from '../../osinfo/errors.js';
import type { At } from '../kickstart/model.js';
import type { StageContext } from '../run/context.js';
import { hasInTree, writeTreeFile } from './files.js';
import { hasUnit, switchUnits } from './units.js';

/** `services --enabled --disabled`, and what every image that is copied needs at its first boot. */
export async function setUpServices(context: StageContext): Promise<void> {
  const { system } = context.plan;
  for (const unit of system.servicesDisabled) await switchUnit(context, 'disable', unit);
  for (const unit of system.servicesEnabled) await switchUnit(context, 'enable', unit);
  await makeHostKeysAtFirstBoot(context);
}

async function switchUnit(
  context: StageContext,
  verb: 'enable' | 'disable',
  unit: { readonly name: string; readonly at: At },
): Promise<void> {
  try {
    await switchUnits(context, verb, [unit.name]);
  } catch (error) {
    if (!(error instanceof WorkError)) throw error;
    // Anaconda passes over a service to be switched off that is not installed, and so do real kickstarts.
    if (verb === 'disable') {
      context.emit({ type: 'notice', message: `services --disabled: there is no ${unit.name} here` });
      return;
    }
    throw new InputError(
      'unknown-service',
      `services --enabled: there is no service ${unit.name}; install the package that has it`,
      unit.at,
    );
  }
}

/**
 * Keys of an image are everybody's keys: they are taken out (in the clean stage) and made anew by each copy when it
 * first starts. Debian's own package makes them only when it is installed.
 */
async function makeHostKeysAtFirstBoot(context: StageContext): Promise<void> {
  const { tree } = context;
  if (!existsSync(join(tree, 'usr/sbin/sshd')) || makesHostKeysItself(tree)) return;
  writeTreeFile(
    tree,
    'etc/systemd/system/ssh-host-keys.service',
    [
      '[Unit]',
      'Description=SSH host keys of this machine',
      `Before=${hasUnit(tree, 'sshd.service') ? 'sshd' : 'ssh'}.service`,
      'ConditionPathExists=!/etc/ssh/ssh_host_ed25519_key',
      '',
      '[Service]',
      'Type=oneshot',
      'ExecStart=/usr/bin/ssh-keygen -A',
      '',
      '[Install]',
      'WantedBy=multi-user.target',
      '',
    ].join('\n'),
  );
  await switchUnits(context, 'enable', ['ssh-host-keys.service']);
}

/** Fedora's and SUSE's packages make missing keys whenever sshd starts. */
function makesHostKeysItself(tree: string): boolean {
  return hasUnit(tree, 'sshd-keygen.target') || hasInTree(tree, 'usr/sbin/sshd-gen-keys-start');
}
