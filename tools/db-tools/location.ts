// SPDX-License-Identifier: Apache-2.0
import { type Command, Option } from 'commander';
import type { DbLocation } from '../../osinfo/archive/places.js';
import { InputError } from '../../osinfo/errors.js';

export interface LocationOptions {
  readonly user?: true;
  readonly local?: true;
  readonly system?: true;
  readonly dir?: string;
  readonly root?: string;
}

/**
 * The options by which all of osinfo-db-tools name a place, in the originals' order.
 * @param what the verb of their help: `import into`
 * @param beforeRoot an option of the program which stands among them
 */
export function addLocationOptions(command: Command, what: string, beforeRoot?: Option): Command {
  const places = command
    .addOption(new Option('--user', `${what} the user directory`))
    .addOption(new Option('--local', `${what} the local directory`))
    .addOption(new Option('--system', `${what} the system directory`))
    .addOption(new Option('--dir <path>', `${what} a custom directory`));
  return (beforeRoot === undefined ? places : places.addOption(beforeRoot)).addOption(
    new Option('--root <path>', 'installation root directory, put in front of the place'),
  );
}

const onlyOne = 'Only one of --user, --local, --system & --dir can be used';

/**
 * The place that the options name; undefined where they name none.
 * @param several the original's words for more than one
 * @throws InputError where they name several
 */
export function namedLocation(options: LocationOptions, several = onlyOne): DbLocation | undefined {
  const given: DbLocation[] = [];
  if (options.user) given.push('user');
  if (options.local) given.push('local');
  if (options.system) given.push('system');
  if (options.dir !== undefined) {
    if (options.dir === '') throw new InputError('location', '--dir names no folder; give a path');
    given.push({ folder: options.dir });
  }
  if (given.length > 1) throw new InputError('location', several);
  return given[0];
}

/** Where the originals work when nothing is said: root in the local place, everybody else in their own. */
export function defaultLocation(): DbLocation {
  return process.getuid?.() === 0 ? 'local' : 'user';
}
