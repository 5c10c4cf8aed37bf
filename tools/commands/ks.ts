// SPDX-License-Identifier: Apache-2.0
import { Command, InvalidArgumentError } from 'commander';
import type { Kickstart } from '../../builder/kickstart/index.js';

interface ReadingOptions {
  readonly ksVersion?: string;
  readonly defineInclude?: Readonly<Record<string, string>>;
}

/** `guestwright ks …`: kickstarts themselves. */
export function command(): Command {
  return new Command('ks')
    .description('check, flatten and explain kickstarts')
    .addCommand(checkCommand())
    .addCommand(flattenCommand())
    .addCommand(jsonCommand())
    .addCommand(explainCommand());
}

/** The options that every sub-command reads a kickstart with. */
function reading(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .option(
      '--ks-version <version>',
      'take only what this version knows: RHEL9, F40, DEVEL (default: what any version knows)',
    )
    .option(
      '--define-include <path=file>',
      'a file to take where %include names the path; may be repeated',
      collectInclude,
    );
}

function collectInclude(
  text: string,
  before: Readonly<Record<string, string>> | undefined,
): Readonly<Record<string, string>> {
  const equals = text.indexOf('=');
  if (equals < 1) throw new InvalidArgumentError('it is written PATH=FILE.');
  return { ...before, [text.slice(0, equals)]: text.slice(equals + 1) };
}

async function read(file: string, options: ReadingOptions): Promise<Kickstart> {
  const { readKickstart } = await import('../../builder/kickstart/index.js');
  return readKickstart(file, { version: options.ksVersion, defineIncludes: options.defineInclude ?? {} });
}

/** Read a kickstart that has to be right: what is wrong goes to standard error. */
async function readRight(file: string, options: ReadingOptions): Promise<Kickstart> {
  const { formatIssue, hasErrors } = await import('../../builder/kickstart/index.js');
  const kickstart = await read(file, options);
  if (!hasErrors(kickstart.issues)) return kickstart;
  const errors = kickstart.issues.filter((issue) => issue.severity === 'error');
  const { InputError } = await import('../../osinfo/errors.js');
  throw new InputError('kickstart', errors.map(formatIssue).join('\n'));
}

function checkCommand(): Command {
  return reading('check', 'say all that is wrong in kickstarts; exit code 2 where something is')
    .argument('<file...>', 'kickstarts')
    .option('--json', 'print a line of JSON for each file (schema/ks-check.schema.json)')
    .action(async (files: readonly string[], options: ReadingOptions & { readonly json?: boolean }) => {
      const [{ formatIssue, hasErrors }, { InputError }] = await Promise.all([
        import('../../builder/kickstart/index.js'),
        import('../../osinfo/errors.js'),
      ]);
      for (const file of files) {
        const issues = await read(file, options).then(
          (kickstart) => kickstart.issues,
          (error: unknown) => {
            // One file that cannot be read does not keep the others from being checked.
            if (!(error instanceof InputError) || !error.at) throw error;
            const { line = 1, column = 1 } = error.at;
            const message = error.message.slice(error.message.indexOf(': ') + 2);
            return [
              { severity: 'error', code: error.code, at: { file: error.at.file, line, column }, message } as const,
            ];
          },
        );
        const ok = !hasErrors(issues);
        if (!ok) process.exitCode = 2;
        if (options.json) {
          const told = issues.map(({ severity, code, at, message }) => ({ ...at, severity, code, message }));
          process.stdout.write(`${JSON.stringify({ format: 'guestwright/ks-check/1', file, ok, issues: told })}\n`);
        } else {
          process.stdout.write(issues.map((issue) => `${formatIssue(issue)}\n`).join(''));
        }
      }
    });
}

function flattenCommand(): Command {
  return reading('flatten', 'print a kickstart in canonical form, what it includes in its place')
    .argument('<file>', 'a kickstart')
    .action(async (file: string, options: ReadingOptions) => {
      const { formatKickstart } = await import('../../builder/kickstart/index.js');
      process.stdout.write(formatKickstart(await readRight(file, options), { version: options.ksVersion }));
    });
}

function jsonCommand(): Command {
  return reading('json', 'print what a kickstart says as one JSON document (schema/kickstart.schema.json)')
    .argument('<file>', 'a kickstart')
    .action(async (file: string, options: ReadingOptions) => {
      const { printJson } = await import('../main.js');
      printJson({ format: 'guestwright/kickstart/1', ...(await readRight(file, options)) });
    });
}

function explainCommand(): Command {
  return reading('explain', 'say what a kickstart does to an image, command by command')
    .argument('<file>', 'a kickstart')
    .action(async (file: string, options: ReadingOptions) => {
      const { explainKickstart } = await import('../../builder/kickstart/explain.js');
      const lines = explainKickstart(await readRight(file, options)).map(
        ({ at, name, outcome, sentence }) =>
          `${at.file}:${at.line}: ${outcome.padEnd(9)}  ${sentence.startsWith(name) ? sentence : `${name} ${sentence}`}\n`,
      );
      process.stdout.write(lines.join(''));
    });
}
