// SPDX-License-Identifier: Apache-2.0
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { boundProcesses } from '../../../builder/run/process-group.js';

const HIERARCHIES = ['/sys/fs/cgroup', '/sys/fs/cgroup/pids'];

/** The hierarchy that counts processes, where this user may make groups in it. */
const hierarchy = HIERARCHIES.find((folder) => {
  const group = join(folder, 'guestwright-test');
  try {
    mkdirSync(group);
    const counts = readdirSync(group).includes('pids.max');
    rmdirSync(group);
    return counts;
  } catch {
    return false;
  }
});

const groups = (): string[] => readdirSync(hierarchy!).filter((name) => name.startsWith('build-'));

describe.skipIf(hierarchy === undefined)('a control group', () => {
  it('bounds what a process of root starts, and is gone when that has ended', async () => {
    const before = groups();
    const script = 'read go; i=0; while [ $i -lt 80 ]; do sleep 3 & i=$((i + 1)); done; echo all; kill $(jobs -p)';
    const child = spawn('sh', ['-c', script], { stdio: ['pipe', 'pipe', 'ignore'] });
    const remove = boundProcesses(child.pid!, 40);
    const made = groups().filter((name) => !before.includes(name));
    expect(made).toHaveLength(1);
    let said = '';
    child.stdout.on('data', (chunk) => {
      said += chunk;
    });
    child.stdin.end('go\n');
    await new Promise((done) => child.once('close', done));
    expect(said).toBe('');
    expect(groups()).toEqual(expect.arrayContaining(made));
    remove();
    expect(groups()).toEqual(before);
  });

  it('of a build that was killed goes with the next one, and one that is alive stays', async () => {
    const dead = execFileSync('sh', ['-c', 'echo $$'], { encoding: 'utf8' }).trim();
    const space = execFileSync('readlink', ['/proc/self/ns/pid'], { encoding: 'utf8' }).replace(/\D/g, '');
    const [gone, alive] = [`build-${space}-${dead}-1`, `build-${space}-${process.pid}-1`];
    for (const name of [gone, alive]) mkdirSync(join(hierarchy!, name));
    const child = spawn('sleep', ['0.1'], { stdio: 'ignore' });
    const remove = boundProcesses(child.pid!, 40);
    await new Promise((done) => child.once('close', done));
    remove();
    const left = groups();
    rmdirSync(join(hierarchy!, alive));
    expect(left).toContain(alive);
    expect(left).not.toContain(gone);
  });
});
