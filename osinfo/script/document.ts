// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../errors.js';
import type { Db, EntityInfo, InjectionMethod, InstallScript, Media, Os, Tree } from '../model/types.js';
import { writeXml, type XmlNode } from '../xml/write.js';
import type { InstallConfig } from './config.js';
import { isQuoting, quoteValue } from './quoting.js';

/** Where the installer's files come from: an installation medium that was read, or a tree; neither is known of a mere OS. */
export type ScriptSource = { readonly media: Media } | { readonly tree: Tree } | undefined;

/** What a template is given. */
export interface ScriptQuestion {
  readonly db: Db;
  readonly os: Os;
  readonly source?: ScriptSource;
  readonly installationSource?: 'media' | 'network';
  /** The way by which the script comes to the installer, where that is known. */
  readonly injectionMethod?: InjectionMethod;
  /** Values as they are to stand in the document. */
  readonly config: InstallConfig;
}

/** The roots by which a template knows what it is asked for: the script, or the kernel's command line. */
export type DocumentRoot = 'install-script-config' | 'command-line';

/** libosinfo writes the ways by which a script can come as the sum of these. */
const methodBits = { cdrom: 1, disk: 2, floppy: 4, initrd: 8, web: 16 } as const;

/**
 * The document that libosinfo gives to a template: every property of the script, the OS, the medium or tree, and the
 * configuration, an element a value; the id comes first and once more last, as there.
 */
export function scriptDocument(script: InstallScript, question: ScriptQuestion, root: DocumentRoot): string {
  const { os, source, config } = question;
  const children: XmlNode[] = [
    entity('script', script.id, scriptProperties(script, question)),
    entity('os', os.id, propertiesOf(os)),
  ];
  if (source && 'media' in source) children.push(entity('media', source.media.id, mediaProperties(source.media)));
  if (source && 'tree' in source) children.push(entity('tree', source.tree.id, treeProperties(source.tree)));
  children.push(entity('config', 'https://libosinfo.org/config', [...mapped(question.db, script, config)]));
  return writeXml({ name: root, children }, { indent: 0 });
}

type Property = readonly [key: string, values: readonly string[]];

function entity(name: string, id: string, properties: readonly Property[]): XmlNode {
  const element = (key: string, value: string): XmlNode => ({ name: key, children: [value] });
  return {
    name,
    children: [
      element('id', id),
      ...properties.flatMap(([key, values]) => values.map((value) => element(key, value))),
      element('id', id),
    ],
  };
}

function propertiesOf(info: EntityInfo): Property[] {
  return info
    .paramKeys()
    .filter((key) => key !== 'id')
    .map((key) => [key, info.params(key)]);
}

function scriptProperties(script: InstallScript, { installationSource, injectionMethod }: ScriptQuestion): Property[] {
  const own = propertiesOf(script).filter(([key]) => key !== 'injection-method');
  const methods = script.injectionMethods.reduce((sum, method) => sum | methodBits[method], 0);
  const flags: readonly Property[] = (
    ['needs-internet', 'can-pre-install-drivers', 'can-post-install-drivers'] as const
  )
    .filter((key) => !own.some(([name]) => name === key))
    .map((key) => [key, ['false']]);
  return [
    ...own,
    ...flags,
    ...(methods === 0 ? [] : [['injection-method', [String(methods)]] as const]),
    ...(script.template && 'text' in script.template ? [['template-data', [script.template.text]] as const] : []),
    ...some('installation-source', installationSource),
    ...some('preferred-injection-method', injectionMethod),
  ];
}

const some = (key: string, value: string | number | boolean | undefined): Property[] =>
  value === undefined ? [] : [[key, [String(value)]]];

function mediaProperties(media: Media): Property[] {
  return [
    ...some('architecture', media.arch),
    ...some('url', media.url),
    ...some('volume-id', media.volumeId),
    ...some('system-id', media.systemId),
    ...some('publisher-id', media.publisherId),
    ...some('application-id', media.applicationId),
    ...some('volume-size', media.volumeSize),
    ...some('kernel', media.kernel),
    ...some('initrd', media.initrd),
    ...some('live', media.live),
    ...some('installer', media.installer),
    ...some('installer-reboots', media.installerReboots),
    ...some('eject-after-install', media.ejectAfterInstall),
    ...some('installer-script', media.installerScript),
    ['variant', media.variants],
    ['l10n-language', media.languages],
    ...Object.entries(media.custom ?? {}),
  ];
}

function treeProperties(tree: Tree): Property[] {
  return [
    ...some('architecture', tree.arch),
    ...some('url', tree.url),
    ...some('kernel', tree.kernel),
    ...some('initrd', tree.initrd),
    ...some('boot-iso', tree.bootIso),
    ...some('has-treeinfo', tree.hasTreeinfo),
    ...some('treeinfo-family', tree.treeinfoFamily),
    ...some('treeinfo-variant', tree.treeinfoVariant),
    ...some('treeinfo-version', tree.treeinfoVersion),
    ...some('treeinfo-arch', tree.treeinfoArch),
    ['variant', tree.variants],
    ...Object.entries(tree.custom ?? {}),
  ];
}

/**
 * Values of parameters that the script declares with a table pass through it; what the table does not know stays. Then
 * they are written as the script's target reads them, where its entry says how.
 * @throws InputError for a value that the target has no word for
 */
function* mapped(db: Db, script: InstallScript, config: InstallConfig): Generator<Property> {
  const quoting = script.facts.find(({ name }) => name === 'values')?.attributes['quoting'] ?? 'xml';
  if (!isQuoting(quoting))
    throw new InputError('quoting', `${script.id} wants its values for ${quoting}, which is unknown here`);
  const tables = new Map(script.configParams.map(({ name, valueMap }) => [name, valueMap]));
  for (const [key, values] of config) {
    const id = tables.get(key);
    const table = id === undefined ? undefined : db.datamaps().find((one) => one.id === id);
    const told = values.map((value) => table?.lookup(value) ?? value);
    yield [key, told.map((value) => quoteValue(quoting, value, key))];
    for (const [name, part] of partsOf(key, told[0] ?? '')) yield [name, [quoteValue(quoting, part, key)]];
  }
}

/** What installers want to have in pieces, or with an addition, which a template cannot do to a quoted value. */
function partsOf(key: string, value: string): readonly (readonly [name: string, part: string])[] {
  if (key === 'l10n-language' && value !== '') return [['l10n-locale', value.includes('.') ? value : `${value}.UTF-8`]];
  if (key !== 'l10n-keyboard') return [];
  // A layout and its variant, as the table of keyboards has them: `ca (eng)`.
  const [, layout = value, variant = ''] = /^(\S+) \((\S+)\)$/.exec(value) ?? [];
  return [
    ['l10n-keyboard-layout', layout],
    ['l10n-keyboard-variant', variant],
  ];
}
