// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plan, RpmInstallPlan, RpmRepository } from '../../../builder/plan/types.js';
import type { StageContext } from '../../../builder/run/context.js';
import type { WorkerEvent } from '../../../builder/run/protocol.js';
import { runInstall } from '../../../builder/stages/install/index.js';
import { cleanEnvironment, run } from '../../../osinfo/doors/process.js';
import { newFolder } from '../../osinfo/load/folders.js';
import { isRoot } from '../stages/tree.js';

/** An ordinary user's build is root in a name space; so is each tool of it here. */
export const AS_ROOT = isRoot ? [] : ['unshare', '--map-auto', '--map-root-user', '--'];

export const at = (line: number) => ({ file: 'test.ks', line, column: 1 });

/** A plan for one repository in a folder, changed where the test wants something else. */
export function rpmPlan(folder: string, more: Partial<RpmInstallPlan> = {}): RpmInstallPlan {
  return {
    family: 'rpm',
    tool: 'dnf',
    repositories: [repository('fx', folder)],
    sourcesWhy: 'the test',
    imageRepositories: [],
    releasever: '1',
    basearch: 'x86_64',
    packages: [],
    groups: [],
    modules: [],
    exclude: [],
    excludeGroups: [],
    variant: 'bare',
    recommends: true,
    docs: true,
    ignoreMissing: false,
    ignoreBroken: false,
    multilib: false,
    timeoutSeconds: 4,
    retries: 2,
    database: { path: '/usr/lib/sysimage/rpm', format: 'sqlite' },
    ...more,
  };
}

/** A repository by a folder or an address. */
export function repository(id: string, place: string, more: Partial<RpmRepository> = {}): RpmRepository {
  return {
    id,
    name: id,
    address: { kind: 'baseurl', url: place.startsWith('/') ? `file://${place}` : place },
    keys: [],
    gpgCheck: false,
    includePackages: [],
    excludePackages: [],
    verifySsl: true,
    ignoreGroups: false,
    moduleHotfixes: false,
    ...more,
  };
}

/** Packages of a kickstart, from its line 10 on. */
export const packages = (...names: string[]) => names.map((name, index) => ({ name, at: at(10 + index) }));

export interface Installed {
  readonly tree: string;
  readonly notices: readonly string[];
  /** What the system's database says is installed, without keys. */
  names(): string[];
  has(path: string): boolean;
  read(path: string): string;
  /** Every path of the tree. */
  files(): string[];
  /** Every path as the installation left them: rpm, when it is asked, makes files of its own. */
  readonly before: readonly string[];
  /** Checksums of the databases. */
  readonly sums: readonly string[];
}

/** Installs by the real stage into a new tree. */
export async function install(
  plan: RpmInstallPlan,
  { cache, epoch }: { cache?: string; epoch?: number } = {},
): Promise<Installed> {
  const folder = newFolder();
  for (const name of ['tree', 'scratch', 'work']) mkdirSync(join(folder, name));
  const tree = join(folder, 'tree');
  const scratch = join(folder, 'scratch');
  const notices: string[] = [];
  const context = {
    plan: {
      install: plan,
      scripts: [],
      system: { hostname: 'test' },
      kickstart: { file: 'test.ks' },
      outputs: epoch === undefined ? {} : { sourceDateEpoch: epoch },
    } as unknown as Plan,
    job: { workFolder: join(folder, 'work'), cacheFolder: cache },
    tree,
    scratch,
    emit: (event: WorkerEvent) => void (event.type === 'notice' && notices.push(event.message)),
    detail: () => undefined,
    tool: (words: readonly string[], options = {}) =>
      run([...AS_ROOT, ...words], {
        env: cleanEnvironment({ TMPDIR: scratch, HOME: scratch }),
        log: join(folder, 'log'),
        ...options,
      }),
  } as unknown as StageContext;
  try {
    await runInstall(context);
  } catch (error) {
    if (process.env['GUESTWRIGHT_DEBUG'] && existsSync(join(folder, 'log')))
      console.log(readFileSync(join(folder, 'log'), 'utf8'));
    throw error;
  }
  const list = (): string[] => (readdirSync(tree, { recursive: true }) as string[]).sort();
  const before = list();
  return {
    tree,
    notices,
    before,
    sums: before
      .filter((path) => path.endsWith('.sqlite'))
      .map((path) =>
        createHash('sha256')
          .update(readFileSync(join(tree, path)))
          .digest('hex'),
      ),
    names: () =>
      execFileSync('rpm', [`--root=${tree}`, `--dbpath=${plan.database.path}`, '-qa', '--qf', '%{name}\n'], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      })
        .split('\n')
        .filter((name) => name !== '' && name !== 'gpg-pubkey')
        .sort(),
    has: (path) => existsSync(join(tree, path)),
    read: (path) => readFileSync(join(tree, path), 'utf8'),
    files: list,
  };
}

/** What an installation is refused with, in one line. */
export async function refusal(plan: RpmInstallPlan): Promise<string> {
  const error = await install(plan).catch((one: Error) => one);
  if (!(error instanceof Error)) return `installed ${error.names().join(' ')}`;
  if (error.message.includes('\n')) throw new Error(`more than one line: ${error.message}`);
  return `${error.name}: ${error.message}`;
}
