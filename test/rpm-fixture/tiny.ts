// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describeDebs, fetchDebs, kernelBehind } from './debs.js';
import { program } from './program.js';
import { buildPackages, indexPackages, keep, textOf } from './repository.js';

const FILES = join(import.meta.dirname, 'tiny');

/** A distribution that can be installed by dnf. */
export interface Distribution {
  /** The folder with the packages and their metadata. */
  readonly repository: string;
  readonly kernelVersion: string;
}

/**
 * The tiny distribution: seven packages of busybox and Debian's cloud kernel, with groups, scriptlets and an initramfs
 * made when they are installed; it starts to a login prompt. Made in some ten seconds, and kept for the next run.
 */
export async function tinyDistribution(): Promise<Distribution> {
  const kernel = await kernelBehind('linux-image-cloud-amd64');
  const debs = await describeDebs(['busybox-static', kernel]);
  const kernelVersion = kernel.replace('linux-image-', '');
  const parts = [
    textOf(FILES),
    ...debs.map((deb) => `${deb.name} ${deb.version} ${deb.sha256}`),
    await program(['rpm', '--version']),
  ];
  const place = await keep('tiny', parts, async (folder) => {
    const files = await fetchDebs(['busybox-static', kernel], folder);
    for (const [name, file] of files) await program(['dpkg-deb', '-x', file, join(folder, name)]);
    mkdirSync(join(folder, 'repository'));
    await buildPackages(join(FILES, 'tiny.spec'), folder, {
      busybox: join(folder, 'busybox-static/bin/busybox'),
      kernel_root: join(folder, kernel),
      kernel_version: kernelVersion,
      here: FILES,
    });
    await indexPackages(join(folder, 'repository'), join(FILES, 'comps.xml'));
    for (const [name, file] of files) for (const path of [file, join(folder, name)]) rmSync(path, { recursive: true });
  });
  return { repository: join(place, 'repository'), kernelVersion };
}
