// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import {
  accessSync,
  constants,
  copyFileSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { parseKickstart } from '../../../builder/kickstart/index.js';
import type { Issue } from '../../../builder/kickstart/model.js';
import { planSystem } from '../../../builder/plan/system.js';
import type { Plan } from '../../../builder/plan/types.js';
import type { StageContext } from '../../../builder/run/context.js';
import type { WorkerEvent } from '../../../builder/run/protocol.js';
import { run } from '../../../osinfo/doors/process.js';
import { newFolder } from '../../osinfo/load/folders.js';

export interface TestTree {
  readonly context: StageContext;
  readonly tree: string;
  /** Notices of the stages so far. */
  readonly notices: string[];
  read(path: string): string;
  mode(path: string): string;
  has(path: string): boolean;
}

/** Whether this machine has the program, at the place where Debian puts it. Set-up does not put services on every machine. */
export const hasProgram = (path: string): boolean => existsSync(`/${path}`);

/** Whether a program is found by its name. */
export function hasCommand(program: string): boolean {
  return spawnSync('sh', ['-c', 'command -v "$0"', program], { stdio: 'ignore' }).status === 0;
}

/**
 * Whether this user may do with a tree what a stage does: a build by an ordinary user is root in a name space of its own,
 * which `test/e2e/unprivileged.test.ts` shows.
 */
export const isRoot = process.getuid?.() === 0;

/** Places whose programs and data the tree gets from this machine by a read-only mount, and so has without a copy. */
const LENT = '/usr';

/**
 * A small tree whose programs are this machine's: the real stages run the real tools in the real sandbox, which here sees
 * the machine's /usr at the tree's, but for /usr/local. What the tree's own /usr holds are only names, by which a stage finds what is
 * installed.
 * @param kickstart its text; what it plans is the tree's plan
 * @param installed paths of the tree: `usr/sbin/ifup` says that ifupdown is installed, `etc/ufw` is copied from here
 */
export function makeTree(kickstart: string, installed: readonly string[] = [], more: Partial<Plan> = {}): TestTree {
  const folder = newFolder();
  const tree = join(folder, 'tree');
  const scratch = join(folder, 'scratch');
  for (const path of [
    'etc',
    'root',
    'home',
    'var/lib',
    'var/log',
    'usr/lib',
    'usr/bin',
    'usr/sbin',
    'usr/lib64',
    'usr/local',
  ])
    mkdirSync(join(tree, path), { recursive: true });
  mkdirSync(scratch);
  for (const name of ['bin', 'sbin', 'lib', 'lib64']) symlinkSync(`usr/${name}`, join(tree, name));
  for (const path of ['etc/alternatives', ...installed]) {
    const target = join(tree, path);
    mkdirSync(dirname(target), { recursive: true });
    if (path.startsWith('usr/')) writeFileSync(target, '');
    else if (existsSync(`/${path}`))
      cpSync(`/${path}`, target, { recursive: true, verbatimSymlinks: true, filter: isReadable });
    else mkdirSync(target, { recursive: true });
  }
  writeFileSync(join(tree, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1::/:/usr/sbin/nologin\n');
  writeFileSync(join(tree, 'etc/group'), 'root:x:0:\ndaemon:x:1:\nsudo:x:27:\n');
  writeFileSync(join(tree, 'etc/shadow'), 'root:*:19000:0:99999:7:::\ndaemon:*:19000:0:99999:7:::\n');
  writeFileSync(join(tree, 'etc/gshadow'), 'root:*::\ndaemon:*::\nsudo:*::\n');
  copyFileSync('/etc/login.defs', join(tree, 'etc/login.defs'));
  cpSync('/etc/pam.d', join(tree, 'etc/pam.d'), { recursive: true });
  const notices: string[] = [];
  const issues: Issue[] = [];
  const { allowIgnored = [] } = more.system ?? {};
  const system = planSystem(parseKickstart(kickstart, 'test.ks'), 'web', [], { names: allowIgnored, notices: issues });
  const plan = { name: 'web', os: { family: 'deb' }, outputs: {}, scripts: [], ...more, system } as unknown as Plan;
  const context = {
    plan,
    job: { postOffline: true },
    tree,
    scratch,
    emit: (event: WorkerEvent) => void (event.type === 'notice' && notices.push(event.message)),
    detail: () => undefined,
    tool: (words: readonly string[], options = {}) => run(lend(words, tree), options),
  } as unknown as StageContext;
  return {
    context,
    tree,
    notices,
    read: (path) => readFileSync(join(tree, path), 'utf8'),
    mode: (path) => (lstatSync(join(tree, path)).mode & 0o7777).toString(8),
    has: (path) => existsSync(join(tree, path)),
  };
}

/** What an ordinary user may not read is not in its tree either. */
function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return lstatSync(path).isSymbolicLink();
  }
}

/** The sandbox as it is called, and right after its root the machine's /usr. */
function lend(words: readonly string[], tree: string): readonly string[] {
  const root = words.findIndex(
    (word, index) => word === '--bind' && words[index + 1] === tree && words[index + 2] === '/',
  );
  return root < 0
    ? words
    : [
        ...words.slice(0, root + 3),
        ...['--ro-bind', LENT, LENT, '--bind', join(tree, LENT, 'local'), join(LENT, 'local')],
        ...words.slice(root + 3),
      ];
}
