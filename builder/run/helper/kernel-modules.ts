// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { WorkError } from '../../../osinfo/errors.js';

/**
 * The files of modules in the order in which they can be loaded: each after what it needs (`modules.dep`) and what it
 * asks the kernel for by a name at its start (`modules.softdep`, by way of `modules.alias`), as depmod(8) writes them.
 * What is built into the kernel has no file.
 * @throws WorkError for a module that this kernel has not
 */
export function orderModules(folder: string, wanted: readonly string[]): string[] {
  const read = (name: string): string[] => {
    const path = join(folder, name);
    return existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [];
  };
  const files = new Map<string, { readonly file: string; readonly needs: readonly string[] }>();
  for (const line of read('modules.dep')) {
    const colon = line.indexOf(':');
    if (colon < 0) continue;
    const needs = line
      .slice(colon + 1)
      .split(' ')
      .filter(Boolean);
    files.set(moduleName(line.slice(0, colon)), { file: line.slice(0, colon), needs: needs.map(moduleName) });
  }
  const builtIn = new Set(read('modules.builtin').map(moduleName));
  const soft = new Map<string, string[]>();
  for (const line of read('modules.softdep')) {
    const [word, name, ...rest] = line.split(' ');
    if (word !== 'softdep' || name === undefined) continue;
    const end = rest.indexOf('post:');
    const before = (end < 0 ? rest : rest.slice(0, end)).filter((one) => one !== 'pre:');
    soft.set(moduleName(name), [...(soft.get(moduleName(name)) ?? []), ...before]);
  }
  const aliases = new Map<string, string[]>();
  for (const line of read('modules.alias')) {
    const [word, alias, name] = line.split(' ');
    if (word !== 'alias' || alias === undefined || name === undefined || alias.includes('*')) continue;
    aliases.set(alias, [...(aliases.get(alias) ?? []), moduleName(name)]);
  }
  const order = new Set<string>();
  const entered = new Set<string>();
  const add = (name: string): void => {
    if (entered.has(name)) return;
    entered.add(name);
    const found = files.get(name);
    if (!found) return;
    // Each need is listed with its own: the last ones first.
    for (const need of found.needs.toReversed()) add(need);
    for (const one of soft.get(name) ?? []) {
      const named = moduleName(one);
      for (const target of files.has(named) ? [named] : (aliases.get(one) ?? aliases.get(`crypto-${one}`) ?? []))
        add(target);
    }
    order.add(found.file);
  };
  for (const one of wanted) {
    const name = moduleName(one);
    if (!files.has(name) && !builtIn.has(name))
      throw new WorkError('helper-module', `the kernel in ${folder} has no module ${one}`);
    add(name);
  }
  return [...order];
}

/** `kernel/fs/xfs/xfs.ko.xz` is the module `xfs`; `-` and `_` are the same. */
function moduleName(path: string): string {
  return path
    .slice(path.lastIndexOf('/') + 1)
    .replace(/\.ko(\.[a-z0-9]+)?$/, '')
    .replaceAll('-', '_');
}
