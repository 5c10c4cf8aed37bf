// SPDX-License-Identifier: Apache-2.0
import { subjectOf } from './build/index.js';
import type { Issues } from './issues.js';
import type { At, CommandLine } from './model.js';
import type { Dialect } from './option-table.js';
import { isSince } from './versions.js';

/** Commands that cannot stand in one kickstart with others. The releases that check it, and in both directions. */
const EXCLUSIONS: readonly { readonly command: string; readonly others: readonly string[] }[] = [
  { command: 'autopart', others: ['part', 'raid', 'volgroup', 'logvol', 'reqpart', 'mount'] },
  { command: 'mount', others: ['part', 'raid', 'volgroup', 'logvol', 'reqpart'] },
  { command: 'ostreesetup', others: ['ostreecontainer', 'bootc'] },
  { command: 'ostreecontainer', others: ['bootc'] },
];

const excludes = new Map<string, string[]>();
for (const { command, others } of EXCLUSIONS) {
  for (const other of others) {
    excludes.set(command, [...(excludes.get(command) ?? []), other]);
    excludes.set(other, [...(excludes.get(other) ?? []), command]);
  }
}

/** What a kickstart has had so far, for the rules between its commands. */
export interface ConflictState {
  /** First line of each command, and of each device that only one line may name. */
  readonly seen: Map<string, At>;
}

/** Report when a command stands beside one that excludes it, at the later of the two. */
export function checkLine(
  line: CommandLine,
  typed: string,
  state: ConflictState,
  dialect: Dialect,
  issues: Issues,
): void {
  const checked = dialect === undefined || isSince(dialect, 'F20 RHEL6');
  for (const other of checked ? (excludes.get(line.name) ?? []) : []) {
    const before = state.seen.get(other);
    if (before)
      issues.error(
        'command-conflict',
        line.at,
        `${typed} and ${other} (${before.file}:${before.line}) cannot be used together: remove one`,
      );
  }
  if (line.name === 'realm' && state.seen.has('realm')) {
    issues.error('command-conflict', line.at, 'realm join is given a second time: remove one');
  }
  if (line.name === 'multipath') {
    const device = `multipath ${String(line.options.device)}`;
    const before = state.seen.get(device);
    if (before)
      issues.error(
        'command-conflict',
        line.at,
        `the device is part of another multipath (${before.file}:${before.line}): remove one`,
      );
    state.seen.set(device, line.at);
  }
  if (!state.seen.has(line.name)) state.seen.set(line.name, line.at);
}

/** A notice for each line that a later line about the same thing overrides. */
export function checkRepeats(commands: readonly CommandLine[], issues: Issues): void {
  const last = new Map<string, CommandLine>();
  for (const line of commands) {
    const subject = subjectOf(line);
    if (subject === undefined) continue;
    const key = `${line.name} ${subject}`;
    const before = last.get(key);
    if (before) {
      issues.add(
        'notice',
        'overridden',
        line.at,
        `this ${line.name} ${subject} overrides the one before (${before.at.file}:${before.at.line})`,
      );
    }
    last.set(key, line);
  }
}
