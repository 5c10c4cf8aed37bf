// SPDX-License-Identifier: Apache-2.0
import { Command, Option } from 'commander';
import { collect, collectInclude } from '../options/values.js';

interface ReadingOptions {
  readonly ksVersion?: string;
  readonly defineInclude?: Readonly<Record<string, string>>;
}

const KS_VERSION = 'take only what this version knows: RHEL9, F40, DEVEL (default: what any version knows)';

/** `guestwright ks …`: kickstarts themselves. */
export function command(): Command {
  return new Command('ks')
    .description('check, format, upgrade, flatten and explain kickstarts')
    .addCommand(checkCommand())
    .addCommand(formatCommand())
    .addCommand(upgradeCommand())
    .addCommand(flattenCommand())
    .addCommand(jsonCommand())
    .addCommand(explainCommand());
}

/** The options of sub-commands that read a kickstart with all it includes. */
function reading(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .option('--ks-version <version>', KS_VERSION)
    .option(
      '--define-include <path=file>',
      'a file to take where %include names the path; may be repeated',
      collectInclude,
    );
}

function readOptions(options: ReadingOptions) {
  return { version: options.ksVersion, defineIncludes: options.defineInclude ?? {} };
}

function checkCommand(): Command {
  return reading('check', 'say all that is wrong in kickstarts; exit code 2 where something is')
    .argument('<kickstart...>', 'kickstarts; - is standard input')
    .addOption(
      new Option('--json', 'print a line of JSON for each file (schema/ks-check.schema.json)').conflicts('sarif'),
    )
    .option('--sarif', 'print one document in SARIF 2.1.0 (schema/ks-sarif.schema.json)')
    .action(
      async (files: readonly string[], options: ReadingOptions & { readonly json?: true; readonly sarif?: true }) => {
        const { runCheck } = await import('../ks/check.js');
        process.exitCode = await runCheck(files, options);
      },
    );
}

function formatCommand(): Command {
  return new Command('format')
    .description('print a kickstart in canonical form: its lines, comments and includes where they were')
    .argument('<kickstart...>', 'kickstarts; - is standard input')
    .option('--ks-version <version>', KS_VERSION)
    .option('-w, --write', 'write it into the files instead')
    .action(async (files: readonly string[], options: { readonly ksVersion?: string; readonly write?: true }) => {
      const { runFormat } = await import('../ks/rewrite.js');
      runFormat(files, options);
    });
}

function upgradeCommand(): Command {
  return new Command('upgrade')
    .description(
      'print a kickstart as another version wants it, and say what was changed; exit code 1 where something is left to do',
    )
    .argument('<kickstart...>', 'kickstarts; - is standard input')
    .requiredOption('--to <version>', 'the version: RHEL10, F44, DEVEL')
    .option('-w, --write', 'write it into the files instead')
    .action(async (files: readonly string[], options: { readonly to: string; readonly write?: true }) => {
      const { runUpgrade } = await import('../ks/rewrite.js');
      process.exitCode = runUpgrade(files, options);
    });
}

function flattenCommand(): Command {
  return reading('flatten', 'print a kickstart in canonical form, what it includes in its place')
    .argument('<kickstart>', 'a kickstart; - is standard input')
    .action(async (file: string, options: ReadingOptions) => {
      const [{ readRight }, { formatKickstart }] = await Promise.all([
        import('../ks/source.js'),
        import('../../builder/kickstart/write/kickstart.js'),
      ]);
      const kickstart = readRight(file, readOptions(options));
      process.stdout.write(formatKickstart(kickstart, { version: options.ksVersion }));
    });
}

function jsonCommand(): Command {
  return reading('json', 'print what a kickstart says as one JSON document (schema/kickstart.schema.json)')
    .argument('<kickstart>', 'a kickstart; - is standard input')
    .action(async (file: string, options: ReadingOptions) => {
      const [{ readRight }, { printJson }] = await Promise.all([import('../ks/source.js'), import('../main.js')]);
      printJson({ format: 'guestwright/kickstart/1', ...readRight(file, readOptions(options)) });
    });
}

function explainCommand(): Command {
  return reading('explain', 'say what a kickstart does to an image, command by command')
    .argument('<kickstart>', 'a kickstart; - is standard input')
    .option(
      '--allow-ignored <command>',
      'accept that this command, section (%pre) or add-on has no effect; may be repeated',
      collect,
    )
    .action(async (file: string, options: ReadingOptions & { readonly allowIgnored?: readonly string[] }) => {
      const [{ readRight }, { explainText }] = await Promise.all([
        import('../ks/source.js'),
        import('../ks/explain.js'),
      ]);
      process.stdout.write(explainText(readRight(file, readOptions(options)), options.allowIgnored ?? []));
    });
}
