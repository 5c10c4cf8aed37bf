// SPDX-License-Identifier: Apache-2.0
import type { Arch, Os } from './types.js';

/** One value, or several of which any will do. */
export type OneOf = string | readonly string[];

/** What operating systems and platforms are chosen by. All parts have to fit. */
export interface ProductFilter {
  readonly vendor?: OneOf;
  /** Only those with this id or short id in their lineage (not themselves). */
  readonly derivesFrom?: string;
  /** Only those that say themselves that they are a clone of this id or short id. */
  readonly clones?: string;
  /** Only those that say themselves that they upgrade this id or short id. */
  readonly upgrades?: string;
  /** Only those which (all devices) support the device with this id, or any device that fits. */
  readonly supportsDevice?: string | DeviceFilter;
  /** Released on or before and not past its end of life on this date (`YYYY-MM-DD`); a missing date does not exclude. */
  readonly supportedOn?: string;
  /** Released later than this date; without a release date it does not fit. So with the next three. */
  readonly releasedAfter?: string;
  readonly releasedBefore?: string;
  /** With an end of life after this date. */
  readonly eolAfter?: string;
  readonly eolBefore?: string;
  /** Properties by key, native or custom (`x-…`); where several values are given the entity must have them all. */
  readonly params?: Readonly<Record<string, string | readonly string[]>>;
}

export type PlatformFilter = ProductFilter;

export interface OsFilter extends ProductFilter {
  readonly family?: OneOf;
  readonly distro?: OneOf;
  readonly releaseStatus?: Os['releaseStatus'] | readonly Os['releaseStatus'][];
  /** With a media for this architecture, or for `all`. */
  readonly hasMedia?: Arch;
  /** With a tree for this architecture, or for `all`. */
  readonly hasTree?: Arch;
  /** With an image for this architecture. */
  readonly hasImage?: Arch;
}

/** What devices are chosen by. All parts have to fit. */
export interface DeviceFilter {
  readonly name?: OneOf;
  readonly vendor?: OneOf;
  readonly vendorId?: OneOf;
  readonly product?: OneOf;
  readonly productId?: OneOf;
  readonly subsystem?: OneOf;
  readonly class?: OneOf;
  readonly busType?: OneOf;
  readonly params?: Readonly<Record<string, string | readonly string[]>>;
}

/** What device links are chosen by. */
export interface DeviceLinkFilter {
  readonly driver?: OneOf;
  readonly supported?: boolean;
  /** The device that the link leads to. */
  readonly device?: string | DeviceFilter;
}
