// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import type { PlaceInForce } from '../model/types.js';
import { readXml, type XmlElement } from '../xml/read.js';
import { isNative, Parts, type ReadContext, type Reference, report } from './context.js';
import type { FoundFile } from './files.js';
import type { HardwareIds } from './ids.js';
import type { Issues } from './issues.js';
import { isKind, layoutPath, roleOf } from './layout.js';
import { osReaders } from './read-os.js';
import {
  type ChildReaders,
  datamapReaders,
  deploymentReaders,
  deviceKeys,
  osKeys,
  platformKeys,
  productReaders,
  readEntity,
} from './read-product.js';
import { scriptKeys, scriptReaders } from './read-script.js';
import { type EntityRecord, type Kind, kinds, lastOfEach, newestFirst, resourceKinds } from './records.js';

/** A place and what was found in it. `read` gives a file's bytes; the default reads the disk. */
export interface PlaceFiles {
  readonly place: PlaceInForce;
  readonly files: readonly FoundFile[];
}

export interface LoadOptions {
  readonly languages?: readonly string[];
  readonly read?: (path: string) => Uint8Array | string;
}

export interface LoadedDatabase {
  readonly files: string[];
  /** Sorted by id within each kind. */
  readonly entities: Readonly<Record<Kind, ReadonlyMap<string, EntityRecord>>>;
}

const readers: Readonly<Record<Kind, { readonly keys: ReadonlySet<string>; readonly children: ChildReaders }>> = {
  os: { keys: osKeys, children: osReaders },
  platform: { keys: platformKeys, children: productReaders },
  device: { keys: deviceKeys, children: {} },
  deployment: { keys: new Set(), children: deploymentReaders },
  'install-script': { keys: scriptKeys, children: scriptReaders },
  datamap: { keys: new Set(), children: datamapReaders },
};

/**
 * Reads all files of all places into records, as libosinfo's native loader does: a later master replaces, fragments are
 * added in the order of places and names. What is wrong is reported and left out, file by file and element by element;
 * nothing that a database says makes this throw.
 */
export function loadDatabase(
  places: readonly PlaceFiles[],
  ids: HardwareIds,
  issues: Issues,
  options: LoadOptions = {},
): LoadedDatabase {
  const read = options.read ?? readFileSync;
  const files: string[] = [];
  const references: Reference[] = [];
  const entities = Object.fromEntries(kinds.map((kind) => [kind, new Map<string, EntityRecord>()])) as Record<
    Kind,
    Map<string, EntityRecord>
  >;
  const open = (path: string): XmlElement | 'empty' | undefined => {
    try {
      const bytes = read(path);
      // An empty file says nothing, which is no error; as a master it masks what earlier places say.
      if (bytes.length === 0) return 'empty';
      const root = readXml(bytes, path);
      if (root.name === 'libosinfo') return root;
      const message = `the root element is <${root.name}>, not <libosinfo>`;
      issues.add('error', 'wrong-root', { file: path, ...root.at }, message);
    } catch (error) {
      issues.addError(error, path);
    }
    return undefined;
  };
  const readGroup = (base: string, group: Group): void => {
    const roots: [FoundFile, XmlElement][] = [];
    if (group.master !== undefined) {
      const root = open(group.master.path);
      if (root === undefined && group.earlier !== undefined) readGroup(base, group.earlier);
      else if (typeof root === 'object') roots.push([group.master, root]);
    }
    for (const file of group.fragments) {
      const root = open(file.path);
      if (typeof root === 'object') roots.push([file, root]);
    }
    for (const [file, root] of roots) {
      const isMaster = file === group.master;
      const context: ReadContext = {
        file: file.path,
        fileIndex: files.push(file.path) - 1,
        idInfix: isMaster ? '' : `${file.inside.slice(file.inside.lastIndexOf('/') + 1)}:`,
        languages: options.languages ?? [],
        issues,
        references,
        rootAttrs: root.attrs,
      };
      readFile(context, root, group.single ? undefined : base, isMaster, entities);
    }
  };
  for (const [base, group] of groupFiles(places)) readGroup(base, group);
  addUndefined(references, entities, ids, issues, files);
  reportCycles(entities, issues, files);
  for (const kind of kinds) {
    const sorted = [...entities[kind]].sort(([a], [b]) => (a < b ? -1 : 1));
    for (const [, record] of sorted) finish(record);
    entities[kind] = new Map(sorted);
  }
  return { files, entities };
}

interface Group {
  master?: FoundFile;
  fragments: FoundFile[];
  /** A file that was named by itself: it need not stand where the layout wants it. */
  single: boolean;
  /** What the master replaces: it counts again where the master cannot be read. */
  earlier?: Group;
}

function groupFiles(places: readonly PlaceFiles[]): [string, Group][] {
  const groups = new Map<string, Group>();
  for (const { files } of places) {
    const fragments: { base: string; file: FoundFile }[] = [];
    for (const file of files) {
      if (file.inside === '') {
        groups.set(file.path, { master: file, fragments: [], single: true });
        continue;
      }
      const role = roleOf(file.inside);
      if (role.fragment === undefined) {
        const earlier = groups.get(role.base);
        groups.set(role.base, { master: file, fragments: [], single: false, ...(earlier ? { earlier } : {}) });
      } else fragments.push({ base: role.base, file });
    }
    // After the masters of the same place, which take away only what earlier places said.
    for (const { base, file } of fragments) {
      const group = groups.get(base);
      if (group === undefined) groups.set(base, { fragments: [file], single: false });
      else group.fragments.push(file);
    }
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
}

function readFile(
  context: ReadContext,
  root: XmlElement,
  base: string | undefined,
  isMaster: boolean,
  entities: Record<Kind, Map<string, EntityRecord>>,
): void {
  for (const element of root.children) {
    if (!isNative(element) || !isKind(element.name)) continue;
    const kind = element.name;
    const id = element.attrs.get('id');
    if (id === undefined || id === '') {
      report(context, element, 'error', 'missing-attribute', `<${kind}> has no id; it is left out`);
      continue;
    }
    const wanted = layoutPath(kind, id);
    if (base !== undefined && base !== wanted) {
      const place = isMaster ? `${wanted}.xml` : `${wanted}.d/`;
      report(context, element, 'warning', 'wrong-place', `${id} is left out: it has to be in ${place}`);
      continue;
    }
    let record = entities[kind].get(id);
    if (record === undefined) {
      record = { kind, id, origins: [], params: {} };
      entities[kind].set(id, record);
    }
    if (kind === 'device' && isMaster) record.master = true;
    readEntity(context, element, record, readers[kind].keys, readers[kind].children, new Parts(context, id));
  }
}

/** What is referred to and defined nowhere stays in the lists with nothing but its id, as in libosinfo, and is named. */
function addUndefined(
  references: readonly Reference[],
  entities: Record<Kind, Map<string, EntityRecord>>,
  ids: HardwareIds,
  issues: Issues,
  files: readonly string[],
): void {
  for (const { kind, id, at } of references) {
    if (entities[kind].has(id)) continue;
    entities[kind].set(id, { kind, id, origins: [], params: {} });
    if (kind === 'device' && ids.device(id) !== undefined) continue;
    issues.add('warning', 'undefined', { file: files[at[0]]!, line: at[1] }, `${id} is referred to, but not defined`);
  }
}

const inherited: Partial<Record<Kind, readonly string[]>> = {
  os: ['derives-from', 'clones'],
  platform: ['derives-from', 'upgrades'],
};

/** Names every relation that closes a ring. Look-ups cut such rings; libosinfo crashes on them. */
function reportCycles(
  entities: Record<Kind, Map<string, EntityRecord>>,
  issues: Issues,
  files: readonly string[],
): void {
  for (const [kind, relations] of Object.entries(inherited) as [Kind, readonly string[]][]) {
    const done = new Set<string>();
    for (const start of entities[kind].keys()) {
      if (done.has(start)) continue;
      const path = new Set<string>([start]);
      const stack = [{ id: start, next: 0 }];
      while (stack.length > 0) {
        const top = stack[stack.length - 1]!;
        const relation = entities[kind].get(top.id)?.relations?.[top.next];
        if (relation === undefined) {
          done.add(top.id);
          path.delete(top.id);
          stack.pop();
          continue;
        }
        top.next += 1;
        if (!relations.includes(relation.relation)) continue;
        if (path.has(relation.id)) {
          const place = { file: files[relation.at[0]]!, line: relation.at[1] };
          issues.add(
            'error',
            'cycle',
            place,
            `${top.id} ${relation.relation} ${relation.id} closes a ring; it is not followed`,
          );
        } else if (!done.has(relation.id)) {
          path.add(relation.id);
          stack.push({ id: relation.id, next: 0 });
        }
      }
    }
  }
}

/** Brings the lists of a record, which were only appended to, to what libosinfo's lists would hold. */
function finish(record: EntityRecord): void {
  const parts = ['variants', 'media', 'trees', 'images', 'drivers', 'firmware', 'config', ...resourceKinds] as const;
  for (const part of parts) {
    const list = record[part];
    if (list !== undefined) record[part] = lastOfEach(list);
  }
  if (record.links !== undefined) {
    // libosinfo grows the lists of platforms and deployments at the front.
    record.links = record.kind === 'os' ? lastOfEach(record.links) : newestFirst(record.links);
  }
  if (record.scripts !== undefined) {
    record.scripts = lastOfEach(record.scripts.map((id) => ({ id }))).map(({ id }) => id);
  }
}
