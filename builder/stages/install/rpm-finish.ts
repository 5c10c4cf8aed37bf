// SPDX-License-Identifier: Apache-2.0
import { existsSync, lstatSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ToolError, WorkError } from '../../../osinfo/errors.js';
import type { RpmDatabasePlan, RpmInstallPlan, RpmRepository } from '../../plan/types.js';
import type { StageContext } from '../../run/context.js';
import { sandboxed } from '../../run/sandbox.js';
import { insideTree, writeTreeFile } from '../files.js';
import { formatRepository } from './repo-file.js';
import { type RpmPlace, SEEN } from './rpm-place.js';

/** Of rpm's formats of a database those that its `%_db_backend` names. */
const FORMATS: readonly RpmDatabasePlan['format'][] = ['sqlite', 'ndb', 'bdb'];

/** What tools leave in a tree and no package owns. */
const LEFT_OVERS = ['var/log', 'tmp', 'var/tmp', 'run', 'var/cache/dnf', 'var/cache/zypp'] as const;
const LEFT_FILES = /^(?:dnf(?:\.[a-z]+)*\.log(?:\.\d+)?|hawkey\.log|zypper\.log|zypp)$/;

/** Gives the tree its own files about packages, and takes out what the build left. */
export async function finishRpmTree(context: StageContext, plan: RpmInstallPlan, place: RpmPlace): Promise<void> {
  await finishDatabase(context, plan, place);
  removeLeftOvers(context.tree);
  const { tree } = context;
  const folder = plan.tool === 'dnf' ? 'etc/yum.repos.d' : 'etc/zypp/repos.d';
  for (const repository of plan.imageRepositories)
    writeTreeFile(
      tree,
      `${folder}/${repository.id}.repo`,
      imageRepository(repository),
      repository.proxy === undefined ? 0o644 : 0o600,
    );
  // As the installer leaves it: what is installed later has the same languages.
  if (plan.languages !== undefined)
    writeTreeFile(
      tree,
      'etc/rpm/macros.image-language-conf',
      `%_install_langs ${plan.languages.length === 0 ? 'none' : plan.languages.join(':')}\n`,
    );
  if (plan.multilib && plan.tool === 'dnf') addSetting(tree, 'multilib_policy=all');
}

function imageRepository(repository: RpmRepository): string {
  // Files of the machine that builds are not in the image; a key that lies on it is not either.
  const keys = repository.keys.map((key) => key.url).filter((url) => !url.startsWith('file:'));
  return formatRepository({ ...repository, gpgCheck: repository.gpgCheck && keys.length > 0 }, { keys });
}

function addSetting(tree: string, setting: string): void {
  const path = 'etc/dnf/dnf.conf';
  const file = insideTree(tree, path);
  const before = lstatSync(file, { throwIfNoEntry: false })?.isFile()
    ? readFileSync(file, 'utf8').replace(/\n*$/, '\n')
    : '[main]\n';
  writeTreeFile(tree, path, `${before}${setting}\n`);
}

/**
 * Closes the databases as if nobody had them open; the journal of SQLite, and its index, are then gone. What is to be the
 * same bytes has nothing of the day in it, and nothing that scripts of packages printed: how long they took is among it.
 */
const CLOSE_DATABASES = `
import os, sqlite3, sys
own, epoch, *files = sys.argv[1:]
for path in files:
    if not os.path.isfile(path) or os.path.islink(path):
        continue
    db = sqlite3.connect(path, isolation_level=None)
    if path.endswith("history.sqlite"):
        db.execute("UPDATE trans SET cmdline = ?", (own,))
        if epoch:
            db.execute("UPDATE trans SET dt_begin = ?, dt_end = ?", (int(epoch), int(epoch)))
            db.execute("DELETE FROM console_output")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    if epoch:
        db.execute("VACUUM")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
`;

/**
 * Makes the database what the system's own rpm reads. Debian's rpm writes SQLite only: for another format what is
 * installed is written out, and the system's own rpm reads it in.
 */
async function finishDatabase(context: StageContext, plan: RpmInstallPlan, place: RpmPlace): Promise<void> {
  const { path } = plan.database;
  const epoch = context.plan.outputs.sourceDateEpoch;
  if (existsSync(join(context.tree, path, 'rpmdb.sqlite')))
    await place.run(
      [
        '/usr/bin/python3',
        '-I',
        '-c',
        CLOSE_DATABASES,
        plan.tool,
        epoch === undefined ? '' : String(epoch),
        `${SEEN.tree}${path}/rpmdb.sqlite`,
        `${SEEN.tree}/var/lib/dnf/history.sqlite`,
      ],
      false,
    );
  rmSync(insideTree(context.tree, join(path, '.rpm.lock')), { force: true });
  const format = await databaseFormat(context, plan);
  if (format !== 'sqlite') await convertDatabase(context, plan, place, format);
}

/** What the system's own rpm says; one that is too old to know the question, or not there, leaves it to the plan. */
async function databaseFormat(context: StageContext, { database }: RpmInstallPlan): Promise<RpmDatabasePlan['format']> {
  if (!hasProgram(context.tree, 'rpm')) return database.format;
  try {
    const { stdout } = await sandboxed(context, ['rpm', '--eval', '%{_db_backend}']);
    return FORMATS.find((one) => one === stdout.trim()) ?? database.format;
  } catch (error) {
    if (error instanceof ToolError) return database.format;
    throw error;
  }
}

function hasProgram(tree: string, name: string): boolean {
  return ['usr/bin', 'bin'].some((folder) => existsSync(join(tree, folder, name)));
}

async function convertDatabase(
  context: StageContext,
  plan: RpmInstallPlan,
  place: RpmPlace,
  format: RpmDatabasePlan['format'],
): Promise<void> {
  const { path } = plan.database;
  if (!hasProgram(context.tree, 'rpmdb')) {
    context.emit({
      type: 'notice',
      message: `the system has no rpm of its own: its package database is in SQLite's format, not in ${format}`,
    });
    return;
  }
  const exported = join(place.own, 'headers');
  await place.run(['sh', '-c', `exec rpmdb --root=${SEEN.tree} --exportdb >${SEEN.own}/headers`], false);
  const folder = insideTree(context.tree, path);
  for (const name of readdirSync(folder)) if (/^rpmdb\.sqlite|^\.rpm\.lock$/.test(name)) rmSync(join(folder, name));
  try {
    await sandboxed(context, ['sh', '-c', 'exec rpmdb --importdb </run/guestwright/headers'], {
      binds: [[place.own, SEEN.own]],
    });
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    throw new WorkError('rpm-database', `the system's own rpm cannot read in what is installed: ${error.message}`);
  } finally {
    rmSync(exported, { force: true });
  }
  // An rpm that was built without the format that it names keeps nothing, and ends well.
  if (!readdirSync(folder).some((name) => name.startsWith('Packages')))
    throw new WorkError('rpm-database', `the system's own rpm cannot read in what is installed: it has no ${format}`);
}

function removeLeftOvers(tree: string): void {
  for (const folder of LEFT_OVERS) {
    const path = insideTree(tree, folder);
    if (!lstatSync(path, { throwIfNoEntry: false })?.isDirectory()) continue;
    for (const name of readdirSync(path)) {
      if (folder === 'var/log' && !LEFT_FILES.test(name)) continue;
      rmSync(join(path, name), { recursive: true, force: true });
    }
  }
  // dnf writes some of its cache's state inside, whatever it is told.
  rmSync(insideTree(tree, SEEN.cache), { recursive: true, force: true });
  // Made by dnf for a system that has no dnf and no modules.
  for (const path of ['etc/dnf/modules.d', 'etc/dnf']) removeEmpty(insideTree(tree, path));
}

function removeEmpty(folder: string): void {
  if (lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() && readdirSync(folder).length === 0)
    rmdirSync(folder);
}
