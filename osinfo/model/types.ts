// SPDX-License-Identifier: Apache-2.0
import type { DeviceFilter, DeviceLinkFilter, OsFilter, PlatformFilter } from './filter-types.js';

/**
 * The words of the model, libosinfo's own. Everything here is read-only data; `Os` and `Platform` add the look-ups that
 * need the whole database. Sizes are bytes, frequencies hertz, dates `YYYY-MM-DD`. Absent is `undefined`, never -1 or ''.
 */

export type * from './filter-types.js';

/** Where a fact stands in the database, for error messages and for the reasons of a recommendation. */
export interface Origin {
  readonly file: string;
  readonly line: number;
}

/** Architecture names as the database writes them; `all` fits every one. */
export type Arch = string;

export interface EntityInfo {
  readonly id: string;
  /** Every place that said something about the entity: the master first, then fragments in the order they apply. */
  readonly origins: readonly Origin[];
  /** All values of a native or custom (`x-…`) property, in order. */
  param(key: string): string | undefined;
  params(key: string): readonly string[];
  paramKeys(): readonly string[];
  /** Elements of the entity that the native format has no word for, as they were written; our facts are not among them. */
  readonly extras: readonly ExtraElement[];
  /** Facts of our namespace. Of operating systems and platforms with those that they inherit, nearest first: the caller picks by name and arch. */
  readonly facts: readonly Fact[];
}

/** What any part of an entity may have that the native format has no word for. Absent where there is nothing. */
export interface PartInfo {
  /** Values of custom (`x-…`) properties. */
  readonly custom?: Readonly<Record<string, readonly string[]>>;
  readonly extras?: readonly ExtraElement[];
}

export interface ExtraElement {
  readonly name: string;
  /** Namespace URI, '' for none. */
  readonly namespace: string;
  /** The element as it was written, with the namespace declarations that it needs to be read by itself. */
  readonly xml: string;
  readonly origin: Origin;
}

export interface Product extends EntityInfo {
  /** The first short id, what people type. */
  readonly shortId: string | undefined;
  readonly shortIds: readonly string[];
  readonly name: string | undefined;
  readonly version: string | undefined;
  readonly vendor: string | undefined;
  readonly codename: string | undefined;
  readonly logo: string | undefined;
  readonly releaseDate: string | undefined;
  readonly eolDate: string | undefined;
  /** Direct targets, as ids, nearest said last in the file first (libosinfo keeps them newest first). */
  related(relation: Relation): readonly string[];
}

export type Relation = 'derives-from' | 'clones' | 'upgrades';

export interface Device extends EntityInfo {
  readonly name: string | undefined;
  readonly vendor: string | undefined;
  readonly vendorId: string | undefined;
  readonly product: string | undefined;
  readonly productId: string | undefined;
  readonly subsystem: string | undefined;
  readonly class: string | undefined;
  /** `pci`, `usb`, `isa`, `ps2`, `xen`, `virtio`… */
  readonly busType: string | undefined;
}

export interface DeviceLink extends PartInfo {
  readonly target: string;
  readonly device: Device;
  readonly driver: string | undefined;
  /** False only where the entry says `supported="false"`. */
  readonly supported: boolean;
  /** The id of the OS or platform whose entry said it: the entity itself, or the one it is inherited from. */
  readonly from: string;
  readonly origin: Origin;
}

export interface Firmware extends PartInfo {
  readonly arch: Arch;
  readonly type: string;
  readonly supported: boolean;
  /** What newer databases say of the type to be preferred (`recommended="true"`); libosinfo 1.12 does not read it. */
  readonly recommended?: boolean;
  readonly from: string;
  readonly origin: Origin;
}

/** One architecture's numbers of one kind. */
export interface Resources {
  readonly arch: Arch;
  /** What is not said is filled from ancestors (`inherit="true"`); absent where it is not. */
  readonly inherit?: true;
  readonly cpuHz?: number;
  readonly nCpus?: number;
  readonly ramBytes?: number;
  readonly storageBytes?: number;
  readonly origin: Origin;
}

export interface ResourceLists {
  readonly minimum: readonly Resources[];
  readonly recommended: readonly Resources[];
  readonly maximum: readonly Resources[];
  readonly networkInstall: readonly Resources[];
}

export interface Variant extends PartInfo {
  readonly id: string;
  readonly name: string | undefined;
}

export interface Media extends PartInfo {
  readonly id: string;
  readonly arch: Arch | undefined;
  readonly url: string | undefined;
  readonly volumeId: string | undefined;
  readonly systemId: string | undefined;
  readonly publisherId: string | undefined;
  readonly applicationId: string | undefined;
  readonly volumeSize: number | undefined;
  readonly kernel: string | undefined;
  readonly initrd: string | undefined;
  readonly variants: readonly string[];
  readonly languages: readonly string[];
  readonly languageRegex: string | undefined;
  readonly languageMap: string | undefined;
  readonly installer: boolean;
  readonly live: boolean;
  readonly installerReboots: number | undefined;
  readonly ejectAfterInstall: boolean;
  readonly installerScript: boolean | undefined;
  readonly scripts: readonly string[];
  readonly origin: Origin;
}

export interface Tree extends PartInfo {
  readonly id: string;
  readonly arch: Arch | undefined;
  readonly url: string | undefined;
  readonly kernel: string | undefined;
  readonly initrd: string | undefined;
  readonly bootIso: string | undefined;
  readonly variants: readonly string[];
  readonly hasTreeinfo: boolean;
  readonly treeinfoFamily: string | undefined;
  readonly treeinfoVariant: string | undefined;
  readonly treeinfoVersion: string | undefined;
  readonly treeinfoArch: string | undefined;
  readonly origin: Origin;
}

export interface Image extends PartInfo {
  readonly id: string;
  readonly arch: Arch | undefined;
  readonly format: string | undefined;
  readonly url: string | undefined;
  readonly cloudInit: boolean;
  readonly variants: readonly string[];
  readonly origin: Origin;
}

/** A set of drivers that an installer can be given (`<driver>` of an OS). */
export interface DeviceDriver extends PartInfo {
  readonly id: string;
  readonly arch: Arch | undefined;
  readonly location: string | undefined;
  readonly preInstallable: boolean;
  readonly signed: boolean;
  readonly priority: number;
  readonly files: readonly string[];
  readonly devices: readonly string[];
}

/**
 * A fact of our own namespace (`urn:guestwright:db:1`), one element of an entity's `<gw:facts>`:
 * the element's local name, its attributes (without `source`), and where it comes from.
 */
export interface Fact {
  readonly name: string;
  readonly arch: Arch | undefined;
  readonly attributes: Readonly<Record<string, string>>;
  /** The page or document that says so. */
  readonly source: string | undefined;
  /** The entity whose entry said it: itself or an ancestor. */
  readonly from: string;
  readonly origin: Origin;
}

export interface Os extends Product {
  readonly family: string | undefined;
  readonly distro: string | undefined;
  /** As written in the entry; absent means released. */
  readonly releaseStatus: 'released' | 'snapshot' | 'prerelease' | 'rolling';
  readonly kernelUrlArgument: string | undefined;
  readonly cloudImageUsername: string | undefined;
  readonly variants: readonly Variant[];
  readonly media: readonly Media[];
  readonly trees: readonly Tree[];
  readonly images: readonly Image[];
  readonly drivers: readonly DeviceDriver[];
  /** Those of the highest priority. */
  readonly preferredDrivers: readonly DeviceDriver[];
  /** Ids of the install scripts of this very entry. */
  readonly installScripts: readonly string[];
  /** The first of these that has the profile (`jeos`, `desktop`). */
  findInstallScript(profile: string): InstallScript | undefined;
  /** Whether the media can be installed by a script: the OS or the media has one, and the media does not say otherwise. */
  supportsInstallerScript(media: Media): boolean;
  /** Resources as libosinfo resolves them: only `inherit="true"` elements are filled from ancestors. */
  readonly resources: ResourceLists;
  /** The numbers of this very entry, nothing filled. `resourcesFor` answers with both and says where each is from. */
  readonly ownResources: ResourceLists;
  /** Firmware as `get_firmware_list` answers: nearest wins, what is switched off is left out. */
  readonly firmware: readonly Firmware[];
  /** `get_complete_firmware_list`: unsupported ones too. */
  readonly completeFirmware: readonly Firmware[];
  /** Links of this very entry. */
  readonly deviceLinks: readonly DeviceLink[];
  /** Union along derives-from and clones; the nearest link of a device wins; switched-off devices are left out. */
  readonly allDeviceLinks: readonly DeviceLink[];
  readonly allDevices: readonly Device[];
  /** The devices that fit, of `allDevices`. A switched-off device is not among them, whatever the filter. */
  devices(filter?: DeviceFilter): readonly Device[];
  /** The links that fit, of `allDeviceLinks`. */
  links(filter?: DeviceLinkFilter): readonly DeviceLink[];
  /** Direct targets of a relation. For the way back ask the database: `db.oses({ upgrades: 'debian11' })`. */
  relatedOses(relation: Relation): readonly Os[];
  /** The entity itself and everything it inherits from, nearest first, without repeats. */
  readonly lineage: readonly string[];
  /** The lineage without the entity itself. */
  readonly ancestors: readonly Os[];
}

export interface Platform extends Product {
  readonly deviceLinks: readonly DeviceLink[];
  /** Union along upgrades and derives-from. */
  readonly allDeviceLinks: readonly DeviceLink[];
  readonly allDevices: readonly Device[];
  /** The devices that fit, of `allDevices`. */
  devices(filter?: DeviceFilter): readonly Device[];
  /** The links that fit, of `allDeviceLinks`. */
  links(filter?: DeviceLinkFilter): readonly DeviceLink[];
  /** Direct targets of a relation. */
  relatedPlatforms(relation: Relation): readonly Platform[];
  readonly lineage: readonly string[];
}

export interface Deployment extends EntityInfo {
  readonly os: string | undefined;
  readonly platform: string | undefined;
  /** Links of this very entry, the one said last first: what is wanted most comes first. */
  readonly deviceLinks: readonly DeviceLink[];
  /** The links that fit; the first is the preferred one. */
  links(filter?: DeviceLinkFilter): readonly DeviceLink[];
}

/** An automated installation: a template and what it can be told. Boolean and enumerated values have libosinfo's defaults. */
export interface InstallScript extends EntityInfo {
  /** `jeos`, `desktop` or a profile of its own. */
  readonly profile: string | undefined;
  /** `@` any character, `%` a letter, `#` a digit, `$` a letter or digit, the rest literal. */
  readonly productKeyFormat: string | undefined;
  readonly pathFormat: 'unix' | 'dos';
  readonly expectedFilename: string | undefined;
  readonly needsInternet: boolean;
  readonly canPreInstallDrivers: boolean;
  readonly canPostInstallDrivers: boolean;
  readonly preInstallDriversSigningReq: 'none' | 'strict' | 'warn';
  readonly postInstallDriversSigningReq: 'none' | 'strict' | 'warn';
  /** In the order cdrom, disk, floppy, initrd, web. */
  readonly injectionMethods: readonly InjectionMethod[];
  /** Disk where the script can come so, else initrd, else the first that it can (libosinfo then says disk, which it cannot); disk where it names none. */
  readonly preferredInjectionMethod: InjectionMethod;
  readonly avatarFormat: AvatarFormat | undefined;
  readonly configParams: readonly InstallConfigParam[];
  /** An XSLT 1.0 stylesheet, as it stands in the file, or where to find one. */
  readonly template: { readonly text: string } | { readonly uri: string } | undefined;
}

export type InjectionMethod = 'cdrom' | 'disk' | 'floppy' | 'initrd' | 'web';

export interface AvatarFormat {
  readonly mimeTypes: readonly string[];
  /** Pixels. */
  readonly width: number | undefined;
  readonly height: number | undefined;
  readonly alpha: boolean;
}

export interface InstallConfigParam {
  readonly name: string;
  readonly required: boolean;
  /** Id of the datamap that values pass through. */
  readonly valueMap: string | undefined;
}

/** A table of words: what the model says on the left, what an installer says on the right. */
export interface Datamap extends EntityInfo {
  readonly entries: readonly (readonly [inval: string, outval: string])[];
  /** The last entry's right side for a left side; undefined where there is none. */
  lookup(inval: string): string | undefined;
  /** The other way: the last entry's left side for a right side. */
  reverseLookup(outval: string): string | undefined;
}

/** What a loader found wrong, collected: one bad file never takes the database down. */
export interface LoadIssue {
  readonly severity: 'error' | 'warning';
  readonly code: string;
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
  readonly message: string;
}

export interface PlaceInForce {
  readonly kind: 'bundled' | 'system' | 'local' | 'user' | 'given';
  readonly path: string;
  readonly version: string | undefined;
  readonly why: string;
}

export interface Db {
  readonly places: readonly PlaceInForce[];
  readonly issues: readonly LoadIssue[];
  /** By id or any short id. Undefined where there is none. */
  findOs(name: string): Os | undefined;
  /** By id or any short id. @throws NotFoundError with near matches. */
  os(name: string): Os;
  oses(filter?: OsFilter): readonly Os[];
  findPlatform(name: string): Platform | undefined;
  /** By id or any short id. @throws NotFoundError with near matches. */
  platform(name: string): Platform;
  platforms(filter?: PlatformFilter): readonly Platform[];
  findDevice(id: string): Device | undefined;
  /** With all of pci.ids and usb.ids: some 38,000. */
  devices(filter?: DeviceFilter): readonly Device[];
  /** Those that the database itself speaks of. */
  nativeDevices(filter?: DeviceFilter): readonly Device[];
  deployments(): readonly Deployment[];
  findDeployment(id: string): Deployment | undefined;
  /** By its two sides, each by id or short id. */
  findDeployment(os: string, platform: string): Deployment | undefined;
  installScripts(): readonly InstallScript[];
  findInstallScript(id: string): InstallScript | undefined;
  datamaps(): readonly Datamap[];
  findDatamap(id: string): Datamap | undefined;
}
