// SPDX-License-Identifier: Apache-2.0
import { existsSync, lstatSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ToolError } from '../../osinfo/errors.js';
import type { RpmInstallPlan } from '../plan/types.js';
import type { StageContext } from '../run/context.js';
import type { JobResult } from '../run/protocol.js';
import { sandboxed } from '../run/sandbox.js';
import { hasInTree, insideTree } from './files.js';

type Packages = JobResult['packages'];

/** Name, version with epoch and release, architecture: one package a line, in the words of rpm's query format. */
const QUERY = '%{NAME}\\t%|EPOCH?{%{EPOCH}:}|%{VERSION}-%{RELEASE}\\t%{ARCH}\\n';

const MAX_LIST_BYTES = 64 * 1024 * 1024;

/** What the packages' own database says is installed, in order of names; nothing where `%post` took it away. */
export async function listPackages(context: StageContext): Promise<Packages> {
  const { install } = context.plan;
  const packages = install.family === 'deb' ? listDebs(context.tree) : await listRpms(context, install.database);
  return packages.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** From dpkg's own status file. */
function listDebs(tree: string): Packages {
  const status = insideTree(tree, 'var/lib/dpkg/status');
  if (!lstatSync(status, { throwIfNoEntry: false })?.isFile()) return [];
  return readFileSync(status, 'utf8')
    .split('\n\n')
    .flatMap((stanza) => {
      const field = (name: string): string | undefined => new RegExp(`^${name}: (.*)$`, 'm').exec(stanza)?.[1];
      const name = field('Package');
      if (name === undefined || !field('Status')?.endsWith(' installed')) return [];
      return [{ name, version: field('Version') ?? '', arch: field('Architecture') ?? '' }];
    });
}

/** By the system's own rpm, which knows its database's format; a system without one is asked by this machine's. */
async function listRpms(context: StageContext, { path }: RpmInstallPlan['database']): Promise<Packages> {
  if (!existsSync(join(context.tree, path))) return [];
  const ask = ['rpm', '-qa', '--queryformat', QUERY];
  const options = { keepBytes: MAX_LIST_BYTES };
  try {
    const { stdout } = hasInTree(context.tree, 'usr/bin/rpm')
      ? await sandboxed(context, ask, options)
      : await sandboxed(context, [...ask, '--dbpath', `/mnt/sysimage${path}`], {
          ...options,
          root: 'builder',
          binds: [[context.tree, '/mnt/sysimage']],
        });
    return parseRpmList(stdout);
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    context.emit({ type: 'notice', message: `what is installed cannot be listed: ${error.message}` });
    return [];
  } finally {
    removeJournal(context.tree, path);
  }
}

/** Lines of `QUERY`. Keys of repositories stand among the packages as `gpg-pubkey`, without an architecture. */
export function parseRpmList(text: string): Packages {
  return text
    .split('\n')
    .map((line) => line.split('\t'))
    .filter((fields) => fields.length === 3 && fields[0] !== 'gpg-pubkey')
    .map(([name, version, arch]) => ({ name: name!, version: version!, arch: arch! }));
}

/** A question leaves SQLite's journal behind, empty, and an index of it. */
function removeJournal(tree: string, path: string): void {
  const journal = insideTree(tree, `${path}/rpmdb.sqlite-wal`);
  if (existsSync(journal) && statSync(journal).size > 0) return;
  for (const name of ['rpmdb.sqlite-wal', 'rpmdb.sqlite-shm', '.rpm.lock'])
    rmSync(insideTree(tree, `${path}/${name}`), { force: true });
}
