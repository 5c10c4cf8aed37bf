// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { byPackage, type InstalledPackage, packageKey } from '../../stages/packages/types.js';
import { type Licence, licenceOfDeb, licenceOfRpm } from './licences.js';
import { packageUrl } from './purl.js';
import type { SbomInput } from './types.js';

/** A package as both forms write it. */
export interface BillEntry {
  readonly one: InstalledPackage;
  readonly purl: string;
  readonly licence: Licence | undefined;
  readonly supplier: Supplier | undefined;
  /** Package URLs of what it needs, in order. */
  readonly dependsOn: readonly string[];
}

export interface Supplier {
  readonly name: string;
  readonly email?: string;
  readonly kind: 'Organization' | 'Person';
}

/** The operating system as it calls itself, else as the database does. */
export interface BillSystem {
  readonly id: string;
  readonly name: string;
  readonly version: string | undefined;
  readonly cpe: string | undefined;
}

/** What the packages of a system are called in bills of materials, in order of name. */
export function billOf(input: SbomInput): { readonly system: BillSystem; readonly entries: readonly BillEntry[] } {
  const { osRelease, family, os } = input;
  const id = osRelease?.id ?? os.shortId.replace(/[\d.]+$/, '');
  const versionId = osRelease?.versionId;
  const system = { family, id, ...(versionId === undefined ? {} : { versionId }) };
  const packages = input.packages.toSorted(byPackage);
  const purls = new Map(packages.map((one) => [packageKey(one), packageUrl(one, system)]));
  return {
    system: { id, name: osRelease?.prettyName ?? os.name, version: versionId, cpe: osRelease?.cpe },
    entries: packages.map((one) => ({
      one,
      purl: packageUrl(one, system),
      licence: licenceOf(one, family),
      supplier: one.supplier === undefined ? undefined : parseSupplier(one.supplier, family),
      dependsOn: (one.dependsOn ?? []).flatMap((key) => purls.get(key) ?? []),
    })),
  };
}

function licenceOf({ licences }: InstalledPackage, family: SbomInput['family']): Licence | undefined {
  if (licences === undefined || licences.length === 0) return undefined;
  return family === 'rpm' ? licenceOfRpm(licences.join(' ')) : licenceOfDeb(licences);
}

/** `Name <address>`. Who packages an rpm is its vendor; a deb's maintainer is a team or a person, as far as can be told. */
function parseSupplier(text: string, family: SbomInput['family']): Supplier | undefined {
  const match = /^([^<>]{1,300})(?:<([^<>\s]{1,300})>)?\s*$/.exec(text);
  const name = (match?.[1] ?? '').trim();
  if (name === '') return undefined;
  const email = match?.[2];
  const team =
    family === 'rpm' ||
    /\b(?:team|maintainers?|developers?|group|project|packagers?|inc|ltd|gmbh)\b|^debian\b/i.test(name) ||
    /@(?:lists\.|packages\.|tracker\.)/i.test(email ?? '');
  return { name, ...(email === undefined ? {} : { email }), kind: team ? 'Organization' : 'Person' };
}

/** A UUID that follows from a text (RFC 9562, version 8: the first bits of its SHA-256). */
export function uuidOf(text: string): string {
  const bytes = createHash('sha256').update(text).digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** `2026-11-22T10:43:45Z`: what both forms want. */
export function isoTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(/\.\d{3}Z$/, 'Z');
}

/** A text without what XML, JSON viewers and terminals stumble on, in one line. */
export function oneLine(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cs}\u2028\u2029]+/gu, ' ')
    .trim()
    .slice(0, 2000);
}

/** Whether a homepage is an address, which both forms want. */
export function isAddress(homepage: string | undefined): homepage is string {
  return homepage !== undefined && /^(?:https?|ftp):\/\/[^\s<>"{}|\\^`\p{Cc}]{1,500}$/u.test(homepage);
}
