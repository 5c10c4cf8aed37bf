// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../../osinfo/errors.js';
import type { Kickstart } from '../kickstart/model.js';
import { type Acceptance, refuseOrWarn } from './accepted.js';
import type { BootPlan, Plan, SystemPlan } from './types.js';

/** What grub-mkpasswd-pbkdf2(1) prints. */
const GRUB_HASH = /^grub\.pbkdf2\.sha512\.[1-9]\d{0,8}\.[0-9A-Fa-f]{2,1024}\.[0-9A-Fa-f]{2,1024}$/;

/**
 * What `bootloader` and `selinux` ask of the boot loader beyond its menu: a password, words for the kernel.
 * @throws InputError for another boot loader than GRUB, a hash that GRUB does not know, and characters that no boot
 *   loader would take as they stand
 */
export function planBootOptions(
  kickstart: Kickstart,
  system: SystemPlan,
  acceptance: Acceptance,
  family: Plan['os']['family'] = 'deb',
): Pick<BootPlan, 'append' | 'password'> {
  const loader = kickstart.bootloader;
  const append = loader?.append ?? '';
  if (/[\r\n\0"`$\\]/.test(append)) {
    const message = '--append has a character that the boot loader would not take as it stands';
    throw new InputError('bootloader-append', message, loader!.at);
  }
  const line = kickstart.commands.findLast(({ name }) => name === 'bootloader');
  for (const [option, isSet] of [
    ['extlinux', loader?.extlinux],
    ['sdboot', line?.options['sdboot']],
  ] as const) {
    if (loader === undefined || isSet !== true) continue;
    const message = `bootloader --${option}: an image is started by GRUB: remove the option`;
    refuseOrWarn(acceptance, { name: 'bootloader', code: `bootloader-${option}`, at: loader.at, message });
  }
  return {
    append: [append, ...selinuxWords(system, append, acceptance, family)].join(' ').trim(),
    ...planPassword(loader, acceptance),
  };
}

/**
 * Debian's kernel has SELinux switched off unless its command line says so; with nothing installed for it, it stays so.
 * Kernels of rpm distributions have it on, and /etc/selinux/config says the rest.
 */
function selinuxWords(
  { selinux }: SystemPlan,
  append: string,
  { names }: Acceptance,
  family: Plan['os']['family'],
): string[] {
  if (family === 'rpm' || !selinux || names.includes('selinux') || /(?:^|\s)selinux=/.test(append)) return [];
  return selinux.mode === 'disabled' ? [] : ['security=selinux', 'selinux=1'];
}

function planPassword(loader: Kickstart['bootloader'], acceptance: Acceptance): Pick<BootPlan, 'password'> {
  if (loader?.password === undefined) return {};
  const { password, passwordCrypted, at } = loader;
  if (/[\r\n\0]/.test(password)) throw new InputError('bootloader-password', 'a password is one line', at);
  // A hash says what it is, and real kickstarts leave --iscrypted out.
  const crypted = GRUB_HASH.test(password);
  if (passwordCrypted && !crypted) {
    const message = 'bootloader --password: GRUB knows no such hash: make one with grub-mkpasswd-pbkdf2';
    refuseOrWarn(acceptance, { name: 'bootloader', code: 'bootloader-password', at, message });
    return {};
  }
  return { password: { value: password, crypted } };
}
