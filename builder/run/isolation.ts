// SPDX-License-Identifier: Apache-2.0
import { readFileSync, writeFileSync } from 'node:fs';
import { release, userInfo } from 'node:os';
import { type Started, start } from '../../osinfo/doors/process.js';
import { boundProcesses } from './process-group.js';
import { countsBySpace } from './process-limit.js';
import { MOST_PROCESSES } from './sandbox.js';

type OnLine = (line: string, stream: 'stdout' | 'stderr') => void;

/** Mounts, processes, ipc and host name of its own; ended, with all that it started, when unshare ends. */
const SPACES = [
  '--mount',
  '--pid',
  '--fork',
  '--kill-child=SIGKILL',
  '--ipc',
  '--uts',
  '--propagation',
  'private',
  '--mount-proc',
];

/** Says that the user name space is there, and waits until its ids are mapped. No value from outside is in it. */
const WAIT = 'echo ready && read go && exec "$@"';

/**
 * Starts a command in name spaces of its own. An ordinary user is root there, with the user's range of ids
 * (subuid(5)). Root keeps its ids, each mapped onto itself: it has root's files, but no right over this machine's kernel
 * (no devices, no modules, no mounts outside); newuidmap would want ranges for root, so root writes the maps itself.
 * @throws MissingError when there is no unshare(1)
 */
export async function startIsolated(
  words: readonly string[],
  onLine: OnLine,
  env?: Readonly<Record<string, string>>,
): Promise<Started> {
  const options = env === undefined ? {} : { env };
  if (userInfo().uid !== 0) {
    return await start(['unshare', '--map-auto', '--map-root-user', ...SPACES, '--', ...words], { ...options, onLine });
  }
  let ready: () => void;
  const isReady = new Promise<void>((resolve) => {
    ready = resolve;
  });
  let waiting = true;
  const started = await start(
    ['unshare', '--user', '--', '/bin/sh', '-c', WAIT, 'sh', 'unshare', ...SPACES, '--', ...words],
    {
      ...options,
      onLine: (line, stream) => {
        if (waiting && stream === 'stdout' && line === 'ready') {
          waiting = false;
          ready();
        } else onLine(line, stream);
      },
    },
  );
  await Promise.race([isReady, started.ended]);
  if (!waiting) {
    writeFileSync(`/proc/${started.pid}/uid_map`, identityMap('/proc/self/uid_map'));
    writeFileSync(`/proc/${started.pid}/gid_map`, identityMap('/proc/self/gid_map'));
    // Where its process name space cannot bound itself; what it starts from now on is counted.
    if (!countsBySpace(release())) {
      const removeGroup = boundProcesses(started.pid, MOST_PROCESSES);
      void started.ended.finally(removeGroup);
    }
    started.write('go\n');
  }
  return started;
}

/** Every id that this process knows, mapped onto itself (user_namespaces(7)). */
function identityMap(file: string): string {
  return readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields.length === 3)
    .map(([inside, , count]) => `${inside} ${inside} ${count}\n`)
    .join('');
}
