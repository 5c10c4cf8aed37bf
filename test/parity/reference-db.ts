// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dbFromXml } from '../../osinfo/model/build.js';
import type { Db } from '../../osinfo/model/types.js';
import { writeXml, type XmlNode } from '../../osinfo/xml/write.js';

type Json = Readonly<Record<string, unknown>>;

const linesOf = (path: string): Json[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Json);

const text = (name: string, value: string): XmlNode => ({ name, children: [value] });
const list = (value: unknown): readonly Json[] => (value ?? []) as readonly Json[];

/** Where the native format wants an entity to be. */
function pathOf(kind: string, id: string): string {
  const [host, ...rest] = id.slice('http://'.length).split('/');
  return `${kind}/${host}/${rest.join('/').replaceAll(/[^A-Za-z0-9._-]/g, '-')}.xml`;
}

/** The public database by its facts, as far as virt-install asks for them, in the native format. */
export function referenceXml(reference: string): Readonly<Record<string, string>> {
  const files: Record<string, string> = {};
  const add = (kind: string, id: string, children: readonly XmlNode[]): void => {
    const entity: XmlNode = { name: kind, attrs: { id }, children };
    const path = pathOf(kind, id);
    // What a database says of an entity in a second file is a fragment beside the first.
    const fragment = path.replace(/\.xml$/, `.d/${Object.keys(files).length}.xml`);
    files[path in files ? fragment : path] = writeXml({
      name: 'libosinfo',
      attrs: { version: '0.0.1' },
      children: [entity],
    });
  };
  for (const device of linesOf(join(reference, 'osinfo-db/device.jsonl'))) {
    const { id, ...rest } = device as Record<string, string>;
    add(
      'device',
      id!,
      Object.entries(rest).map(([name, value]) => text(name, value)),
    );
  }
  for (const os of linesOf(join(reference, 'osinfo-db/os.jsonl'))) add('os', os.id as string, osChildren(os));
  return files;
}

export const referenceDb = (reference: string): Db => dbFromXml(referenceXml(reference));

function osChildren(os: Json): XmlNode[] {
  const children: XmlNode[] = ((os['short-id'] ?? []) as string[]).map((name) => text('short-id', name));
  for (const name of ['name', 'version', 'family', 'distro'])
    if (typeof os[name] === 'string') children.push(text(name, os[name]));
  for (const name of ['upgrades', 'clones', 'derives-from'])
    for (const id of (os[name] ?? []) as string[]) children.push({ name, attrs: { id } });
  const attributes = ({ id, supported, arch, type }: Json): Record<string, string> =>
    Object.fromEntries(
      Object.entries({ id, supported, arch, type }).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, String(value)]],
      ),
    );
  for (const firmware of list(os.firmware)) children.push({ name: 'firmware', attrs: attributes(firmware) });
  children.push({
    name: 'devices',
    children: list(os.devices).map((one) => ({ name: 'device', attrs: attributes(one) })),
  });
  for (const one of list(os.resources)) {
    const attrs = { arch: String(one.arch), ...(one.inherit === undefined ? {} : { inherit: String(one.inherit) }) };
    const kinds = ['minimum', 'recommended', 'maximum', 'network-install'].filter((kind) => one[kind] !== undefined);
    const children_ = kinds.map((kind): XmlNode => {
      const numbers = Object.entries(one[kind] as Record<string, string>);
      return { name: kind, children: numbers.map(([name, value]) => text(name, String(value))) };
    });
    children.push({ name: 'resources', attrs, children: children_ });
  }
  for (const driver of list(os.drivers)) {
    const attrs: Record<string, string> = { arch: String(driver.arch), location: String(driver.location) };
    if (driver['pre-installable'] !== undefined) attrs['pre-installable'] = String(driver['pre-installable']);
    children.push({
      name: 'driver',
      attrs,
      children: ((driver.device ?? []) as string[]).map((id) => ({ name: 'device', attrs: { id } })),
    });
  }
  return children;
}
