// SPDX-License-Identifier: Apache-2.0
import { Command, Option } from 'commander';
import { withGlibHelp } from './help/glib-help.js';
import { glibStyle, withHelpWords } from './help/glib-style.js';
import type { InstallScriptOptions } from './install-script/options.js';
import { runCommand } from './main.js';
import { collect } from './options/values.js';

const footer = `SOURCE is an installation medium (an ISO image, a block device, a http or https address),
or the id or short id of an operating system.
`;

/** `osinfo-install-script`: answers for an unattended installation. Drop-in for libosinfo's, with more. */
export function command(): Command {
  return new Command('osinfo-install-script')
    .description('Generate an OS install script')
    .argument('[source...]')
    .addOption(new Option('-p, --profile <profile>', 'install script profile').default('jeos'))
    .addOption(new Option('-d, --output-dir <dir>', 'install script output directory').default('.'))
    .addOption(new Option('-P, --prefix <prefix>', 'the output filename prefix'))
    .addOption(new Option('-s, --installation-source <source>', 'the installation source to be used with the script'))
    .addOption(
      new Option('-c, --config <key=value>', 'set configuration parameter').argParser(collect).default([], 'none'),
    )
    .addOption(
      new Option('-f, --config-file <file>', 'set configuration parameters; - reads standard input').argParser(collect),
    )
    .addOption(new Option('--list-config', 'list configuration parameters'))
    .addOption(new Option('--list-profiles', 'list install script profiles'))
    .addOption(new Option('--list-injection-methods', 'list supported injection methods'))
    .addOption(new Option('--command-line', 'print what the kernel of the installer is to be told'))
    .addOption(
      new Option('--inject <kind>', 'make the medium that the installer looks for').choices([
        'iso',
        'floppy',
        'dir',
        'initrd',
      ]),
    )
    .addOption(new Option('--initrd <file>', "the installer's initrd, which --inject initrd puts the script behind"))
    .addOption(new Option('-q, --quiet', 'do not display output filenames'))
    .addOption(new Option('--db <database>', 'bundled, system, or the path of a database'))
    .action(async (sources: readonly string[], options: InstallScriptOptions, self: Command) => {
      const { runInstallScript } = await import('./install-script/run.js');
      process.exitCode = await runInstallScript(sources[0], options, () => self.helpInformation());
    });
}

/** The program, with the original's exit codes. */
export async function main(argv: readonly string[]): Promise<number> {
  const style = glibStyle({ intro: 'Error while parsing options: ', usageExit: 255, errorExit: () => 251 }, argv);
  return await runCommand(withGlibHelp(command(), footer), withHelpWords(argv), style);
}
