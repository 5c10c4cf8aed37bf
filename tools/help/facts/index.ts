// SPDX-License-Identifier: Apache-2.0
import { houseExits } from './common.js';
import { databaseFacts } from './database.js';
import { kickstartFacts } from './kickstarts.js';
import { machineFacts } from './machines.js';
import type { CommandFacts } from './types.js';
import { virtImageFacts } from './virt-image.js';

export type { CommandFacts, Row } from './types.js';

const tables: Readonly<Record<string, CommandFacts>> = {
  ...machineFacts,
  ...virtImageFacts,
  ...kickstartFacts,
  ...databaseFacts,
};

/** Drop-ins that the umbrella finds by a shorter name. */
const sameAs: Readonly<Record<string, string>> = {
  'guestwright-query': 'osinfo-query',
  'guestwright-detect': 'osinfo-detect',
  'guestwright-install-script': 'osinfo-install-script',
  'guestwright-appliance-creator': 'appliance-creator',
  'guestwright-virt-image': 'virt-image',
};

/** The facts of a page, `guestwright-build`; the house's exit codes where a command has no table. */
export function factsOf(page: string): CommandFacts {
  const plain = {
    about: [],
    exitStatus: houseExits,
    environment: [],
    files: [],
    examples: [],
    seeAlso: ['guestwright(1)'],
  };
  return tables[page] ?? tables[sameAs[page] ?? ''] ?? plain;
}

/** Pages that have a table of their own. */
export function pagesWithFacts(): readonly string[] {
  return Object.keys(tables);
}
