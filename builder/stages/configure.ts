// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SystemPlan } from '../plan/types.js';
import type { StageContext } from '../run/context.js';
import { setUpAccounts } from './accounts.js';
import { setUpBootFiles } from './boot-files.js';
import { writeTreeFile } from './files.js';
import { setUpNetwork } from './network.js';
import { setUpServices } from './services.js';

/**
 * Makes the installed tree the system that the kickstart describes: names, language, clock, mounts, accounts, network,
 * services, initramfs and boot menu. Runs before `%post`, so that a script finds and may change all of it.
 */
export async function runConfigure(context: StageContext): Promise<void> {
  const { system } = context.plan;
  context.detail('configure', 'names, language, clock');
  writeNames(context, system);
  await setLanguage(context, system);
  writeKeyboard(context, system);
  await setTimezone(context, system);
  writeTreeFile(context.tree, 'etc/fstab', formatFstab(system));
  context.detail('configure', 'accounts');
  await setUpAccounts(context);
  await setUpNetwork(context);
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

async function setLanguage(context: StageContext, system: SystemPlan): Promise<void> {
  const { language } = system;
  if (language === undefined) return;
  const known = existsSync(join(context.tree, 'etc/locale.gen'));
  const name = language.includes('.') || /^(C|POSIX)$/.test(language) ? language : `${language}.UTF-8`;
  writeTreeFile(context.tree, 'etc/default/locale', `LANG=${name}\n`);
  writeTreeFile(context.tree, 'etc/locale.conf', `LANG=${name}\n`);
  if (!known || /^(C|POSIX)(\.|$)/.test(name)) return;
  context.detail('configure', `locale ${name}`);
  writeTreeFile(context.tree, 'etc/locale.gen', `${name} ${name.split('.')[1]!.replace(/@.*/, '')}\n`);
  await sandboxTool(context, ['locale-gen']);
}

function writeKeyboard(context: StageContext, system: SystemPlan): void {
  const { keyboard } = system;
  if (!keyboard) return;
  // `de`, `de(nodeadkeys)` and `us+de` forms: layout and variant apart, as keyboard(5) wants them.
  const layouts = keyboard.xLayouts.length > 0 ? keyboard.xLayouts : [keyboard.layout];
  const parsed = layouts.map((one) => /^([A-Za-z0-9_-]+?)(?:\s*\(([^)]*)\))?$/.exec(one));
  const layout = parsed.map((match, index) => match?.[1] ?? layouts[index]!).join(',');
  const variant = parsed.map((match) => match?.[2] ?? '').join(',');
  const lines = [
    'XKBMODEL="pc105"',
    `XKBLAYOUT="${layout}"`,
    `XKBVARIANT="${variant.replace(/^,+$/, '')}"`,
    `XKBOPTIONS="${keyboard.options.join(',')}"`,
    '',
    'BACKSPACE="guess"',
  ];
  writeTreeFile(context.tree, 'etc/default/keyboard', `${lines.join('\n')}\n`);
  writeTreeFile(context.tree, 'etc/vconsole.conf', `KEYMAP=${keyboard.layout.replace(/\s.*$/, '')}\n`);
}

async function setTimezone(context: StageContext, system: SystemPlan): Promise<void> {
  const { timezone } = system;
  if (!timezone) return;
  if (!existsSync(join(context.tree, 'usr/share/zoneinfo', timezone.zone))) {
    context.emit({
      type: 'notice',
      message: `time zone ${timezone.zone} is not known to this system; its clock shows UTC`,
    });
    return;
  }
  await sandboxTool(context, ['ln', '-sf', `/usr/share/zoneinfo/${timezone.zone}`, '/etc/localtime']);
  writeTreeFile(context.tree, 'etc/timezone', `${timezone.zone}\n`);
  writeTreeFile(context.tree, 'etc/adjtime', `0.0 0 0.0\n0\n${timezone.utc ? 'UTC' : 'LOCAL'}\n`);
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

async function sandboxTool(context: StageContext, words: readonly string[]): Promise<void> {
  const { sandboxed } = await import('../run/sandbox.js');
  await sandboxed(context, words);
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
