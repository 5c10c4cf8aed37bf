// SPDX-License-Identifier: Apache-2.0
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Table from 'cli-table3';
import type { Manifest } from '../../builder/output/manifest.js';
import { root } from '../e2e/machine.js';

/** What one kickstart came to, in bytes and seconds: a line of the table of layouts. */
export interface LayoutResult {
  readonly name: string;
  readonly what: string;
  readonly disks: number;
  readonly capacityBytes: number;
  readonly qcow2Bytes: number;
  /** The stages after the installation, which other kickstarts share; and the installation where it was done for this. */
  readonly buildSeconds: number;
  readonly installSeconds?: number;
  readonly bootSeconds: Readonly<Partial<Record<'bios' | 'uefi', number>>>;
  readonly helper?: { readonly machine: string; readonly seconds: number };
  /** The tree that was read back from the images was held against the one that was installed, and is the same. */
  readonly treesCompared: boolean;
}

/** Results stay here from one run to the next, so that a run of one layout renews its line alone. */
const FILE = join(root, 'coverage/layouts.json');

export function readResults(): LayoutResult[] {
  return existsSync(FILE) ? (JSON.parse(readFileSync(FILE, 'utf8')) as LayoutResult[]) : [];
}

export function keepResult(result: LayoutResult): void {
  const others = readResults().filter(({ name }) => name !== result.name);
  const all = [...others, result].sort((a, b) => (a.name < b.name ? -1 : 1));
  mkdirSync(dirname(FILE), { recursive: true });
  writeFileSync(`${FILE}.part`, `${JSON.stringify(all, undefined, 2)}\n`);
  renameSync(`${FILE}.part`, FILE);
}

/** The line of what was built, as its manifest tells it; `said` is what only the test knows. */
export function resultOf(
  { disks, stages = [], helpers = [] }: Manifest,
  said: Pick<LayoutResult, 'name' | 'what' | 'bootSeconds' | 'treesCompared'>,
): LayoutResult {
  const seconds = (ms: number): number => Math.round(ms / 100) / 10;
  const install = stages.find(({ stage }) => stage === 'install')!;
  return {
    ...said,
    disks: disks.length,
    capacityBytes: sum(disks.map(({ images }) => images[0]!.capacityBytes)),
    qcow2Bytes: sum(disks.map(({ images }) => images.find(({ format }) => format === 'qcow2')!.lengthBytes)),
    buildSeconds: seconds(sum(stages.filter((stage) => stage !== install).map(({ ms }) => ms))),
    ...(install.cached ? {} : { installSeconds: seconds(install.ms) }),
    ...(helpers.length === 0
      ? {}
      : { helper: { machine: helpers[0]!.machine, seconds: seconds(sum(helpers.map(({ ms }) => ms))) } }),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

const MIB = 1024 ** 2;

export function formatResults(results: readonly LayoutResult[]): string {
  const table = new Table({
    head: ['layout', 'disks', 'MiB', 'qcow2 MiB', 'install s', 'build s', 'BIOS s', 'UEFI s', 'helper machine', 'tree'],
    style: { head: [], border: [] },
  });
  for (const one of results) {
    table.push([
      one.name,
      one.disks,
      Math.round(one.capacityBytes / MIB),
      Math.round(one.qcow2Bytes / MIB),
      one.installSeconds ?? 'kept',
      one.buildSeconds,
      one.bootSeconds.bios ?? '–',
      one.bootSeconds.uefi ?? '–',
      one.helper ? `${one.helper.machine}, ${one.helper.seconds} s` : 'no',
      one.treesCompared ? 'same' : 'not compared',
    ]);
  }
  return table.toString();
}
