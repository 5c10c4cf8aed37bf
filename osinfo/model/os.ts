// SPDX-License-Identifier: Apache-2.0

import { filterDevices, filterLinks } from '../filter.js';
import { completeFirmware, filledResources, firstParam, osDeviceLinks, supportedFirmware } from '../inherit.js';
import type { ResourceKind, SubRecord } from '../load/records.js';
import { ProductEntity, type World } from './entity.js';
import { toDriver, toFirmware, toImage, toLink, toMedia, toResources, toTree, toVariant } from './parts.js';
import type {
  Device,
  DeviceDriver,
  DeviceFilter,
  DeviceLink,
  DeviceLinkFilter,
  Firmware,
  Image,
  InstallScript,
  Media,
  Os,
  Relation,
  ResourceLists,
  Tree,
  Variant,
} from './types.js';

const statuses = ['released', 'snapshot', 'prerelease', 'rolling'] as const;

/** An operating system of the database. */
export class OsEntity extends ProductEntity implements Os {
  constructor(world: World, id: string) {
    super(world, 'os', id);
  }

  get family(): string | undefined {
    return this.param('family');
  }

  get distro(): string | undefined {
    return this.param('distro');
  }

  get releaseStatus(): Os['releaseStatus'] {
    return statuses.find((status) => status === this.param('release-status')) ?? 'released';
  }

  get kernelUrlArgument(): string | undefined {
    return firstParam(this.lineageRecords, 'kernel-url-argument');
  }

  get cloudImageUsername(): string | undefined {
    return firstParam(this.lineageRecords, 'cloud-image-username');
  }

  get variants(): readonly Variant[] {
    return this.once('variants', () => (this.record.variants ?? []).map((part) => toVariant(this.world, part)));
  }

  get media(): readonly Media[] {
    return this.once('media', () => (this.record.media ?? []).map((part) => toMedia(this.world, part)));
  }

  get trees(): readonly Tree[] {
    return this.once('trees', () => (this.record.trees ?? []).map((part) => toTree(this.world, part)));
  }

  get images(): readonly Image[] {
    return this.once('images', () => (this.record.images ?? []).map((part) => toImage(this.world, part)));
  }

  get drivers(): readonly DeviceDriver[] {
    return this.once('drivers', () => (this.record.drivers ?? []).map((part) => toDriver(this.world, part)));
  }

  get preferredDrivers(): readonly DeviceDriver[] {
    const highest = Math.max(...this.drivers.map(({ priority }) => priority));
    return this.drivers.filter(({ priority }) => priority === highest);
  }

  get installScripts(): readonly string[] {
    return this.record.scripts ?? [];
  }

  findInstallScript(profile: string): InstallScript | undefined {
    for (const id of this.installScripts) {
      const script = this.world.installScript(id);
      if (script?.profile === profile) return script;
    }
    return undefined;
  }

  supportsInstallerScript(media: Media): boolean {
    return (this.installScripts.length > 0 || media.scripts.length > 0) && (media.installerScript ?? true);
  }

  get resources(): ResourceLists {
    return this.once('resources', () => this.resourceLists((kind) => filledResources(this.lineageRecords, kind)));
  }

  get ownResources(): ResourceLists {
    return this.once('ownResources', () => this.resourceLists((kind) => this.record[kind] ?? []));
  }

  private resourceLists(entries: (kind: ResourceKind) => readonly SubRecord[]): ResourceLists {
    const list = (kind: ResourceKind) => entries(kind).map((part) => toResources(this.world, part));
    return {
      minimum: list('minimum'),
      recommended: list('recommended'),
      maximum: list('maximum'),
      networkInstall: list('network-install'),
    };
  }

  get ancestors(): readonly Os[] {
    return this.once('ancestors', () => this.lineage.slice(1).flatMap((id) => this.world.os(id) ?? []));
  }

  get firmware(): readonly Firmware[] {
    return this.once('firmware', () =>
      supportedFirmware(this.lineageRecords).map((one) => toFirmware(this.world, one)),
    );
  }

  get completeFirmware(): readonly Firmware[] {
    return this.once('completeFirmware', () =>
      completeFirmware(this.lineageRecords).map((one) => toFirmware(this.world, one)),
    );
  }

  get deviceLinks(): readonly DeviceLink[] {
    return this.once('deviceLinks', () =>
      (this.record.links ?? []).map((part) => toLink(this.world, { part, from: this.id })),
    );
  }

  get allDeviceLinks(): readonly DeviceLink[] {
    return this.once('allDeviceLinks', () => osDeviceLinks(this.lineageRecords).map((one) => toLink(this.world, one)));
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

  relatedOses(relation: Relation): readonly Os[] {
    return this.related(relation).flatMap((id) => this.world.os(id) ?? []);
  }
}
