// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { startIsolated } from '../../../builder/run/isolation.js';
import { countsBySpace } from '../../../builder/run/process-limit.js';
import { runScripts } from '../../../builder/stages/scripts.js';
import type { RunOptions } from '../../../osinfo/doors/process.js';
import { ToolError } from '../../../osinfo/errors.js';
import { whyNot } from '../stages/filesystem/making.js';
import { makeTree } from '../stages/tree.js';

const why = whyNot('bwrap', 'prlimit', 'unshare');

/** Runs a %post in the name spaces of a build, as root's builds do, and answers with what it printed. */
async function post(body: string, prelude = 'exec "$@"'): Promise<string[]> {
  const { context } = makeTree('');
  const said: string[] = [];
  const tool = async (words: readonly string[], options: RunOptions = {}) => {
    const lines: string[] = [];
    const started = await startIsolated(['sh', '-c', prelude, 'sh', ...words], (line) => {
      lines.push(line);
      options.onLine?.(line, 'stdout');
    });
    const exitCode = (await started.ended) ?? -1;
    if (!(options.okCodes ?? [0]).includes(exitCode)) throw new ToolError('sh', exitCode, lines.join('\n'));
    return { stdout: lines.join('\n'), stderr: '', exitCode };
  };
  const script = {
    type: 'post',
    at: { file: 'a.ks', line: 1 },
    interpreter: '/bin/sh',
    chroot: true,
    errorOnFail: false,
    body,
  };
  await runScripts({
    ...context,
    plan: {
      ...context.plan,
      scripts: [script],
      disks: [{ partitions: [{ mountpoint: '/srv/data' }] }],
      storage: { raids: [], luks: [], volumeGroups: [], btrfs: [] },
    },
    tool: (words: readonly string[], options: RunOptions) => tool(lent(words, context.tree), options),
    detail: (_stage: string, text: string) => void said.push(text),
  } as unknown as Parameters<typeof runScripts>[0]);
  return said.slice(1);
}

/** This machine's programs in the tree, read-only. */
function lent(words: readonly string[], tree: string): readonly string[] {
  const at = words.findIndex((word, index) => word === '--bind' && words[index + 1] === tree);
  return [...words.slice(0, at + 3), '--ro-bind', '/usr', '/usr', ...words.slice(at + 3)];
}

/** Opens without writing: enough to know, and harmless where it can be done. */
const opens = (path: string): string => `test -e ${path} && (: >>${path}) 2>/dev/null && echo open ${path}`;

const OF_MACHINE = [
  '/proc/sys/kernel/core_pattern',
  '/proc/sys/kernel/sysrq',
  '/proc/sys/vm/swappiness',
  '/proc/sysrq-trigger',
  '/proc/irq/default_smp_affinity',
  '/sys/kernel/mm/ksm/run',
  '/sys/power/state',
  '/dev/sda',
  '/dev/mem',
  '/dev/kmsg',
];

describe.skipIf(why !== '')(`a %post${why}`, () => {
  it('finds the folders that the disks are mounted at, as in an installer', async () => {
    expect(await post('echo kept >/srv/data/file && cat /srv/data/file')).toEqual(['kept']);
  });
});

describe.skipIf(why !== '')(`a hostile %post${why}`, () => {
  it('opens nothing of this machine for writing, also when it takes the mounts over it away', async () => {
    const said = await post(
      [
        ...OF_MACHINE.map(opens),
        'for place in /proc/sys /proc/sysrq-trigger /proc /sys; do umount -l $place; mount -o remount,bind,rw $place; done 2>/dev/null',
        ...OF_MACHINE.map(opens),
        'mount -t proc proc /tmp 2>/dev/null && echo mounted; mount -t sysfs sys /tmp 2>/dev/null && echo mounted',
        'echo end',
      ].join('\n'),
    );
    expect(said).toEqual(['end']);
  });

  it('nor from a user name space of its own, where it may mount', async () => {
    const inside = [
      'mount -t tmpfs none /tmp && echo may mount',
      'for place in /proc/sys /proc /sys; do umount $place; mount -o remount,bind,rw $place; done 2>/dev/null',
      'mount -t proc proc /tmp 2>/dev/null && echo proc mounted',
      ...OF_MACHINE.map(opens),
      'echo end',
    ].join('; ');
    const said = await post(`unshare --user --map-root-user --mount --pid --fork sh -c '${inside}'`);
    expect(said).toEqual(['may mount', 'end']);
  });

  it('makes no device nodes, sees no other processes and cannot end the first one', async () => {
    const said = await post(
      'mknod /root/disk b 8 0 2>/dev/null && echo made\nls /proc | grep -c "^[0-9]"\nkill -9 1 2>/dev/null\nkill -9 -1 2>/dev/null\necho end',
    );
    expect(Number(said[0])).toBeLessThan(6);
    expect(said.slice(1)).toEqual(['end']);
  });

  it('ends with all that it started: nothing it leaves in the background goes on', async () => {
    const mark = `sleep ${100_000 + process.pid}`;
    await post(`setsid ${mark} >/dev/null 2>&1 &\n(${mark} & ) >/dev/null 2>&1\nsleep 0.2`);
    expect(processes()).not.toContain(mark);
  });

  it('starts so many processes only, and those go when it ends', async () => {
    const space = 'echo 400 >/proc/sys/kernel/pid_max 2>/dev/null; exec "$@"';
    const bomb = 'i=0\nwhile [ $i -lt 600 ]; do sleep 31 & i=$((i + 1)); done 2>/dev/null\necho all\n';
    const said = await post(bomb, countsBySpace(release()) ? space : 'ulimit -u 400; exec "$@"');
    expect(said).toEqual([]);
    expect(processes()).not.toContain('sleep 31');
  });
});

function release(): string {
  return readFileSync('/proc/sys/kernel/osrelease', 'utf8');
}

function processes(): string {
  return execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' });
}

it.each([
  ['6.18.44-cloud', true],
  ['6.14.0', true],
  ['6.13.9', false],
  ['6.1.0-18-amd64', false],
  ['7.0', true],
  ['5.15', false],
  ['', false],
])('a process name space of Linux %s has a largest number of its own: %s', (version, counts) =>
  expect(countsBySpace(version)).toBe(counts),
);
