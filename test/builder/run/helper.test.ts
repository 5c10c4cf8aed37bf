// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type HelperContext, type HelperJob, runHelper } from '../../../builder/run/helper/index.js';
import { findProgram } from '../../../builder/run/probes.js';
import type { WorkerEvent } from '../../../builder/run/protocol.js';
import { run, start } from '../../../osinfo/doors/process.js';
import { newFolder } from '../../osinfo/load/folders.js';

const hasUml = findProgram('linux.uml') !== undefined;

function makeContext(): HelperContext & { readonly events: WorkerEvent[] } {
  const scratch = newFolder();
  const events: WorkerEvent[] = [];
  return {
    scratch,
    tree: join(scratch, 'tree'),
    events,
    emit: (event) => void events.push(event),
    tool: (words, options) => run(words, options),
  };
}

function makeJob(job: Partial<HelperJob>): HelperJob {
  return { purpose: 'a test', script: '', disks: [], modules: [], programs: [], timeoutSeconds: 60, ...job };
}

describe.skipIf(!hasUml)('the helper machine', () => {
  test('runs a script as root over disks, folders and values of this machine, says how long, and leaves nothing', async () => {
    const context = makeContext();
    const folder = newFolder();
    writeFileSync(join(folder, "it's, a file"), 'content');
    const disk = join(folder, 'a disk, it is: $(here)');
    await run(['truncate', '--size', '4M', '--', disk]);
    const result = await runHelper(
      context,
      makeJob({
        script:
          'id -u; cat "/run/helper/files/it\'s, a file"; echo; cat /run/helper/values/word; echo; printf written | dd of=/run/helper/disk0 2>/dev/null; mkdir /tmp/fs; grep -c dm_mod /proc/modules; touch /run/helper/files/new 2>/dev/null || echo read-only',
        disks: [{ file: disk }],
        folders: [{ from: folder, name: 'files' }],
        values: { word: `$(reboot) "'\\` },
        modules: ['dm-mod'],
      }),
    );
    expect(result).toMatchObject({
      machine: 'uml',
      lines: ['0', 'content', `$(reboot) "'\\`, '1', 'read-only'],
    });
    expect(readFileSync(disk).toString('utf8', 0, 8)).toBe('written\0');
    expect(context.events).toEqual([{ type: 'helper', purpose: 'a test', machine: 'uml', ms: result.ms }]);
    expect(readdirSync(context.scratch)).toEqual([]);
  });

  test('says the last line of a script that fails, and what it was for', async () => {
    const context = makeContext();
    const failing = runHelper(context, makeJob({ script: 'echo no such luck; false; echo never' }));
    await expect(failing).rejects.toThrow(/for a test \(exit code 1\): no such luck$/);
    expect(readdirSync(context.scratch)).toEqual([]);
  });

  test('is ended with its processes when the one that started it is killed', async () => {
    const context = makeContext();
    let started = false;
    const ended = runHelper(
      {
        ...context,
        tool: async (command, options) => {
          if (!command.includes('linux.uml')) return await run(command, options);
          // A process between, as the worker of a build is; it is killed, and has no time to end anything.
          const between = await start(
            ['/bin/sh', '-c', 'cd "$1"; shift; "$@" <&- & wait', 'sh', options!.cwd!, ...command],
            {
              onLine: (line) => {
                started ||= line.includes('guestwright helper ready');
                if (started) between.kill('SIGKILL');
              },
            },
          );
          await between.ended;
          throw new Error('killed');
        },
      },
      makeJob({ script: 'sleep 60' }),
    );
    await expect(ended).rejects.toThrow('killed');
    expect(started).toBe(true);
    await expect.poll(() => processesIn(context.scratch), { timeout: 5000 }).toEqual([]);
    expect(readdirSync(context.scratch)).toEqual([]);
  });
});

/** Programs of the machine that work in a folder below this one. */
function processesIn(folder: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readlinkSync(`/proc/${pid}/cwd`).startsWith(folder);
    } catch {
      return false;
    }
  });
}
