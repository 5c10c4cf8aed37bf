// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { ImageFormat } from '../builder/plan/types.js';
import { exitCodeOf, GuestwrightError, InputError, WorkError } from '../osinfo/errors.js';
import { parseCount } from './commands/build.js';
import { type RunStyle, runCommand } from './main.js';
import { expandAbbreviations } from './options/abbreviations.js';

/** What the original packs into; `none` is a folder. */
export const PACKAGINGS = ['none', 'zip', 'zip.64', 'tar', 'tar.gz', 'tar.bz2'] as const;
export type Packaging = (typeof PACKAGINGS)[number];

/** The original takes any word of qemu-img; these are the disks that a machine is started from. */
const FORMATS = ['raw', 'qcow2', 'vmdk', 'vdi', 'vhdx', 'vpc'] as const;

interface Options {
  readonly config?: string;
  readonly name?: string;
  readonly version?: string;
  readonly release?: string;
  readonly vmem?: number;
  readonly vcpu?: number;
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
  usageText: (text) =>
    `Usage: appliance-creator [options]\n\nappliance-creator: ${text.replace(/^error: /, 'error: ').trimEnd()}\n`,
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
      .option('-c, --config <kickstart>', 'the kickstart: a path')
      .option('-n, --name <name>', 'name of the appliance (default: the kickstart’s, and the time)')
      .option('--version <version>', 'version of the appliance')
      .option('--release <release>', 'release of the appliance')
      .option('--vmem <MiB>', 'memory of the machine (default: recommended)', parseCount)
      .option('--vcpu <n>', 'processors of the machine (default: recommended)', parseCount)
      .option('--checksum', 'write checksums into the descriptor')
      .addOption(new Option('-f, --format <format>', 'disk format').choices(FORMATS).default('raw'))
      .option('--no-compress', 'raw: no xz; others: no compressed clusters')
      .option(
        '-p, --package <kind>',
        `what the result is packed into: ${PACKAGINGS.join(', ')}`,
        parsePackaging,
        'none',
      )
      .option('-i, --include <path>', 'a file, or a folder whose entries are copied beside the images')
      .option('-o, --outdir <folder>', 'where the result goes', '.')
      .option('-t, --tmpdir <folder>', 'where the build keeps its own files')
      .option('--cache <folder>', 'where packages are kept between runs')
      .option('--logfile <file>', 'append messages to this file')
      .option('-d, --debug', 'tell more')
      .option('-v, --verbose', 'tell more')
      .option('-q, --quiet', 'tell less')
      .option('--os <id>', 'the OS, where the kickstart does not say it (not in the original)')
      .option('--mirror <address>', 'take packages from here (not in the original)')
      .action(async (options: Options) => await create(options))
  );
}

function parsePackaging(text: string): Packaging {
  if ((PACKAGINGS as readonly string[]).includes(text)) return text as Packaging;
  throw new InvalidArgumentError(
    `bad option ${text}, Currently only none, zip, zip.64, tar, tar.gz, and tar.bz2 are supported`,
  );
}

async function create(options: Options): Promise<void> {
  const { config } = options;
  if (config === undefined || !existsSync(config)) {
    throw new InputError('config', `Kickstart config '${config ?? 'None'}' does not exist`);
  }
  if (options.include !== undefined && !existsSync(options.include)) {
    throw new InputError('include', `included file '${options.include}' does not exist`);
  }
  const name = options.name ?? `${basename(config).replace(/\.[^.]*$/, '')}-${timeStamp(new Date())}`;
  if (options.cache !== undefined) process.env['GUESTWRIGHT_CACHE_DIR'] = options.cache;
  const { runBuild } = await import('./build/run-build.js');
  const { packAppliance, unpackedFolder } = await import('./build/package.js');
  const folder = unpackedFolder(options.outdir, name, options.package);
  const format: ImageFormat = options.format === 'raw' && options.compress ? 'raw.xz' : options.format;
  await asOriginal(config, () =>
    runBuild({
      file: config,
      outputFolder: folder,
      name,
      ...(options.version === undefined ? {} : { version: options.version }),
      ...(options.release === undefined ? {} : { release: options.release }),
      formats: [format],
      namedByFormat: true,
      os: options.os,
      mirror: options.mirror,
      db: undefined,
      platform: undefined,
      memoryMiB: options.vmem,
      vcpus: options.vcpu,
      checksum: options.checksum === true,
      compress: options.compress,
      postOffline: false,
      tmpFolder: options.tmpdir,
      dryRun: false,
      json: false,
      summary: false,
      loudness: options.quiet ? 'quiet' : options.verbose || options.debug ? 'verbose' : 'normal',
      ...(options.logfile === undefined ? {} : { logFile: options.logfile }),
    }),
  );
  await packAppliance({
    folder,
    outputFolder: options.outdir,
    name,
    packaging: options.package,
    include: options.include,
  });
  process.stdout.write('Finished\n');
}

/** A kickstart that cannot be used and a build that fails both end with 1 there, each with its own words. */
async function asOriginal(config: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof GuestwrightError)) throw error;
    const wrongKickstart = error instanceof InputError && error.at?.file === config;
    const message = wrongKickstart
      ? `Unable to load kickstart file '${config}' : Failed to parse kickstart file '${config}' : ${error.message}`
      : `Unable to create appliance : ${error.message}`;
    throw new WorkError(error.code, message, { cause: error });
  }
}

/** `-202611212103`, local time, as the original names appliances. */
function timeStamp(now: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}${two(now.getHours())}${two(now.getMinutes())}`;
}
