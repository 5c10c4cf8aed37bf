// SPDX-License-Identifier: Apache-2.0
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bootTest } from '../../builder/boot-test/boot-test.js';
import type { Manifest } from '../../builder/output/manifest.js';
import type { Plan } from '../../builder/plan/types.js';
import { readCases } from '../e2e/kickstarts.js';
import { ask, makeFolder, remains, root, runTool } from '../e2e/machine.js';
import { type Builder, ordinaryUser } from '../e2e/users.js';
import { checkInside } from './inside.js';
import { formatResults, keepResult, readResults, resultOf } from './layout-results.js';
import { treeDifferences } from './same-tree.js';

/*
 * Every kickstart of `test/e2e/kickstarts/`: built as an ordinary user, sound by the tools of others, started from its own
 * boot loader, looked at from inside, and read back. GUESTWRIGHT_CACHE_DIR keeps what was installed from run to run.
 */

/** What is for another architecture has a run of its own. */
const CASES = readCases().filter(({ words }) => !words.includes('--arch'));

const folder = makeFolder();
let builder: Builder;

beforeAll(() => {
  cpSync(join(root, 'test/e2e/kickstarts'), join(folder, 'kickstarts'), { recursive: true });
  builder = ordinaryUser(folder, 'gwtest-images', process.env['GUESTWRIGHT_CACHE_DIR']);
});

afterAll(() => {
  builder?.remove();
  rmSync(folder, { recursive: true, force: true });
  console.log(formatResults(readResults()));
});

const run = (...words: string[]) =>
  runTool([builder.tool, 'build', ...words], { cache: builder.cache, cwd: folder, ...builder.as });

describe.each(CASES.map((one) => [one.name, one] as const))('%s', (name, one) => {
  const out = (): string => join(builder.home, name);
  const kickstart = join(folder, 'kickstarts', `${name}.ks`);
  let plan: Plan;
  let manifest: Manifest;
  const bootSeconds: Record<string, number> = {};
  let compared = false;
  let proven = false;
  const disks = (): { path: string; format: string }[] =>
    manifest.disks.map(({ images }) => {
      const image = images.find(({ format }) => format === 'qcow2')!;
      return { path: join(out(), image.file), format: 'qcow2' };
    });

  it('is planned and built as an ordinary user', async () => {
    plan = JSON.parse((await run(kickstart, ...one.words, '--dry-run', '--json')).stdout) as Plan;
    const { code, stdout, stderr } = await run(kickstart, ...one.words, '-o', out(), '-f', 'qcow2,tar', '--json', '-q');
    expect(code, stderr).toBe(0);
    manifest = JSON.parse(stdout) as Manifest;
    expect(await remains(folder, join(builder.cache, 'work'))).toEqual([]);
  });

  it('has sound disks, of the planned sizes, and a table that says what is planned', async () => {
    for (const [index, { path }] of disks().entries()) {
      await ask('qemu-img', 'check', '-q', path);
      const raw = `${path}.raw`;
      await ask('qemu-img', 'convert', '-O', 'raw', path, raw);
      const { sizeBytes, label, partitions, extended } = plan.disks[index]!;
      expect(await ask('sfdisk', '--verify', raw)).toMatch(/No errors detected/);
      const { partitiontable } = JSON.parse(await ask('sfdisk', '--json', raw)) as {
        partitiontable: { label: string; partitions: { start: number; size: number }[] };
      };
      expect(partitiontable.label).toBe(label);
      const planned = [...partitions, ...(extended ? [extended] : [])].sort((a, b) => a.number - b.number);
      expect(partitiontable.partitions.map(({ start, size }) => [start * 512, size * 512])).toEqual(
        planned.map((part) => [part.startBytes, part.sizeBytes]),
      );
      expect(manifest.disks[index]!.images[0]!.capacityBytes).toBe(sizeBytes);
      rmSync(raw);
    }
  });

  it('holds the tree that was installed: owners, modes, times, links, attributes, capabilities, ACLs and holes', async () => {
    expect(await treeDifferences(plan, disks(), join(out(), `${name}.tar`))).toEqual([]);
    compared = true;
  });

  it('starts by itself from each firmware, and has its mounts and its swap', async () => {
    const [first, ...others] = plan.boot.firmware;
    const guest = {
      recommendation: manifest.recommendation,
      name,
      disks: disks(),
      secrets: plan.storage.luks,
      password: 'guestwright',
    };
    bootSeconds[first!] = await checkInside({ ...guest, firmware: first! }, plan);
    for (const firmware of others)
      bootSeconds[firmware] = (await bootTest({ ...guest, firmware, timeoutSeconds: 600 })).seconds;
    proven = true;
  });

  it('is told in the table', () => {
    expect(proven).toBe(true);
    keepResult(resultOf(manifest, { name, what: one.what, bootSeconds, treesCompared: compared }));
    rmSync(out(), { recursive: true, force: true });
  });
});
