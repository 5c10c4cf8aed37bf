// SPDX-License-Identifier: Apache-2.0
import type { OsRelease } from '../../stages/os-release.js';
import type { InstalledPackage } from '../../stages/packages/types.js';

/** What a bill of materials is made of. */
export interface SbomInput {
  /** The appliance. */
  readonly name: string;
  readonly version?: string;
  readonly arch: string;
  readonly family: 'deb' | 'rpm';
  /** The operating system as the plan names it. */
  readonly os: { readonly id: string; readonly shortId: string; readonly name: string };
  /** What the finished tree says of itself. */
  readonly osRelease?: OsRelease;
  readonly packages: readonly InstalledPackage[];
  /** Seconds since 1970 when it was made. */
  readonly created: number;
  /** A UUID that only this content has: the same build with SOURCE_DATE_EPOCH has the same. */
  readonly uuid: string;
  /** Of guestwright. */
  readonly toolVersion: string;
}
