// SPDX-License-Identifier: Apache-2.0
import { factsNamespace } from '../load/context.js';
import { layoutPath } from '../load/layout.js';
import { type EntityRecord, type ExtraRecord, type Kind, kinds, type RelationRecord } from '../load/records.js';
import { writeXml, type XmlNode } from '../xml/write.js';
import { sourceOf } from './database.js';
import { recordOf } from './entity.js';
import type { Db, EntityInfo } from './types.js';
import { type Foreign, text, writeLinks, writeOsParts } from './write-parts.js';

/**
 * An entity as a file of the native format: one master with all that its master and fragments said, our facts, custom
 * properties and unknown elements too. What was read in one of the user's languages is written without the others, so
 * open the database without `languages` for the untranslated texts. Comments and the order of the parts are not kept.
 * @param entity of a database that `openDb` or `dbFromXml` opened
 * @throws TypeError for any other object
 */
export function writeEntity(entity: EntityInfo): string {
  const record = recordOf(entity);
  // A device may also have what pci.ids and usb.ids say of it, which a master of its own would put out of force.
  const params = Object.fromEntries(
    entity.paramKeys().flatMap((key) => (key === 'id' ? [] : [[key, entity.params(key)]])),
  );
  const foreign = new ForeignText();
  const root: XmlNode = {
    name: 'libosinfo',
    attrs: { version: '0.0.1' },
    children: [
      {
        name: record.kind,
        attrs: { id: record.id },
        children: [
          ...properties(record.kind, params),
          ...parts[record.kind](record, foreign),
          ...rest(record, foreign),
        ],
      },
    ],
  };
  return foreign.fill(writeXml(root));
}

/**
 * A whole database as files of the native format, by their paths inside it: what `dbFromXml` reads. Entities that are
 * only referred to have no file.
 * @throws TypeError for an object that `openDb` or `dbFromXml` did not make
 */
export function writeDatabase(db: Db): Record<string, string> {
  const source = sourceOf(db);
  const files: Record<string, string> = {};
  for (const kind of kinds) {
    for (const id of source.ids(kind)) {
      const entity = entityOf(db, kind, id);
      if (entity !== undefined && recordOf(entity).origins.length > 0) {
        files[`${layoutPath(kind, id)}.xml`] = writeEntity(entity);
      }
    }
  }
  const version = db.places.findLast((place) => place.version !== undefined)?.version;
  if (version !== undefined) files['VERSION'] = version;
  return files;
}

function entityOf(db: Db, kind: Kind, id: string): EntityInfo | undefined {
  switch (kind) {
    case 'os':
      return db.findOs(id);
    case 'platform':
      return db.findPlatform(id);
    case 'device':
      return db.findDevice(id);
    case 'deployment':
      return db.findDeployment(id);
    case 'install-script':
      return db.findInstallScript(id);
    case 'datamap':
      return db.findDatamap(id);
  }
}

/** Properties that one entity may have several of; of all others the loader keeps one. */
const severalOf: ReadonlySet<string> = new Set(['short-id', 'injection-method']);

function properties(kind: Kind, params: Readonly<Record<string, readonly string[]>>): XmlNode[] {
  // Short ids first: it is what people look for in a file.
  const keys = Object.keys(params).sort((a, b) => Number(b === 'short-id') - Number(a === 'short-id'));
  return keys.flatMap((key) => {
    const values = params[key]!;
    const all = severalOf.has(key) || key.startsWith('x-') || kind === 'datamap';
    return (all ? values : values.slice(0, 1)).map((value) => text(key, value));
  });
}

const parts: Readonly<Record<Kind, (record: EntityRecord, foreign: Foreign) => XmlNode[]>> = {
  os: (record, foreign) => [
    ...(record.relations ?? []).map(relation),
    ...writeLinks(record.links, foreign),
    ...writeOsParts(record, foreign),
  ],
  // libosinfo grows these lists at the front, so that what is first was said last.
  platform: (record, foreign) => [
    ...(record.relations ?? []).map(relation),
    ...writeLinks(record.links?.toReversed(), foreign),
  ],
  deployment: (record, foreign) => [
    ...(record.os === undefined ? [] : [{ name: 'os', attrs: { id: record.os } }]),
    ...(record.platform === undefined ? [] : [{ name: 'platform', attrs: { id: record.platform } }]),
    ...writeLinks(record.links?.toReversed(), foreign),
  ],
  device: () => [],
  datamap: (record) => (record.entries ?? []).map(([inval, outval]) => ({ name: 'entry', attrs: { inval, outval } })),
  'install-script': (record, foreign) => [...avatar(record), ...config(record), ...template(record, foreign)],
};

function relation({ relation: name, id }: RelationRecord): XmlNode {
  return { name, attrs: { id } };
}

function avatar({ avatar }: EntityRecord): XmlNode[] {
  if (avatar === undefined) return [];
  const children = Object.entries(avatar.params).flatMap(([key, values]) => values.map((value) => text(key, value)));
  return [{ name: 'avatar-format', children }];
}

function config({ config }: EntityRecord): XmlNode[] {
  if (config === undefined || config.length === 0) return [];
  const children = config.map(({ id, params }) => {
    const attrs: Record<string, string> = { name: id };
    for (const key of ['policy', 'value-map']) if (params[key] !== undefined) attrs[key] = params[key][0]!;
    return { name: 'param', attrs };
  });
  return [{ name: 'config', children }];
}

function template({ template }: EntityRecord, foreign: Foreign): XmlNode[] {
  if (template === undefined) return [];
  if ('uri' in template) return [{ name: 'template', attrs: { uri: template.uri } }];
  return [{ name: 'template', children: [foreign.place(template.text)] }];
}

/** Facts of our namespace, then what nobody here knows. */
function rest({ facts, extras }: EntityRecord, foreign: Foreign): XmlNode[] {
  const nodes: XmlNode[] = [];
  if (facts !== undefined && facts.length > 0) {
    nodes.push({
      name: 'gw:facts',
      attrs: { 'xmlns:gw': factsNamespace },
      // Attributes of other namespaces say nothing in a fact, and what they stood for is not kept.
      children: facts.map(({ name, attributes }) => ({
        name: `gw:${name}`,
        attrs: Object.entries(attributes).filter(([key]) => !key.includes(':') || key.startsWith('xml:')),
      })),
    });
  }
  return [...nodes, ...foreign.placeAll(extras)];
}

/** XML that is put into the document as it was written: an element stands for it until the rest is text. */
class ForeignText implements Foreign {
  private readonly texts: string[] = [];

  place(xml: string): XmlNode {
    this.texts.push(xml);
    return { name: `${standIn}${this.texts.length - 1}` };
  }

  placeAll(extras: readonly ExtraRecord[] | undefined): XmlNode[] {
    return (extras ?? []).map(({ xml }) => this.place(xml));
  }

  /** No text of a document can hold a tag, since `<` is escaped in it: the stand-ins are found for sure. */
  fill(document: string): string {
    return document.replace(
      new RegExp(`<${standIn}(\\d+)/>`, 'g'),
      (_tag, index: string) => this.texts[Number(index)]!,
    );
  }
}

/** Not the name of any property: they do not begin so, and are not written before the texts are in place. */
const standIn = '_guestwright-as-written-';
