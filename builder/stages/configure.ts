// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SystemPlan } from '../plan/types.js';
import type { StageContext } from '../run/context.js';
import { setUpAccounts } from './accounts/index.js';
import { setUpBootFiles } from './boot/index.js';
import { setUpCertificates } from './certificates.js';
import { setClock } from './clock.js';
import { writeTreeFile } from './files.js';
import { setUpFirewall } from './firewall.js';
import { setUpFirstStart } from './first-start.js';
import { setLanguage, writeKeyboard } from './language.js';
import { setUpNetwork } from './network.js';
import { setUpSelinux } from './selinux.js';
import { setUpServices } from './services.js';

/**
 * Makes the installed tree the system that the kickstart describes: names, language, clock, mounts, accounts, network,
 * protection, services, initramfs and boot menu. Runs before `%post`, so that a script finds and may change all of it.
 */
export async function runConfigure(context: StageContext): Promise<void> {
  const { system } = context.plan;
  context.detail('configure', 'names, language, clock');
  writeNames(context, system);
  await setLanguage(context, system);
  writeKeyboard(context, system);
  await setClock(context, system);
  writeTreeFile(context.tree, 'etc/fstab', formatFstab(system));
  context.detail('configure', 'accounts');
  await setUpAccounts(context);
  await setUpNetwork(context);
  await setUpFirewall(context);
  setUpSelinux(context);
  await setUpCertificates(context);
  await setUpFirstStart(context);
  await setUpServices(context);
  if (context.plan.boot.loader === 'grub') await setUpBootFiles(context);
}

function writeNames(context: StageContext, system: SystemPlan): void {
  const short = system.hostname.split('.')[0]!;
  const names = short === system.hostname ? short : `${system.hostname} ${short}`;
  writeTreeFile(context.tree, 'etc/hostname', `${system.hostname}\n`);
  writeTreeFile(
    context.tree,
    'etc/hosts',
    `127.0.0.1\tlocalhost\n127.0.1.1\t${names}\n\n::1\tlocalhost ip6-localhost ip6-loopback\nff02::1\tip6-allnodes\nff02::2\tip6-allrouters\n`,
  );
}

/** fstab(5): white space in a name is written as its octal number. */
function escapeField(text: string): string {
  return text.replace(/[\s\\]/g, (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`);
}

function formatFstab(system: SystemPlan): string {
  const lines = system.fstab.map(({ source, target, type, options, pass }) =>
    [source, escapeField(target), type, escapeField(options), '0', String(pass)].join('\t'),
  );
  return `# what is mounted where: fstab(5)\n${lines.join('\n')}\n`;
}

/** The newest kernel of the tree, by the name of its image, as `6.1.0-31-amd64`. */
export function kernelVersions(names: readonly string[]): string[] {
  return names
    .flatMap((name) => (name.startsWith('vmlinuz-') ? [name.slice('vmlinuz-'.length)] : []))
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}

/** What dpkg says is installed, from its own status file. */
export function readInstalledPackages(tree: string): { name: string; version: string; arch: string }[] {
  const packages: { name: string; version: string; arch: string }[] = [];
  for (const stanza of readFileSync(join(tree, 'var/lib/dpkg/status'), 'utf8').split('\n\n')) {
    const field = (name: string): string | undefined => new RegExp(`^${name}: (.*)$`, 'm').exec(stanza)?.[1];
    const name = field('Package');
    if (name !== undefined && field('Status')?.endsWith(' installed')) {
      packages.push({ name, version: field('Version') ?? '', arch: field('Architecture') ?? '' });
    }
  }
  return packages.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}
