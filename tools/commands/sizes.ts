// SPDX-License-Identifier: Apache-2.0
import { Command, Option } from 'commander';
import { type ImageFormat, type ImageSizes, imageFormats } from '../../builder/sizes/types.js';

/** `guestwright sizes IMAGE…`: every image is looked at, also behind one that cannot be read. */
export function command(): Command {
  return new Command('sizes')
    .description('capacity, length, allocation and commitment of disk images (raw, qcow2, vmdk, vhdx, vdi, vpc)')
    .argument('<image...>', 'disk images')
    .option('--json', 'print one JSON document (schema/sizes.schema.json)')
    .addOption(
      new Option('--format <format>', 'take the images for this format instead of looking for magic numbers').choices(
        imageFormats,
      ),
    )
    .addHelpText(
      'after',
      `
capacity    what the guest sees
length      the highest byte of the file
allocation  what the file takes on its file system now
commitment  the length that the file cannot exceed, whatever the guest writes`,
    )
    .action(async (images: readonly string[], options: { readonly json?: boolean; readonly format?: ImageFormat }) => {
      const { imageSizes } = await import('../../builder/sizes/image-sizes.js');
      const sizes: ImageSizes[] = [];
      const failures: unknown[] = [];
      for (const image of images) {
        try {
          sizes.push(imageSizes(image, options.format ? { format: options.format } : {}));
        } catch (error) {
          failures.push(error);
        }
      }
      if (options.json) {
        const { printJson } = await import('../main.js');
        printJson({ format: 'guestwright/sizes/1', images: sizes });
      } else if (sizes.length > 0) {
        const { formatSizes } = await import('../../builder/sizes/format-sizes.js');
        process.stdout.write(`${formatSizes(sizes)}\n`);
      }
      const last = failures.pop();
      for (const failure of failures) process.stderr.write(`guestwright sizes: ${(failure as Error).message}\n`);
      if (last !== undefined) throw last;
    });
}
