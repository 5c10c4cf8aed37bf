// SPDX-License-Identifier: Apache-2.0
import { type Checked, type CommandSpec, flag, implement, int, list, text } from './spec.js';

function checkBootloader(line: Checked): void {
  const drive = line.options['boot-drive'];
  if (typeof drive === 'string' && drive.includes(','))
    line.fail('bad-value', '--boot-drive names one disk', 'boot-drive');
  if (line.has('extlinux') && line.has('sdboot'))
    line.fail('option-conflict', 'give only one of --extlinux and --sdboot', 'sdboot');
}

/** The boot loader. */
export const bootCommands: readonly CommandSpec[] = [
  {
    name: 'bootloader',
    aliases: ['lilo'],
    // Spins of Fedora 18 to 20 wrote the option without its dashes, and their tools took it.
    loose: [{ word: 'extlinux', option: 'extlinux' }],
    options: [
      text('append', { quoted: true }),
      flag('linear', { until: 'F3 RHEL4', writtenDefault: [true, { until: 'F3 RHEL4' }] }),
      flag('nolinear', { until: 'F3 RHEL4', sets: ['linear', false] }),
      text('location', { choices: ['mbr', 'partition', 'none', 'boot'], resets: 'mbr', writtenDefault: ['mbr', {}] }),
      flag('lba32', { until: 'F13 RHEL6', deprecated: 'RHEL6' }),
      text('password', { quoted: true }),
      text('md5pass', { quoted: true }),
      flag('upgrade', { until: 'F33 RHEL8', deprecated: 'F29 RHEL8' }),
      flag('useLilo', { until: 'F3 RHEL4' }),
      list('driveorder', { since: 'F4 RHEL4', quoted: true }),
      int('timeout', { since: 'F8 RHEL6' }),
      text('default', { since: 'F8 RHEL6' }),
      text('hvargs', { since: 'RHEL5', until: 'RHEL5', quoted: true }),
      flag('iscrypted', { since: 'F15 RHEL6' }),
      text('boot-drive', { since: 'F17 RHEL7' }),
      flag('leavebootorder', { since: 'F18 RHEL7' }),
      flag('extlinux', { since: 'F19 RHEL7' }),
      flag('disabled', { since: 'F21 RHEL7' }),
      flag('nombr', { since: 'F21 RHEL7' }),
      flag('sdboot', { since: 'F39 RHEL10' }),
    ],
    order:
      'append linear location lba32 password md5pass upgrade driveorder timeout default hvargs iscrypted boot-drive leavebootorder extlinux sdboot disabled nombr',
    check: checkBootloader,
    effect: implement('sets the kernel command line, the timeout and the password of the boot loader'),
  },
];
