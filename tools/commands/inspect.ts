// SPDX-License-Identifier: Apache-2.0
import { Command, Option } from 'commander';
import { type ImageFormat, type ImageInspection, imageFormats } from '../../osinfo/detect/image/types.js';

interface Options {
  readonly json?: boolean;
  readonly format?: ImageFormat;
  readonly verbose?: boolean;
  readonly quiet?: boolean;
}

/** `guestwright inspect IMAGE…`: every image is looked at, also behind one that cannot be read. */
export function command(): Command {
  return new Command('inspect')
    .description('which OS is installed in a disk image (raw, qcow2, vmdk, vhdx, vdi, vpc), without root or mount')
    .argument('<image...>', 'disk images; they are only read')
    .option('--json', 'print one JSON document (schema/inspect.schema.json)')
    .addOption(
      new Option('--format <format>', 'take the images for this format instead of looking for magic numbers').choices(
        imageFormats,
      ),
    )
    .option('-v, --verbose', 'also partitions, mount points, boot loaders and why')
    .option('-q, --quiet', 'one line an image')
    .addHelpText(
      'after',
      `
A backing file, an external data file and the parent of a delta are never opened.`,
    )
    .action(async (images: readonly string[], options: Options) => {
      const { inspectImage } = await import('../../osinfo/detect/image/inspect.js');
      const { openDb } = await import('../../osinfo/open.js');
      const db = openDb();
      const found: ImageInspection[] = [];
      const failures: unknown[] = [];
      for (const image of images) {
        try {
          found.push(await inspectImage(image, options.format ? { db, format: options.format } : { db }));
        } catch (error) {
          failures.push(error);
        }
      }
      if (options.json) {
        const { printJson } = await import('../main.js');
        const { inspectionJson } = await import('../inspect/json.js');
        printJson({ format: 'guestwright/inspect/1', images: found.map(inspectionJson) });
      } else if (found.length > 0) {
        const { formatInspection, headline } = await import('../inspect/format.js');
        const verbose = options.verbose ?? false;
        const texts = found.map((image) =>
          options.quiet ? `${image.path}: ${headline(image)}` : formatInspection(image, { verbose }),
        );
        process.stdout.write(`${texts.join(options.quiet ? '\n' : '\n\n')}\n`);
      }
      if (found.some((image) => image.guests.length === 0)) process.exitCode = 1;
      const last = failures.pop();
      for (const failure of failures) process.stderr.write(`guestwright inspect: ${(failure as Error).message}\n`);
      if (last !== undefined) throw last;
    });
}
