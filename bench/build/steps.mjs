// SPDX-License-Identifier: Apache-2.0
// What the floor and the peers have in common: steps that are measured one by one, and the image at their end.
import { statSync } from 'node:fs';
import { measure } from '../measure.mjs';

/**
 * Does steps one after the other.
 * @param steps `[name, words, options]`
 * @returns each step's figures by its name
 */
export async function measureSteps(steps) {
  const done = {};
  for (const [name, words, options] of steps) done[name] = await measure(words, options);
  return done;
}

/** The steps as one: times added, the most of the memory. */
export function inAll(steps) {
  const all = Object.values(steps);
  const most = (key) => Math.max(...all.map((step) => step[key]));
  return {
    steps,
    seconds: all.reduce((sum, step) => sum + step.seconds, 0),
    processKiB: most('processKiB'),
    machineKiB: most('machineKiB'),
  };
}

/** A raw disk packed by qemu-img: `zstd`, as ours is written, or `zlib`, as it packs by itself. */
export function packWords(raw, qcow2, packing = 'zstd') {
  return ['qemu-img', 'convert', '-f', 'raw', '-c', '-O', 'qcow2', '-o', `compression_type=${packing}`, raw, qcow2];
}

export function sizesOf(path) {
  const { size, blocks } = statSync(path);
  return { lengthBytes: size, allocationBytes: blocks * 512 };
}
