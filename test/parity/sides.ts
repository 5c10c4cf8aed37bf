// SPDX-License-Identifier: Apache-2.0
import type {
  Datamap,
  Db,
  Deployment,
  Device,
  DeviceLink,
  EntityInfo,
  Firmware,
  InstallScript,
  Os,
  Platform,
  Product,
  Relation,
  Resources,
} from '../../osinfo/index.js';
import { readXml, type XmlElement } from '../../osinfo/xml/read.js';

/** One entity as plain data, the same whichever library answered. */
export type Answers = Record<string, unknown>;

/** Everything a database answers, by `kind id`. */
export function oursOf(db: Db): Map<string, Answers> {
  const all: [string, Answers][] = [
    ...db.oses().map((os): [string, Answers] => [`os ${os.id}`, osAnswers(os)]),
    ...db.platforms().map((one): [string, Answers] => [`platform ${one.id}`, productAnswers(one)]),
    ...db.deployments().map((one): [string, Answers] => [`deployment ${one.id}`, deploymentAnswers(one)]),
    ...db.installScripts().map((one): [string, Answers] => [`install-script ${one.id}`, scriptAnswers(one)]),
    ...db.datamaps().map((one): [string, Answers] => [`datamap ${one.id}`, datamapAnswers(one)]),
  ];
  return new Map(all);
}

export function deviceAnswers(device: Device): Answers {
  return { params: paramsOf(device) };
}

function paramsOf(entity: EntityInfo): Record<string, readonly string[]> {
  return Object.fromEntries(entity.paramKeys().map((key) => [key, entity.params(key)]));
}

const relations: readonly Relation[] = ['derives-from', 'clones', 'upgrades'];

function productAnswers(entry: Product & (Os | Platform)): Answers {
  return {
    params: paramsOf(entry),
    shortId: entry.shortId,
    shortIds: entry.shortIds,
    name: entry.name,
    version: entry.version,
    vendor: entry.vendor,
    codename: entry.codename,
    logo: entry.logo,
    releaseDate: entry.releaseDate,
    eolDate: entry.eolDate,
    ...Object.fromEntries(relations.map((relation) => [relation, entry.related(relation)])),
    deviceLinks: plainLinks(entry).map(linkAnswers),
    devices: plainLinks(entry).map((link) => link.target),
    allDevices: entry.allDevices.map((device) => device.id).sort(),
  };
}

/** libosinfo leaves switched-off links out of an OS's own list, ours shows them with `supported: false`. */
function plainLinks(entry: Os | Platform): readonly DeviceLink[] {
  return entry.deviceLinks.filter((link) => link.supported || !('media' in entry));
}

function linkAnswers(link: DeviceLink): Answers {
  return { target: link.target, driver: link.driver, supported: link.supported };
}

function osAnswers(os: Os): Answers {
  const defined = (ids: readonly string[]) => ids.filter((id) => os.variants.some((variant) => variant.id === id));
  return {
    ...productAnswers(os),
    family: os.family,
    distro: os.distro,
    releaseStatus: os.releaseStatus,
    kernelUrlArgument: os.kernelUrlArgument,
    cloudImageUsername: os.cloudImageUsername,
    variants: os.variants.map(({ id, name }) => ({ id, name })),
    media: os.media.map(({ origin, languageRegex, languageMap, installerScript, ...media }) => ({
      ...media,
      variants: defined(media.variants),
      languageRegex,
      languageMap,
      supportsScript: (media.scripts.length > 0 || os.installScripts.length > 0) && (installerScript ?? true),
    })),
    trees: os.trees.map(({ origin, ...tree }) => ({ ...tree, variants: defined(tree.variants) })),
    images: os.images.map(({ origin, ...image }) => ({ ...image, variants: defined(image.variants) })),
    drivers: os.drivers,
    installScripts: os.installScripts,
    resources: Object.fromEntries(
      Object.entries(os.resources).map(([kind, list]) => [kind, list.map(resourceAnswers)]),
    ),
    firmware: sorted(os.firmware.map(firmwareAnswers)),
    completeFirmware: sorted(os.completeFirmware.map(firmwareAnswers)),
    allDeviceLinks: sorted(os.allDeviceLinks.map(linkAnswers)),
  };
}

function resourceAnswers({ arch, cpuHz, nCpus, ramBytes, storageBytes }: Resources): Answers {
  return { arch, cpu: cpuHz, nCpus, ram: ramBytes, storage: storageBytes };
}

function firmwareAnswers({ arch, type, supported }: Firmware): Answers {
  return { arch, type, supported };
}

function deploymentAnswers(one: Deployment): Answers {
  return { params: paramsOf(one), os: one.os, platform: one.platform, deviceLinks: one.deviceLinks.map(linkAnswers) };
}

function scriptAnswers(script: InstallScript): Answers {
  const { template } = script;
  return {
    profile: script.profile,
    productKeyFormat: script.productKeyFormat,
    pathFormat: script.pathFormat,
    expectedFilename: script.expectedFilename,
    needsInternet: script.needsInternet,
    canPreInstallDrivers: script.canPreInstallDrivers,
    canPostInstallDrivers: script.canPostInstallDrivers,
    preInstallDriversSigningReq: script.preInstallDriversSigningReq,
    postInstallDriversSigningReq: script.postInstallDriversSigningReq,
    injectionMethods: [...script.injectionMethods].sort(),
    templateUri: template && 'uri' in template ? template.uri : undefined,
    template: template && 'text' in template ? sheetOf(template.text) : undefined,
    avatar: script.avatarFormat && {
      mimeType: script.avatarFormat.mimeTypes[0],
      width: script.avatarFormat.width,
      height: script.avatarFormat.height,
      alpha: script.avatarFormat.alpha,
    },
    configParams: sorted(script.configParams.map((one) => ({ ...one }))),
  };
}

function datamapAnswers(map: Datamap): Answers {
  return { params: paramsOf(map) };
}

/** What a stylesheet means: elements, attributes and text that is not white space between elements. */
function sheetOf(text: string): unknown {
  const shape = (element: XmlElement): unknown => [
    element.name,
    element.namespace,
    [...element.attrs].sort(([a], [b]) => (a < b ? -1 : 1)),
    element.nodes.flatMap((node) => (typeof node !== 'string' ? [shape(node)] : node.trim() === '' ? [] : [node])),
  ];
  return shape(readXml(text, 'template'));
}

function sorted<T>(list: readonly T[]): T[] {
  return [...list].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

type Line = Record<string, never>;
type Part = Record<string, unknown> & { readonly params: Record<string, string[]> };

/** One line of dump.py in our words: -1 and null are absent. */
export function theirsOf(line: unknown): [string, Answers] {
  const { kind, id, ...rest } = line as Record<string, never> & { kind: string; id: string };
  const answers = present(rest);
  const parts = (key: string): Part[] => (Array.isArray(rest[key]) ? (rest[key] as Part[]) : []);
  const plain = (part: Part): Answers => without(part, 'params');
  if (rest.deviceLinks !== undefined) answers.deviceLinks = parts('deviceLinks').map(theirLink);
  if (kind === 'os') {
    answers.variants = parts('variants').map((part) => ({ id: part.id, name: clean(part.name) }));
    answers.media = parts('media').map((part) => ({
      ...plain(part),
      languageRegex: part.params['l10n-language-regex']?.[0],
      languageMap: part.params['l10n-language-map']?.[0],
    }));
    for (const key of ['trees', 'images', 'drivers']) answers[key] = parts(key).map(plain);
    const lists = Object.entries(rest.resources as unknown as Record<string, Part[]>);
    answers.resources = Object.fromEntries(lists.map(([key, list]) => [key, list.map((one) => without(one, 'id'))]));
    for (const key of ['firmware', 'completeFirmware'])
      answers[key] = sorted(parts(key).map((one) => without(one, 'id')));
    answers.allDeviceLinks = sorted(parts('allDeviceLinks').map(theirLink));
  }
  return [`${kind} ${id}`, kind === 'install-script' ? theirScript(rest) : answers];
}

function theirScript(line: Line): Answers {
  const { params, avatarFormat, preferredInjectionMethod, configParams, ...typed } = line as Record<string, unknown>;
  const sheet = (params as Part['params'])['template-data']?.[0];
  const avatar = (avatarFormat as Part | null)?.params;
  const number = (text: string | undefined): number | undefined => (text === undefined ? undefined : Number(text));
  return {
    ...present(typed),
    template: sheet === undefined ? undefined : sheetOf(sheet),
    avatar: avatar && {
      mimeType: avatar['mime-type']?.[0],
      width: number(avatar.width?.[0]),
      height: number(avatar.height?.[0]),
      alpha: avatar.alpha?.[0] === 'true',
    },
    configParams: sorted((configParams as Part[]).map((one) => without(one, 'id', 'params'))),
  };
}

function theirLink(link: Part): Answers {
  return {
    target: link.target,
    driver: link.params.driver?.[0],
    supported: link.params.supported?.[0] !== 'false',
  };
}

function clean(value: unknown): unknown {
  return value === null || value === -1 ? undefined : value;
}

function present(object: Readonly<Record<string, unknown>>): Answers {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, clean(value)]));
}

function without(part: Readonly<Record<string, unknown>>, ...keys: string[]): Answers {
  return Object.fromEntries(Object.entries(present(part)).filter(([key]) => !keys.includes(key)));
}

/** Every place where two answers differ, as `path: ours ≠ theirs`. */
export function differences(ours: unknown, theirs: unknown, path: string): string[] {
  if (Array.isArray(ours) && Array.isArray(theirs)) {
    const length = Math.max(ours.length, theirs.length);
    return Array.from({ length }, (_, index) => differences(ours[index], theirs[index], `${path}[${index}]`)).flat();
  }
  if (isObject(ours) && isObject(theirs)) {
    const keys = new Set([...Object.keys(ours), ...Object.keys(theirs)]);
    return [...keys].flatMap((key) => differences(ours[key], theirs[key], `${path}.${key}`));
  }
  return ours === theirs ? [] : [`${path}: ours ${shown(ours)}, C ${shown(theirs)}`];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? 'absent').slice(0, 120);
}
