// SPDX-License-Identifier: Apache-2.0
import { Command } from 'commander';
import type { NewOsOptions } from '../db/new-os.js';
import { addLocationOptions } from '../db-tools/location.js';

/** `guestwright db new-os`: the entry of an OS that the database does not know, to be filled in. */
export function command(): Command {
  const result = new Command('new-os')
    .description('write an entry for an OS that the database does not know, to be filled in')
    .requiredOption('--id <id>', 'its id: your domain, the product, its version, as http://example.org/exos/2')
    .option('--short-id <name>', 'what people type (default: product and version of the id)')
    .option('--name <name>', 'its full name (default: from the id)')
    .option('--version <version>', 'its version (default: the last part of the id)')
    .option('--vendor <name>', 'who makes it (default: the domain)')
    .option('--family <word>', 'linux, winnt, freebsd … (default: that of --like, or linux)')
    .option('--distro <word>', 'the product in one word (default: from the id)')
    .option('--release-date <date>', 'YYYY-MM-DD')
    .option('--eol-date <date>', 'YYYY-MM-DD: the last day of support')
    .option('--like <os>', 'id or short id of the OS it is made from: the release before it, or another distribution')
    .option('--iso <file>', 'an installation image, or its address: its labels become a pattern')
    .option('--db <database>', 'bundled, system, or the path of a database: where --like is looked up', collect);
  return addLocationOptions(result, 'write into').action(async (options: NewOsOptions) => {
    const { runNewOs } = await import('../db/new-os.js');
    await runNewOs(options);
  });
}

function collect(value: string, before: string | readonly string[] | undefined): string | readonly string[] {
  return before === undefined ? value : [...(typeof before === 'string' ? [before] : before), value];
}
