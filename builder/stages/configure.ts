// SPDX-License-Identifier: Apache-2.0
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
import { writeNames } from './names.js';
import { setUpNetwork } from './network.js';
import { setUpSelinux } from './selinux/index.js';
import { setUpServices } from './services.js';

/**
 * Makes the installed tree the system that the kickstart describes: names, language, clock, mounts, accounts, network,
 * protection, services, initramfs and boot menu. Runs before `%post`, so that a script finds and may change all of it.
 */
export async function runConfigure(context: StageContext): Promise<void> {
  const { system } = context.plan;
  context.detail('configure', 'names, language, clock');
  writeNames(context);
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
