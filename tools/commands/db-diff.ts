// SPDX-License-Identifier: Apache-2.0
import { Command, Option } from 'commander';

/** `guestwright db diff OLD NEW`: what an import of another database would change, entry by entry. */
export function command(): Command {
  return new Command('diff')
    .description('what differs between two databases, field by field')
    .argument('<old>', 'a folder, an archive or a file; bundled or system')
    .argument('<new>', 'the same')
    .addOption(
      new Option(
        '--recommend <platform>',
        'also for which operating systems another machine is recommended on this platform',
      ),
    )
    .addOption(new Option('--json', 'print one JSON document (schema/db-diff.schema.json)'))
    .action(async (before: string, after: string, options: { readonly recommend?: string; readonly json?: true }) => {
      const { compareDatabases, formatComparison } = await import('../db-tools/diff.js');
      const comparison = await compareDatabases(before, after, options.recommend);
      if (options.json) {
        const { printJson } = await import('../main.js');
        printJson(comparison);
      } else process.stdout.write(formatComparison(comparison));
    });
}
