// SPDX-License-Identifier: Apache-2.0
import { createHash, pbkdf2Sync, randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { BootPlan } from '../../plan/types.js';
import type { StageContext } from '../../run/context.js';
import { readTreeFile, writeTreeFile } from '../files.js';

/** As grub-mkpasswd-pbkdf2(1) does it where nothing else is said. */
const ROUNDS = 10_000;
const BYTES = 64;

/** The scripts whose entries start this system: these stay open to everybody. */
const LINUX_SCRIPTS = /^\d+_(?:linux|linux_\w+)$/;

/**
 * Makes GRUB ask for a password before it changes an entry or opens its command line; starting the system needs none.
 * The file with the hash, and the menu that is made of it, are root's alone to read (grub-mkconfig sees to that).
 */
export function guardBootMenu(context: StageContext, password: NonNullable<BootPlan['password']>): void {
  const { tree } = context;
  const lines = ['#!/bin/sh', "cat <<'EOF'", ...passwordLines(context, password), 'EOF', ''];
  writeTreeFile(tree, 'etc/grub.d/01_users', lines.join('\n'), 0o700);
  for (const name of readdirSync(join(tree, 'etc/grub.d')).filter((one) => LINUX_SCRIPTS.test(one))) {
    const path = `etc/grub.d/${name}`;
    const script = readTreeFile(tree, path).toString('utf8');
    // Fedora's scripts have the word already.
    if (/^CLASS="[^"]*--unrestricted/m.test(script)) continue;
    writeTreeFile(tree, path, script.replace(/^CLASS="(?=--class )/m, 'CLASS="--unrestricted '), 0o755);
  }
}

/** What a boot menu says of its password. */
export function passwordLines(context: StageContext, password: NonNullable<BootPlan['password']>): string[] {
  const hash = password.crypted ? password.value : grubHash(password.value, saltFor(context, password.value));
  return ['set superusers="root"', `password_pbkdf2 root ${hash}`];
}

/** A password as GRUB keeps it: PBKDF2 with SHA-512 (RFC 8018). */
export function grubHash(password: string, salt: Uint8Array): string {
  const key = pbkdf2Sync(password, salt, ROUNDS, BYTES, 'sha512');
  return `grub.pbkdf2.sha512.${ROUNDS}.${Buffer.from(salt).toString('hex')}.${key.toString('hex')}`.replace(
    /[^.]+\.[^.]+$/,
    (words) => words.toUpperCase(),
  );
}

/** Random, but where the same inputs are to give the same bytes: then it follows from them. */
function saltFor(context: StageContext, password: string): Uint8Array {
  const epoch = context.plan.outputs.sourceDateEpoch;
  if (epoch === undefined) return randomBytes(BYTES);
  return createHash('sha512').update(`${context.plan.name}\0grub\0${password}\0${epoch}`).digest();
}
