// SPDX-License-Identifier: Apache-2.0
import type {
  Arch,
  Device,
  DeviceFilter,
  DeviceLink,
  DeviceLinkFilter,
  EntityInfo,
  OneOf,
  Os,
  OsFilter,
  Platform,
  PlatformFilter,
  ProductFilter,
} from './model/types.js';

/** Turns a short id into an id; what it does not know it returns. */
type IdOf = (name: string) => string;

/** The operating systems that fit every part of a filter. */
export function filterOses(oses: readonly Os[], filter: OsFilter, idOf: IdOf): readonly Os[] {
  const { family, distro, releaseStatus, hasMedia, hasTree, hasImage } = filter;
  const fitsProduct = productTest(filter, idOf);
  return oses.filter(
    (os) =>
      isOneOf(os.family, family) &&
      isOneOf(os.distro, distro) &&
      isOneOf(os.releaseStatus, releaseStatus) &&
      fitsProduct(os) &&
      (hasMedia === undefined || os.media.some(({ arch }) => isFor(arch, hasMedia))) &&
      (hasTree === undefined || os.trees.some(({ arch }) => isFor(arch, hasTree))) &&
      (hasImage === undefined || os.images.some(({ arch }) => isFor(arch, hasImage))),
  );
}

export function filterPlatforms(
  platforms: readonly Platform[],
  filter: PlatformFilter,
  idOf: IdOf,
): readonly Platform[] {
  return platforms.filter(productTest(filter, idOf));
}

/** Cheap questions first: what is in the lists goes before what needs a whole record, and that before a lineage. */
function productTest(filter: ProductFilter, idOf: IdOf): (product: Os | Platform) => boolean {
  const { vendor, params, supportsDevice, supportedOn } = filter;
  const ancestor = filter.derivesFrom === undefined ? undefined : idOf(filter.derivesFrom);
  const original = filter.clones === undefined ? undefined : idOf(filter.clones);
  const predecessor = filter.upgrades === undefined ? undefined : idOf(filter.upgrades);
  return (product) =>
    isOneOf(product.vendor, vendor) &&
    (supportedOn === undefined || isSupportedOn(product, supportedOn)) &&
    isBetween(product.releaseDate, filter.releasedAfter, filter.releasedBefore) &&
    isBetween(product.eolDate, filter.eolAfter, filter.eolBefore) &&
    hasParams(product, params) &&
    (original === undefined || product.related('clones').includes(original)) &&
    (predecessor === undefined || product.related('upgrades').includes(predecessor)) &&
    (ancestor === undefined || product.lineage.indexOf(ancestor) > 0) &&
    (supportsDevice === undefined || product.allDeviceLinks.some((link) => isDevice(link, supportsDevice)));
}

/** The devices that fit every part of a filter. */
export function filterDevices(devices: readonly Device[], filter: DeviceFilter): readonly Device[] {
  return isEmpty(filter) ? devices : devices.filter((device) => fitsDevice(device, filter));
}

/** The links that fit every part of a filter: of the link itself, and of the device that it leads to. */
export function filterLinks(links: readonly DeviceLink[], filter: DeviceLinkFilter): readonly DeviceLink[] {
  const { driver, supported, device } = filter;
  return links.filter(
    (link) =>
      isOneOf(link.driver, driver) &&
      (supported === undefined || link.supported === supported) &&
      (device === undefined || isDevice(link, device)),
  );
}

function isDevice(link: DeviceLink, wanted: string | DeviceFilter): boolean {
  return typeof wanted === 'string' ? link.target === wanted : fitsDevice(link.device, wanted);
}

const deviceKeys = ['class', 'busType', 'vendorId', 'productId', 'name', 'vendor', 'product', 'subsystem'] as const;

function fitsDevice(device: Device, filter: DeviceFilter): boolean {
  return deviceKeys.every((key) => isOneOf(device[key], filter[key])) && hasParams(device, filter.params);
}

/** Released on or before a date and not past the end of life; a date that is missing does not exclude. */
function isSupportedOn(os: Pick<Os, 'releaseDate' | 'eolDate'>, date: string): boolean {
  return (os.releaseDate === undefined || os.releaseDate <= date) && (os.eolDate === undefined || os.eolDate >= date);
}

function isOneOf(value: string | undefined, wanted: OneOf | undefined): boolean {
  if (wanted === undefined) return true;
  if (value === undefined) return false;
  return typeof wanted === 'string' ? value === wanted : wanted.includes(value);
}

function isBetween(date: string | undefined, after: string | undefined, before: string | undefined): boolean {
  if (after === undefined && before === undefined) return true;
  return date !== undefined && (after === undefined || date > after) && (before === undefined || date < before);
}

function hasParams(entity: EntityInfo, params: ProductFilter['params']): boolean {
  return Object.entries(params ?? {}).every(([key, wanted]) => {
    const values = entity.params(key);
    return [wanted].flat().every((value) => values.includes(value));
  });
}

function isFor(arch: Arch | undefined, wanted: Arch): boolean {
  return arch === wanted || arch === 'all';
}

function isEmpty(filter: object): boolean {
  for (const _ in filter) return false;
  return true;
}
