// SPDX-License-Identifier: Apache-2.0
import { type Checked, flag, int, type OptionSpec, text } from './spec.js';

/** The options that every command with `--encrypted` shares, in the order the canonical text has them. */
export const encryptionOptions: readonly OptionSpec[] = [
  flag('encrypted', { since: 'F9 RHEL5' }),
  text('passphrase', { since: 'F9 RHEL5', with: 'encrypted', quoted: true }),
  text('escrowcert', { since: 'F12 RHEL6', with: 'encrypted', quoted: true }),
  flag('backuppassphrase', { since: 'F12 RHEL6', with: 'escrowcert' }),
  text('cipher', { since: 'F18 RHEL6', with: 'encrypted', quoted: true }),
  text('luks-version', { since: 'F29 RHEL8', with: 'encrypted' }),
  text('pbkdf', { since: 'F29 RHEL8', with: 'encrypted' }),
  int('pbkdf-memory', { zeroIsNone: true, since: 'F29 RHEL8', with: 'encrypted' }),
  int('pbkdf-time', { zeroIsNone: true, since: 'F29 RHEL8', with: 'encrypted' }),
  int('pbkdf-iterations', { zeroIsNone: true, since: 'F29 RHEL8', with: 'encrypted' }),
];

/** `--hw-passphrase` of part and autopart: the disk's own encryption (OPAL). */
export const hardwarePassphrase = text('hw-passphrase', { since: 'F41 RHEL11', with: 'encrypted', quoted: true });

/** Their place in the order of a command that has them. */
export const encryptionOrder =
  'encrypted passphrase escrowcert backuppassphrase cipher luks-version pbkdf pbkdf-memory pbkdf-time pbkdf-iterations hw-passphrase';

/** What the encryption options demand of each other. */
export function checkEncryption(line: Checked): void {
  if (isPositive(line.options['pbkdf-time']) && isPositive(line.options['pbkdf-iterations'])) {
    line.fail('option-conflict', 'give only one of --pbkdf-time and --pbkdf-iterations', 'pbkdf-iterations');
  }
  if (line.has('hw-passphrase')) {
    const luks = line.options['luks-version'];
    if (typeof luks !== 'string' || !luks.startsWith('luks2-hw-opal')) {
      line.fail(
        'option-conflict',
        '--hw-passphrase needs --luks-version=luks2-hw-opal or luks2-hw-opal-only',
        'hw-passphrase',
      );
    }
  }
}

function isPositive(value: unknown): boolean {
  return typeof value === 'number' && value !== 0;
}
