// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as surface from '../../osinfo/index.js';
import { packageRoot } from '../../osinfo/package-root.js';

const page = readFileSync(join(packageRoot(), 'docs/from-libosinfo.md'), 'utf8');
const section = page.slice(page.indexOf('## The library'), page.indexOf('## osinfo-query'));
/** All words that stand in code spans of the section. */
const named = new Set([...section.matchAll(/`([^`]+)`/g)].flatMap((span) => span[1]!.match(/[A-Za-z_][\w]*/g) ?? []));

/** The classes of the library that is installed, with their own methods, out of its type information. */
const listing = `
import json, gi
gi.require_version('Libosinfo', '1.0')
from gi.repository import Libosinfo, GObject
classes = {}
others = []
for name in dir(Libosinfo):
    if name.startswith('_') or name.endswith(('Class', 'Private')):
        continue
    one = getattr(Libosinfo, name)
    if isinstance(one, type) and issubclass(one, GObject.Object):
        classes[name] = [key for key in one.__dict__ if not key.startswith(('_', 'do_'))]
    elif isinstance(one, type):
        others.append(name)
    elif callable(one):
        others.append(name)
print(json.dumps([classes, others]))
`;
const { stdout, status } = spawnSync('/usr/bin/python3', ['-c', listing], { encoding: 'utf8' });
const has = status === 0;
const [classes, others] = (has ? JSON.parse(stdout) : [{}, []]) as [Record<string, string[]>, string[]];

describe.skipIf(!has)('the page for those who come from libosinfo (packages python3-gi, gir1.2-libosinfo-1.0)', () => {
  it('has a word for every class, enumeration and function of the library', () => {
    expect(Object.keys(classes).length).toBeGreaterThan(30);
    const missing = [...Object.keys(classes), ...others].filter((name) => !named.has(name) && name !== 'GObject');
    expect(missing).toEqual([]);
  });

  it('has a word for every method', () => {
    const generic = new Set(['new', 'props', 'parent', 'parent_instance', 'priv', 'get_element_type']);
    const left = (name: string, method: string): boolean => {
      if (generic.has(method) || named.has(method)) return false;
      if (/_(async|finish)$/.test(method)) return false;
      // Getters and setters that a row names together.
      if (name === 'InstallConfig') return !/^[gs]et_/.test(method);
      if (name === 'Resources' && method.startsWith('set_')) return false;
      if (/_for_(media|tree)$/.test(method)) return !named.has(method.replace(/_for_(media|tree)$/, ''));
      if (/_(string|with_default)$/.test(method)) return !named.has(method.replace(/_(string|with_default)$/, ''));
      if (/^unique_values_for_property_in_/.test(method)) return !named.has('unique_values_for_property_in_os');
      if (/^unique_values_for_/.test(method)) return !named.has('unique_values_for_os_relationship');
      if (/^add_\w+_resources$/.test(method)) return !named.has('add_minimum_resources');
      return true;
    };
    const missing = Object.entries(classes).flatMap(([name, methods]) =>
      methods.filter((method) => left(name, method)).map((method) => `${name}.${method}`),
    );
    expect(missing).toEqual([]);
  });
});

describe('the page for those who come from libosinfo', () => {
  it('names only functions that are there', () => {
    const functions = [...section.matchAll(/`(?:await )?([a-z]\w+)\(/g)].map((match) => match[1]!);
    const methods = new Set(['paramKeys', 'param', 'params', 'related', 'oses', 'platforms', 'devices', 'links']);
    for (const name of ['nativeDevices', 'deployments', 'datamaps', 'installScripts', 'findInstallScript'])
      methods.add(name);
    expect(functions.length).toBeGreaterThan(15);
    expect(functions.filter((name) => !methods.has(name) && !(name in surface))).toEqual([]);
    const db = surface.openDb({ db: 'bundled', index: false });
    for (const [object, words] of [
      [
        db,
        ['os', 'findOs', 'findPlatform', 'findDevice', 'findDeployment', 'findDatamap', 'nativeDevices', 'datamaps'],
      ],
      [
        db.oses()[0]!,
        ['relatedOses', 'devices', 'links', 'preferredDrivers', 'supportsInstallerScript', 'allDeviceLinks'],
      ],
      [db.platforms()[0]!, ['relatedPlatforms', 'devices', 'links', 'allDevices']],
    ] as const) {
      for (const word of words) expect([word, word in object, section.includes(word)]).toEqual([word, true, true]);
    }
  });
});
