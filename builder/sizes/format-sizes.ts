// SPDX-License-Identifier: Apache-2.0
import type { ImageSizes } from './types.js';

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** Bytes for people: `512 B`, `412.5 MiB`, `5 GiB`. At most one decimal, binary units. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  // 1023.95 would print as 1024.0 of the smaller unit.
  while (value >= 1023.95 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${Number(value.toFixed(1))} ${units[unit]}`;
}

const rows: readonly { readonly label: string; readonly of: (sizes: ImageSizes) => number | null }[] = [
  { label: 'capacity', of: (sizes) => sizes.capacityBytes },
  { label: 'length', of: (sizes) => sizes.lengthBytes },
  { label: 'allocation', of: (sizes) => sizes.allocationBytes },
  { label: 'commitment', of: (sizes) => sizes.commitmentBytes },
];

/** The four sizes of each image as a table of aligned columns (name, bytes, human units), without a final newline. */
export function formatSizes(images: readonly ImageSizes[]): string {
  const numbers = images
    .flatMap((image) => rows.map((row) => row.of(image)))
    .map((bytes) => String(bytes ?? '-').length);
  const width = Math.max(0, ...numbers);
  return images.map((image) => formatImage(image, width)).join('\n\n');
}

function formatImage(image: ImageSizes, width: number): string {
  const how = { magic: '', given: ' (as given)', fallback: ' (no format recognised)' }[image.formatSource];
  const unit = image.clusterBytes === undefined ? '' : `, units of ${formatBytes(image.clusterBytes)}`;
  const lines = [`${image.path}: ${image.format}${how}${unit}`];
  for (const row of rows) {
    const bytes = row.of(image);
    const human = bytes === null ? 'no bound' : formatBytes(bytes);
    lines.push(`  ${row.label.padEnd(10)}  ${String(bytes ?? '-').padStart(width)}  ${human}`);
  }
  if (image.commitmentNote !== undefined) lines.push(`  ${image.commitmentNote}`);
  return lines.join('\n');
}
