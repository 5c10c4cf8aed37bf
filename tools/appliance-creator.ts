// SPDX-License-Identifier: Apache-2.0
import { Command, InvalidArgumentError, Option } from 'commander';
import { exitCodeOf } from '../osinfo/errors.js';
import { PACKAGINGS, type Packaging } from './build/packagings.js';
import { type RunStyle, runCommand } from './main.js';
import { expandAbbreviations } from './options/abbreviations.js';
import { parseCount } from './options/values.js';

/** The original takes any word of qemu-img; these are the disks that a machine is started from. */
const FORMATS = ['raw', 'qcow2', 'vmdk', 'vdi', 'vhdx', 'vpc'] as const;

/** What it is asked for. */
export interface CreatorOptions {
  readonly config?: string;
  readonly name?: string;
  readonly version?: string;
  readonly release?: string;
  readonly vmem: number;
  readonly vcpu: number;
  readonly checksum?: boolean;
  readonly format: (typeof FORMATS)[number];
  readonly compress: boolean;
  readonly package: Packaging;
  readonly include?: string;
  readonly outdir: string;
  readonly tmpdir?: string;
  readonly cache?: string;
  readonly debug?: boolean;
  readonly verbose?: boolean;
  readonly quiet?: boolean;
  readonly logfile?: string;
  readonly mirror?: string;
  readonly os?: string;
}

/** The original's errors: optparse's form for usage (exit 2), one line for the rest. */
const STYLE: RunStyle = {
  prefix: '',
  usageExit: 2,
  errorExit: exitCodeOf,
  usageText: (text) => `Usage: appliance-creator [options]\n\nappliance-creator: ${text.trimEnd()}\n`,
};

/** A drop-in for appliance-tools' appliance-creator: its options, defaults, file names and exit codes. */
export async function main(argv: readonly string[]): Promise<number> {
  const program = command();
  return await runCommand(program, expandAbbreviations(program, argv), STYLE);
}

/** Its options, for the program and for `guestwright appliance-creator`. */
export function command(): Command {
  return (
    new Command('appliance-creator')
      .description('build an appliance from a kickstart, as the command of appliance-tools does; needs no root')
      // The original passes over what stands beside its options.
      .allowExcessArguments(true)
      .option('-c, --config <kickstart>', 'the kickstart: a path, or an address')
      .option('-n, --name <name>', 'name of the appliance (default: the kickstart’s, and the time)')
      .option('--version <version>', 'version of the appliance')
      .option('--release <release>', 'release of the appliance')
      .option('--vmem <MiB>', 'memory of the machine', parseCount, 512)
      .option('--vcpu <n>', 'processors of the machine', parseCount, 1)
      .option('--checksum', 'write checksums into the descriptor')
      .addOption(new Option('-f, --format <format>', 'disk format').choices(FORMATS).default('raw'))
      .option('--no-compress', 'raw: no xz; others: no compressed clusters')
      .option(
        '-p, --package <kind>',
        `what the result is packed into: ${PACKAGINGS.join(', ')}`,
        parsePackaging,
        'none',
      )
      .option(
        '-i, --include <path>',
        'a file, or a folder whose entries, hidden ones too, are copied beside the images',
      )
      .option('-o, --outdir <folder>', 'where the result goes; made when it is missing', '.')
      .option('-t, --tmpdir <folder>', 'where the build keeps its own files')
      .option('--cache <folder>', 'where packages are kept between runs')
      .option('--logfile <file>', 'append messages to this file')
      .option('-d, --debug', 'tell more')
      .option('-v, --verbose', 'tell more')
      .option('-q, --quiet', 'tell less')
      .option('--os <id>', 'the OS, where the kickstart does not say it (not in the original)')
      .option('--mirror <address>', 'take packages from here (not in the original)')
      .action(async (options: CreatorOptions) => await create(options))
  );
}

function parsePackaging(text: string): Packaging {
  if ((PACKAGINGS as readonly string[]).includes(text)) return text as Packaging;
  throw new InvalidArgumentError(
    `bad option ${text}, Currently only none, zip, zip.64, tar, tar.gz, and tar.bz2 are supported (and tar.zst)`,
  );
}

async function create(options: CreatorOptions): Promise<void> {
  const { createAppliance } = await import('./build/create-appliance.js');
  await createAppliance(options);
  process.stdout.write('Finished\n');
}
