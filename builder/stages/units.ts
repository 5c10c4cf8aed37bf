// SPDX-License-Identifier: Apache-2.0
import { existsSync, lstatSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { WorkError } from '../../osinfo/errors.js';
import type { StageContext } from '../run/context.js';
import { sandboxed } from '../run/sandbox.js';
import { hasInTree, insideTree, linkInTree, readTreeFile } from './files.js';

const PACKAGED = 'usr/lib/systemd/system';
const OWN = 'etc/systemd/system';

/** Whether the system has a unit, packaged or its own. */
export function hasUnit(tree: string, name: string): boolean {
  return [PACKAGED, OWN].some((folder) => hasInTree(tree, `${folder}/${name}`));
}

/**
 * Enables or disables units: by the system's own systemctl, or, where an rpm system has none, by the links that it
 * would make.
 * @throws WorkError for a unit that the system does not have
 */
export async function switchUnits(
  context: StageContext,
  verb: 'enable' | 'disable',
  units: readonly string[],
): Promise<void> {
  if (units.length === 0) return;
  if (hasSystemctl(context)) await sandboxed(context, ['systemctl', verb, '--quiet', '--', ...units]);
  else for (const unit of units) (verb === 'enable' ? linkUnit : unlinkUnit)(context.tree, withSuffix(unit));
}

/** What is started in the end, as `systemctl set-default` says it. */
export async function setDefaultTarget(context: StageContext, target: string): Promise<void> {
  if (hasSystemctl(context)) await sandboxed(context, ['systemctl', 'set-default', '--quiet', target]);
  else if (hasUnit(context.tree, target)) linkInTree(context.tree, `${OWN}/default.target`, `/${PACKAGED}/${target}`);
}

/** A deb system has one whenever it has systemd; rpm systems have been made without. */
function hasSystemctl({ plan, tree }: StageContext): boolean {
  return plan.os.family === 'deb' || hasInTree(tree, 'usr/bin/systemctl');
}

function withSuffix(name: string): string {
  return /\.[a-z]+$/.test(name) ? name : `${name}.service`;
}

/** The file behind a unit: of `getty@tty1.service` it is `getty@.service`. */
function findUnitFile(tree: string, name: string): string {
  const names = [name, name.replace(/@[^.]*(?=\.[a-z]+$)/, '@')];
  const path = [OWN, PACKAGED]
    .flatMap((folder) => names.map((one) => `${folder}/${one}`))
    .find((one) => isFile(tree, one));
  if (path === undefined) throw new WorkError('no-unit', `there is no unit ${name}`);
  return path;
}

function isFile(tree: string, path: string): boolean {
  return lstatSync(insideTree(tree, path), { throwIfNoEntry: false })?.isFile() ?? false;
}

/** The words of a key in the section `[Install]` of a unit (systemd.unit(5)). */
function installWords(tree: string, path: string, key: string): string[] {
  const text = readTreeFile(tree, path).toString('utf8');
  const start = text.search(/^\[Install\]\s*$/m);
  if (start < 0) return [];
  return text
    .slice(start)
    .split('\n')
    .slice(1)
    .filter((line) => line.startsWith(`${key}=`))
    .flatMap((line) => line.slice(key.length + 1).split(/\s+/))
    .filter((word) => /^[A-Za-z0-9:_.\\@-]+$/.test(word));
}

function linkUnit(tree: string, name: string, seen = new Set<string>()): void {
  if (seen.has(name)) return;
  seen.add(name);
  const path = findUnitFile(tree, name);
  for (const [key, kind] of [
    ['WantedBy', 'wants'],
    ['RequiredBy', 'requires'],
  ] as const) {
    for (const target of installWords(tree, path, key))
      linkInTree(tree, `${OWN}/${target}.${kind}/${name}`, `/${path}`);
  }
  for (const alias of installWords(tree, path, 'Alias')) linkInTree(tree, `${OWN}/${alias}`, `/${path}`);
  for (const other of installWords(tree, path, 'Also')) linkUnit(tree, other, seen);
}

function unlinkUnit(tree: string, name: string): void {
  const path = findUnitFile(tree, name);
  if (!existsSync(join(tree, OWN))) return;
  for (const folder of readdirSync(insideTree(tree, OWN), { withFileTypes: true })) {
    const own = `${OWN}/${folder.name}`;
    if (folder.isDirectory() && /\.(?:wants|requires)$/.test(folder.name))
      rmSync(insideTree(tree, `${own}/${name}`), { force: true });
    else if (folder.isSymbolicLink() && readlinkSync(join(tree, own)) === `/${path}`)
      rmSync(insideTree(tree, own), { force: true });
  }
}
