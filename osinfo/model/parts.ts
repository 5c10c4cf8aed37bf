// SPDX-License-Identifier: Apache-2.0
import type { Inherited } from '../inherit.js';
import { isSupportedFirmware, isSupportedLink } from '../inherit.js';
import type { SubRecord } from '../load/records.js';
import { first, originOf, toExtra, type World } from './entity.js';
import type { DeviceDriver, DeviceLink, Firmware, Image, Media, PartInfo, Resources, Tree, Variant } from './types.js';
import { toBoolean, toInteger } from './values.js';

/** Typed views of the records of an entity's parts, with libosinfo's defaults. */

/** What the native format has no word for, where a part has such. */
function others(world: World, { params, extras }: SubRecord): PartInfo {
  const custom = Object.entries(params).filter(([key]) => key.startsWith('x-'));
  return {
    ...(custom.length > 0 ? { custom: Object.fromEntries(custom) } : {}),
    ...(extras ? { extras: extras.map((one) => toExtra(world, one)) } : {}),
  };
}

export function toLink(world: World, { part, from }: Inherited): DeviceLink {
  return {
    target: part.id,
    get device() {
      return world.device(part.id);
    },
    driver: first(part, 'driver'),
    supported: isSupportedLink(part),
    from,
    // Asked for by few, and only then the list of files is read.
    get origin() {
      return originOf(world, part.at);
    },
    ...others(world, part),
  };
}

export function toFirmware(world: World, { part, from }: Inherited): Firmware {
  const recommended = first(part, 'recommended');
  return {
    arch: first(part, 'architecture') ?? 'all',
    type: first(part, 'type') ?? '',
    supported: isSupportedFirmware(part),
    ...(recommended === undefined ? {} : { recommended: toBoolean(recommended, false) }),
    from,
    origin: originOf(world, part.at),
    ...others(world, part),
  };
}

export function toResources(world: World, part: SubRecord): Resources {
  const numbers = {
    cpuHz: toInteger(first(part, 'cpu')),
    nCpus: toInteger(first(part, 'n-cpus')),
    ramBytes: toInteger(first(part, 'ram')),
    storageBytes: toInteger(first(part, 'storage')),
  };
  return {
    arch: first(part, 'architecture') ?? 'all',
    ...(first(part, 'inherit') === 'true' ? { inherit: true } : {}),
    ...Object.fromEntries(Object.entries(numbers).filter(([, value]) => value !== undefined)),
    origin: originOf(world, part.at),
  };
}

export function toVariant(world: World, part: SubRecord): Variant {
  return { id: part.id, name: first(part, 'name'), ...others(world, part) };
}

export function toMedia(world: World, part: SubRecord): Media {
  const installer = toBoolean(first(part, 'installer'), true);
  const installerScript = first(part, 'installer-script');
  return {
    id: part.id,
    arch: first(part, 'architecture'),
    url: first(part, 'url'),
    volumeId: first(part, 'volume-id'),
    systemId: first(part, 'system-id'),
    publisherId: first(part, 'publisher-id'),
    applicationId: first(part, 'application-id'),
    volumeSize: toInteger(first(part, 'volume-size')),
    kernel: first(part, 'kernel'),
    initrd: first(part, 'initrd'),
    variants: part.params.variant ?? [],
    languages: part.params['l10n-language'] ?? [],
    languageRegex: first(part, 'l10n-language-regex'),
    languageMap: first(part, 'l10n-language-map'),
    installer,
    live: toBoolean(first(part, 'live'), false),
    installerReboots: installer ? (toInteger(first(part, 'installer-reboots')) ?? 1) : undefined,
    ejectAfterInstall: toBoolean(first(part, 'eject-after-install'), true),
    installerScript: installerScript === undefined ? undefined : toBoolean(installerScript, true),
    scripts: part.params.script ?? [],
    origin: originOf(world, part.at),
    ...others(world, part),
  };
}

export function toTree(world: World, part: SubRecord): Tree {
  return {
    id: part.id,
    arch: first(part, 'architecture'),
    url: first(part, 'url'),
    kernel: first(part, 'kernel'),
    initrd: first(part, 'initrd'),
    bootIso: first(part, 'boot-iso'),
    variants: part.params.variant ?? [],
    hasTreeinfo: toBoolean(first(part, 'has-treeinfo'), false),
    treeinfoFamily: first(part, 'treeinfo-family'),
    treeinfoVariant: first(part, 'treeinfo-variant'),
    treeinfoVersion: first(part, 'treeinfo-version'),
    treeinfoArch: first(part, 'treeinfo-arch'),
    origin: originOf(world, part.at),
    ...others(world, part),
  };
}

export function toImage(world: World, part: SubRecord): Image {
  return {
    id: part.id,
    arch: first(part, 'architecture'),
    format: first(part, 'format'),
    url: first(part, 'url'),
    cloudInit: toBoolean(first(part, 'cloud-init'), false),
    variants: part.params.variant ?? [],
    origin: originOf(world, part.at),
    ...others(world, part),
  };
}

export function toDriver(world: World, part: SubRecord): DeviceDriver {
  return {
    id: part.id,
    arch: first(part, 'arch'),
    location: first(part, 'location'),
    preInstallable: toBoolean(first(part, 'pre-installable'), false),
    signed: toBoolean(first(part, 'signed'), false),
    priority: toInteger(first(part, 'priority')) ?? 50,
    files: part.params.file ?? [],
    devices: part.params.device ?? [],
    ...others(world, part),
  };
}
