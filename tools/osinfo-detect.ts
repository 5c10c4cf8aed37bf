// SPDX-License-Identifier: Apache-2.0
import { Command, InvalidArgumentError, Option } from 'commander';
import { InputError } from '../osinfo/errors.js';
import type { DbChoice } from '../osinfo/load/places.js';
import { glibHelp, withGlibHelp } from './help/glib-help.js';
import { causeInGlibWords } from './help/glib-style.js';
import { houseStyle, runCommand } from './main.js';
import { chosenDb, collect } from './options/values.js';

interface DetectOptions {
  readonly format: 'plain' | 'env' | 'json';
  readonly type?: 'media' | 'tree';
  readonly all?: true;
  readonly facts?: string;
  readonly suggest?: true;
  readonly compat?: true;
  readonly quiet?: true;
  readonly verbose?: true;
  readonly db?: readonly string[];
  readonly strict?: true;
}

/** What the original prints below its options. */
const originalFooter = `The only value available for FORMAT is 'plain', which means plain text.
TYPE can be either 'media' (the default) for CD/DVD ISOs,
or 'tree' for install trees.
`;

const footer = `PATH is an ISO image, a block device, a folder, or a file, http or https address.
Exit code: 0 if everything was recognised, 1 if something was not or could not be
reached, 2 if something is wrong with what was given.
`;

/**
 * `osinfo-detect`: which operating system an installation medium or tree is of. Drop-in for libosinfo's, with more.
 * @param formats what `--format` takes: the original has only one
 */
export function command(formats: readonly string[] = ['plain', 'env', 'json']): Command {
  return new Command('osinfo-detect')
    .description('Detect if media is bootable and the relevant OS and distribution.')
    .argument('[path...]')
    .addOption(
      new Option('-f, --format <format>', 'how to print: plain, env or json')
        .default('plain')
        .argParser(oneOf(formats)),
    )
    .addOption(
      new Option('-t, --type <type>', 'what it is: media or tree; told by looking if left out').argParser(
        oneOf(['media', 'tree']),
      ),
    )
    .addOption(new Option('-a, --all', 'report all matches, best first, not just the first'))
    .addOption(
      new Option(
        '--facts <file>',
        'answer lines of JSON with labels, or treeinfo, of a file or - (standard input)',
      ).conflicts(['type', 'compat', 'quiet', 'verbose']),
    )
    .addOption(new Option('--suggest', 'for what is unknown: a <media> or <tree> element for the database'))
    .addOption(
      new Option('--compat', 'the words and exit codes of the original, even 0 for unknown').conflicts('suggest'),
    )
    .addOption(new Option('-q, --quiet', 'say nothing about what is unknown').conflicts('verbose'))
    .addOption(new Option('-v, --verbose', 'say what was read, and why it is what it is'))
    .addOption(
      new Option('--db <database>', 'bundled, system, or the path of a database; may be repeated').argParser(collect),
    )
    .addOption(new Option('--strict', 'an error in the database is fatal'))
    .action(async (paths: readonly string[], options: DetectOptions) => {
      const database = {
        ...(options.db === undefined ? {} : { db: chosenDb(options.db) }),
        strict: options.strict === true,
      };
      const all = options.all === true;
      const suggest = options.suggest === true;
      if (options.compat) return await asOriginal(paths[0], options, all, database);
      if (options.facts !== undefined) {
        if (paths.length > 0) throw new InputError('usage', `--facts reads one file; leave out ${paths[0]}`);
        const [{ openDatabase }, { answerFacts }] = await Promise.all([
          import('./detect/run.js'),
          import('./detect/facts.js'),
        ]);
        process.exitCode = await answerFacts(openDatabase(database), options.facts, { all, suggest });
        return;
      }
      const { requireLocations, runDetect } = await import('./detect/run.js');
      requireLocations(paths);
      process.exitCode = await runDetect(paths, {
        ...database,
        ...(options.type === undefined ? {} : { type: options.type }),
        format: options.format,
        all,
        suggest,
        talk: options.quiet ? 0 : options.verbose ? 2 : 1,
      });
    });
}

async function asOriginal(
  path: string | undefined,
  options: DetectOptions,
  all: boolean,
  database: { readonly db?: DbChoice; readonly strict: boolean },
): Promise<void> {
  if (path === undefined) {
    process.stderr.write(`${helpOfOriginal()}\n`);
    process.exitCode = 254;
    return;
  }
  const [{ detectAsOriginal }, { openDatabase }] = await Promise.all([
    import('./detect/compat.js'),
    import('./detect/run.js'),
  ]);
  const lines = await detectAsOriginal(() => openDatabase(database), path, options.type ?? 'media', all);
  process.stdout.write(lines.map((line) => `${line}\n`).join(''));
}

/** The help after a wrong command line, as the original has it. */
function helpOfOriginal(): string {
  const original = new Command('osinfo-detect')
    .description('Detect if media is bootable and the relevant OS and distribution.')
    .addOption(new Option('-f, --format <format>', 'Select the output format'))
    .addOption(new Option('-t, --type <type>', 'Select the type of what is being detected'))
    .addOption(new Option('-a, --all', 'Report all matches, not just the first'));
  return glibHelp(original, originalFooter);
}

function oneOf(words: readonly string[]): (value: string) => string {
  return (value) => {
    if (words.includes(value)) return value;
    throw new InvalidArgumentError(`It is ${words.join(' or ')}.`);
  };
}

/** The program: exit codes of the house, or with `--compat` the original's. */
export async function main(argv: readonly string[]): Promise<number> {
  const end = argv.indexOf('--');
  if (!argv.slice(0, end < 0 ? undefined : end).includes('--compat')) {
    return await runCommand(withGlibHelp(command(), footer), argv, houseStyle('osinfo-detect'));
  }
  return await runCommand(withGlibHelp(command(['plain']), footer), argv, {
    prefix: '',
    usageExit: 255,
    errorExit: () => 253,
    usageText: (text) =>
      `Error while parsing commandline options: ${inOriginalWords(text, argv)}\n${helpOfOriginal()}\n`,
  });
}

function inOriginalWords(text: string, argv: readonly string[]): string {
  const invalid = /argument '(.*)' is invalid\. /s.exec(text);
  return invalid ? `Invalid value '${invalid[1]}'` : causeInGlibWords(text, argv);
}
