// SPDX-License-Identifier: Apache-2.0
import { accountCommands } from './accounts.js';
import { bootCommands } from './boot.js';
import { installerCommands } from './installer.js';
import { networkCommands } from './network.js';
import { networkStorageCommands } from './network-storage.js';
import { sourceCommands } from './sources.js';
import type { CommandSpec } from './spec.js';
import { storageCommands } from './storage.js';
import { systemCommands } from './system.js';

/** Every command of the language, one record each. To add one: a record in the file of its group. */
export const commands: readonly CommandSpec[] = [
  ...storageCommands,
  ...networkStorageCommands,
  ...bootCommands,
  ...accountCommands,
  ...systemCommands,
  ...networkCommands,
  ...sourceCommands,
  ...installerCommands,
];

const byName = new Map<string, CommandSpec>();
for (const spec of commands) {
  for (const name of [spec.name, ...(spec.aliases ?? [])]) byName.set(name, spec);
}

/** The record of a command, by any of its names. Names are case-sensitive. */
export function findCommand(name: string): CommandSpec | undefined {
  return byName.get(name);
}

/** Every spelling that begins a command line. */
export function commandNames(): string[] {
  return [...byName.keys()];
}
