// SPDX-License-Identifier: Apache-2.0
import { filterDevices, filterLinks } from '../filter.js';
import { platformDeviceLinks } from '../inherit.js';
import type { Params } from '../load/records.js';
import { Entity, first, ProductEntity, type World } from './entity.js';
import { toLink } from './parts.js';
import type {
  AvatarFormat,
  Datamap,
  Deployment,
  Device,
  DeviceFilter,
  DeviceLink,
  DeviceLinkFilter,
  InjectionMethod,
  InstallConfigParam,
  InstallScript,
  Platform,
  Relation,
} from './types.js';
import { toBoolean, toInteger } from './values.js';

/** A hypervisor and its version. */
export class PlatformEntity extends ProductEntity implements Platform {
  constructor(world: World, id: string) {
    super(world, 'platform', id);
  }

  get deviceLinks(): readonly DeviceLink[] {
    return this.once('deviceLinks', () =>
      (this.record.links ?? []).map((part) => toLink(this.world, { part, from: this.id })),
    );
  }

  get allDeviceLinks(): readonly DeviceLink[] {
    return this.once('allDeviceLinks', () =>
      platformDeviceLinks(this.lineageRecords).map((one) => toLink(this.world, one)),
    );
  }

  get allDevices(): readonly Device[] {
    return this.allDeviceLinks.map((link) => link.device);
  }

  devices(filter: DeviceFilter = {}): readonly Device[] {
    return filterDevices(this.allDevices, filter);
  }

  links(filter: DeviceLinkFilter = {}): readonly DeviceLink[] {
    return filterLinks(this.allDeviceLinks, filter);
  }

  relatedPlatforms(relation: Relation): readonly Platform[] {
    return this.related(relation).flatMap((id) => this.world.platform(id) ?? []);
  }
}

/**
 * A piece of hardware. What pci.ids and usb.ids say of it is read only when it is asked for, and lies under native
 * fragments; a native master replaces it.
 */
export class DeviceEntity extends Entity implements Device {
  constructor(world: World, id: string) {
    super(world, 'device', id);
  }

  get name(): string | undefined {
    return this.param('name');
  }
  get vendor(): string | undefined {
    return this.param('vendor');
  }
  get vendorId(): string | undefined {
    return this.param('vendor-id');
  }
  get product(): string | undefined {
    return this.param('product');
  }
  get productId(): string | undefined {
    return this.param('product-id');
  }
  get subsystem(): string | undefined {
    return this.param('subsystem');
  }
  get class(): string | undefined {
    return this.param('class');
  }
  get busType(): string | undefined {
    return this.param('bus-type');
  }

  override params(key: string): readonly string[] {
    const native = super.params(key);
    if (native.length > 0 || !idsKeys.has(key)) return native;
    // The index knows without the record.
    const listed = this.world.source.hardware(this.id);
    return (listed === undefined ? this.allParams[key] : listed?.[key]) ?? [];
  }

  protected override get allParams(): Params {
    return this.once('allParams', () => {
      const { master, params } = this.record;
      return master ? params : { ...this.world.ids.device(this.id)?.params, ...params };
    });
  }
}

const idsKeys: ReadonlySet<string> = new Set(['vendor', 'vendor-id', 'product', 'product-id', 'bus-type']);

/** What is special about an operating system on a platform. */
export class DeploymentEntity extends Entity implements Deployment {
  constructor(world: World, id: string) {
    super(world, 'deployment', id);
  }

  get os(): string | undefined {
    return this.record.os;
  }

  get platform(): string | undefined {
    return this.record.platform;
  }

  get deviceLinks(): readonly DeviceLink[] {
    return this.once('deviceLinks', () =>
      (this.record.links ?? []).map((part) => toLink(this.world, { part, from: this.id })),
    );
  }

  links(filter: DeviceLinkFilter = {}): readonly DeviceLink[] {
    return filterLinks(this.deviceLinks, filter);
  }
}

const signingReqs = ['none', 'strict', 'warn'] as const;
const methods: readonly InjectionMethod[] = ['cdrom', 'disk', 'floppy', 'initrd', 'web'];

/** An automated installation. */
export class InstallScriptEntity extends Entity implements InstallScript {
  constructor(world: World, id: string) {
    super(world, 'install-script', id);
  }

  get profile(): string | undefined {
    return this.param('profile');
  }
  get productKeyFormat(): string | undefined {
    return this.param('product-key-format');
  }
  get pathFormat(): 'unix' | 'dos' {
    return this.param('path-format') === 'dos' ? 'dos' : 'unix';
  }
  get expectedFilename(): string | undefined {
    return this.param('expected-filename');
  }
  get needsInternet(): boolean {
    return this.param('needs-internet') === 'true';
  }
  get canPreInstallDrivers(): boolean {
    return this.param('can-pre-install-drivers') === 'true';
  }
  get canPostInstallDrivers(): boolean {
    return this.param('can-post-install-drivers') === 'true';
  }
  get preInstallDriversSigningReq(): 'none' | 'strict' | 'warn' {
    return signingReqs.find((req) => req === this.param('pre-install-drivers-signing-req')) ?? 'none';
  }
  get postInstallDriversSigningReq(): 'none' | 'strict' | 'warn' {
    return signingReqs.find((req) => req === this.param('post-install-drivers-signing-req')) ?? 'none';
  }
  get injectionMethods(): readonly InjectionMethod[] {
    const given = this.params('injection-method');
    return methods.filter((method) => given.includes(method));
  }

  get preferredInjectionMethod(): InjectionMethod {
    const possible = this.injectionMethods;
    return (['disk', 'initrd'] as const).find((method) => possible.includes(method)) ?? possible[0] ?? 'disk';
  }

  get avatarFormat(): AvatarFormat | undefined {
    const avatar = this.record.avatar;
    if (avatar === undefined) return undefined;
    return {
      mimeTypes: avatar.params['mime-type'] ?? [],
      width: toInteger(first(avatar, 'width')),
      height: toInteger(first(avatar, 'height')),
      alpha: toBoolean(first(avatar, 'alpha'), false),
    };
  }

  get configParams(): readonly InstallConfigParam[] {
    return (this.record.config ?? []).map((part) => ({
      name: part.id,
      required: first(part, 'policy') === 'required',
      valueMap: first(part, 'value-map'),
    }));
  }

  get template(): { readonly text: string } | { readonly uri: string } | undefined {
    return this.record.template;
  }
}

/** A table of words. */
export class DatamapEntity extends Entity implements Datamap {
  constructor(world: World, id: string) {
    super(world, 'datamap', id);
  }

  get entries(): readonly (readonly [string, string])[] {
    return this.record.entries ?? [];
  }

  lookup(inval: string): string | undefined {
    return this.once('table', () => new Map(this.entries)).get(inval);
  }

  reverseLookup(outval: string): string | undefined {
    return this.once('reverse', () => new Map(this.entries.map(([inval, out]) => [out, inval]))).get(outval);
  }
}
