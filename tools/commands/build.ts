// SPDX-License-Identifier: Apache-2.0
import { Command, InvalidArgumentError, Option } from 'commander';
import { IMAGE_FORMATS } from '../../builder/plan/outputs.js';
import type { ImageFormat } from '../../builder/plan/types.js';
import { FRESH_STAGES, type FreshStage } from '../../builder/run/protocol.js';
import type { BootWishes } from '../build/boot-tests.js';
import { parseDiskSize } from '../build/disk-size.js';
import type { BuildRequest } from '../build/plan-build.js';
import { PROGRESS_STYLES, type ProgressStyle } from '../build/progress-styles.js';
import { collect, collectInclude, parseCount } from '../options/values.js';

/** `qcow2,vmdk`: each a format we write, none twice. */
export function parseFormats(text: string): ImageFormat[] {
  const names = [...new Set(text.split(',').map((name) => name.trim()))];
  for (const name of names) {
    if (!(IMAGE_FORMATS as readonly string[]).includes(name))
      throw new InvalidArgumentError(`the formats are ${IMAGE_FORMATS.join(', ')}.`);
  }
  return names as ImageFormat[];
}

/** `amd64,arm64`: names with commas between them, none twice. */
function parseNames(text: string): readonly string[] {
  const names = [...new Set(text.split(',').map((name) => name.trim()))];
  if (names.includes('')) throw new InvalidArgumentError('give one name or more, with commas between them.');
  return names;
}

interface Options {
  readonly output?: string;
  readonly name?: string;
  readonly format: ImageFormat[];
  readonly os?: string;
  readonly arch?: readonly string[];
  readonly jobs?: number;
  readonly mirror?: string;
  readonly db?: string;
  readonly platform?: string;
  readonly memory?: number;
  readonly vcpus?: number;
  readonly diskSize?: Readonly<Record<string, number>>;
  readonly checksum?: boolean;
  readonly compress: boolean;
  readonly allowIgnored: readonly string[];
  readonly runPre?: boolean;
  readonly defineInclude?: Readonly<Record<string, string>>;
  readonly postOffline?: boolean;
  readonly fresh?: FreshStage;
  readonly signSsh?: string;
  readonly signGpg?: string;
  readonly tmpdir?: string;
  readonly bootTest?: boolean;
  readonly bootExpect?: string;
  readonly bootRun: readonly string[];
  readonly bootPasswordFile?: string;
  readonly bootScreenshot?: string;
  readonly bootTimeout?: number;
  readonly checkReproducible?: boolean;
  readonly progress?: ProgressStyle;
  readonly dryRun?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

/** Whoever says what a start should show wants it started. */
function bootWishes(options: Options): BootWishes | undefined {
  if (!options.bootTest && options.bootRun.length === 0) return undefined;
  return {
    expect: options.bootExpect,
    commands: options.bootRun,
    passwordFile: options.bootPasswordFile,
    screenshot: options.bootScreenshot,
    timeoutSeconds: options.bootTimeout,
  };
}

function signers({ signSsh, signGpg }: Options): BuildRequest['sign'] {
  if (signSsh === undefined && signGpg === undefined) return undefined;
  return {
    ...(signSsh === undefined ? {} : { sshKey: signSsh }),
    ...(signGpg === undefined ? {} : { gpgKey: signGpg }),
  };
}

/** `guestwright build FILE.ks`: a kickstart becomes an appliance. */
export function command(): Command {
  return new Command('build')
    .description('build an appliance from a kickstart: disk images, virt-image XML, libvirt XML and a manifest')
    .argument('<file.ks...>', 'the kickstart; several are built side by side, and one that fails stops no other')
    .option(
      '-o, --output <folder>',
      'where the images go (default: appliances/NAME); of several builds, where their folders go',
    )
    .option('-n, --name <name>', 'name of the appliance (default: the name of the file)')
    .addOption(
      new Option('-f, --format <formats>', `image formats: ${IMAGE_FORMATS.join(', ')}`)
        .argParser(parseFormats)
        .default(['qcow2'], 'qcow2'),
    )
    .option('--os <id>', 'the OS, where the kickstart does not say it: an id or short id of the database')
    .option(
      '--arch <names>',
      'the architecture of the system: aarch64, arm64, x86_64, amd64… (default: this machine’s); several with commas',
      parseNames,
    )
    .option('--jobs <n>', 'how many builds go on at once (default: by processors and memory)', parseCount)
    .option('--mirror <address>', 'take packages from here')
    .option('--db <where>', 'another database: bundled, system, or a folder')
    .option('--platform <id>', 'the hypervisor that the machine is recommended for (default: the QEMU of this machine)')
    .option('--memory <MiB>', 'memory of the machine (default: recommended)', parseCount)
    .option('--vcpus <n>', 'processors of the machine (default: recommended)', parseCount)
    .option(
      '--disk-size <size>',
      'size of the disk of the system, or DISK=SIZE of another: 20G, sdb=500M (default: what lies on it)',
      parseDiskSize,
    )
    .option('--checksum', 'write checksums into the virt-image XML, and SHA512SUMS')
    .option('--sign-ssh <key>', 'sign the checksums with this SSH key, by ssh-keygen -Y')
    .option('--sign-gpg <key>', 'sign the checksums with this key of gpg’s')
    .option('--no-compress', 'write the images uncompressed')
    .addOption(
      new Option(
        '--allow-ignored <command>',
        'accept an image without what this command, section (%pre) or add-on asks for; may be repeated',
      )
        .argParser(collect)
        .default([], 'none'),
    )
    .option('--run-pre', 'run %pre, in a sandbox with an empty disk, and include what it writes')
    .option(
      '--define-include <path=file>',
      'a file to take where %include names the path; %pre is then not run; may be repeated',
      collectInclude,
    )
    .option('--post-offline', 'give %post no network, and %pre neither')
    .addOption(
      new Option('--fresh <stage>', 'do this stage and what follows again, whatever is kept of it').choices(
        FRESH_STAGES,
      ),
    )
    .option('--tmpdir <folder>', 'where the build keeps its own files')
    .option(
      '--boot-test',
      'start the finished appliance in QEMU, from BIOS and from UEFI, and wait for its login prompt',
    )
    .addOption(
      new Option('--boot-expect <string>', 'wait for this on its serial console instead').implies({ bootTest: true }),
    )
    .addOption(
      new Option(
        '--boot-run <command>',
        'log in as root, check units, mounts and swap, and run this in its shell; may be repeated',
      )
        .argParser(collect)
        .default([], 'none'),
    )
    .addOption(
      new Option(
        '--boot-password-file <file>',
        'root’s password, in its first line, where the kickstart does not have it in plain text',
      ).implies({ bootTest: true }),
    )
    .addOption(
      new Option('--boot-screenshot <file>', 'a PNG of its screen, of each start and also of one that fails').implies({
        bootTest: true,
      }),
    )
    .addOption(
      new Option(
        '--boot-timeout <seconds>',
        'how long it may take until its prompt, and for each answer (default: 300 each, and 240 for each passphrase)',
      )
        .argParser(parseCount)
        .implies({ bootTest: true }),
    )
    .option('--check-reproducible', 'build twice, the second time cold, and show the first difference of each file')
    .option('--dry-run', 'say what would be done, and do nothing')
    .option('--json', 'print the plan (with --dry-run) or the manifest as JSON; of several builds one document')
    .addOption(
      new Option(
        '--progress <style>',
        'on standard error: a tree of stages, lines, or json: a document a line (default: a tree on a terminal, else lines)',
      ).choices(PROGRESS_STYLES),
    )
    .addOption(new Option('-q, --quiet', 'say nothing but errors').conflicts('verbose'))
    .option('-v, --verbose', 'say what each stage is at')
    .action(async (files: readonly string[], options: Options) => {
      const request: BuildRequest = {
        file: files[0]!,
        outputFolder: options.output,
        name: options.name,
        formats: options.format,
        os: options.os,
        arch: options.arch?.[0],
        mirror: options.mirror,
        db: options.db,
        platform: options.platform,
        memoryMiB: options.memory,
        vcpus: options.vcpus,
        diskBytes: options.diskSize,
        checksum: options.checksum ?? false,
        compress: options.compress,
        allowIgnored: options.allowIgnored,
        runPre: options.runPre ?? false,
        defineIncludes: options.defineInclude ?? {},
        postOffline: options.postOffline ?? false,
        fresh: options.fresh,
        sign: signers(options),
        tmpFolder: options.tmpdir,
        bootTest: bootWishes(options),
        checkReproducible: options.checkReproducible ?? false,
        progress: options.progress,
        dryRun: options.dryRun ?? false,
        json: options.json ?? false,
        loudness: options.quiet ? 'quiet' : options.verbose ? 'verbose' : 'normal',
      };
      if (files.length === 1 && (options.arch?.length ?? 1) === 1) {
        const { runBuild } = await import('../build/run-build.js');
        await runBuild(request);
        return;
      }
      const { defaultJobs, planMatrix, runMatrix } = await import('../build/matrix.js');
      await runMatrix(planMatrix(request, files, options.arch ?? [undefined]), options.jobs ?? defaultJobs());
    });
}
