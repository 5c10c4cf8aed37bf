// SPDX-License-Identifier: Apache-2.0
import { Command } from 'commander';
import { packageVersion } from '../../osinfo/package-root.js';
import { entries } from '../registry.js';

/** A program of the package with a tree of options; `load` imports its file. */
export interface Program {
  readonly name: string;
  readonly load: () => Promise<{ command: () => Command }>;
}

/** The programs beside `guestwright` itself: those that have an original. To add one: a line here. */
export const dropIns: readonly Program[] = [
  { name: 'osinfo-query', load: () => import('../osinfo-query.js') },
  { name: 'osinfo-detect', load: () => import('../osinfo-detect.js') },
  { name: 'osinfo-install-script', load: () => import('../osinfo-install-script.js') },
  { name: 'osinfo-db-path', load: () => import('../osinfo-db-path.js') },
  { name: 'osinfo-db-import', load: () => import('../osinfo-db-import.js') },
  { name: 'osinfo-db-export', load: () => import('../osinfo-db-export.js') },
  { name: 'osinfo-db-validate', load: () => import('../osinfo-db-validate.js') },
  { name: 'appliance-creator', load: () => import('../appliance-creator.js') },
  { name: 'virt-image', load: () => import('../virt-image.js') },
  { name: 'ksvalidator', load: () => import('../ksvalidator.js') },
  { name: 'ksflatten', load: () => import('../ksflatten.js') },
];

/** Names of all programs that people call. */
export const programNames: readonly string[] = ['guestwright', ...dropIns.map(({ name }) => name)];

/** The umbrella's own tree: its commands are names and summaries, each of them loaded when it is chosen. */
export function umbrella(): Command {
  const program = new Command('guestwright')
    .description('operating system facts in; the right virtual machine, and the disk image to run in it, out')
    .helpCommand(false)
    .version(packageVersion(), '-V, --version', 'print the version of guestwright and end');
  for (const { name, summary } of entries) program.addCommand(new Command(name).description(summary));
  return program;
}
