// SPDX-License-Identifier: Apache-2.0
import type { DiskFormat, OutputPlan } from './types.js';

/** The formats that every disk is written in; none where only the tree is asked for. */
export function diskFormats(outputs: Pick<OutputPlan, 'formats'>): DiskFormat[] {
  return outputs.formats.filter((format) => format !== 'tar');
}

/** Names of the files that a plan's outputs are. */
export function imageFiles(
  name: string,
  disks: readonly { readonly name: string }[],
  outputs: Pick<OutputPlan, 'formats'>,
): string[] {
  return [
    ...disks.flatMap((disk) => diskFormats(outputs).map((format) => `${name}-${disk.name}.${format}`)),
    ...(outputs.formats.includes('tar') ? [treeFile(name)] : []),
  ];
}

/** The file of the system's tree. */
export function treeFile(name: string): string {
  return `${name}.tar`;
}
