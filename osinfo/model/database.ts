// SPDX-License-Identifier: Apache-2.0
import { NotFoundError, nearest } from '../errors.js';
import { filterDevices, filterOses, filterPlatforms } from '../filter.js';
import { HardwareIds } from '../load/ids.js';
import type { Kind } from '../load/records.js';
import { headKeys, type RecordSource } from '../load/source.js';
import type { World } from './entity.js';
import { OsEntity } from './os.js';
import { DatamapEntity, DeploymentEntity, DeviceEntity, InstallScriptEntity, PlatformEntity } from './others.js';
import type {
  Datamap,
  Db,
  Deployment,
  Device,
  DeviceFilter,
  InstallScript,
  LoadIssue,
  Os,
  OsFilter,
  PlaceInForce,
  Platform,
  PlatformFilter,
} from './types.js';

/** A database over records: entities are made when they are asked for, and only once. */
export class Database implements Db {
  readonly places: readonly PlaceInForce[];
  private readonly made = new Map<Kind, Map<string, unknown>>();
  private readonly shortIds = new Map<Kind, ReadonlyMap<string, string>>();
  private readonly world: World;
  private readonly hardware: HardwareIds;
  private readonly issueList: () => readonly LoadIssue[];

  constructor(
    /** For what works on the rows of the whole database, such as recognising. */
    readonly source: RecordSource,
    places: readonly PlaceInForce[],
    issues: () => readonly LoadIssue[],
  ) {
    this.places = places;
    this.issueList = issues;
    this.hardware = new HardwareIds((id) => source.hardware(id));
    this.world = {
      source,
      ids: this.hardware,
      os: (id) => this.osById(id),
      platform: (id) => this.platformById(id),
      installScript: (id) => this.findInstallScript(id),
      device: (id) => this.make('device', id, DeviceEntity),
    };
  }

  get issues(): readonly LoadIssue[] {
    return this.issueList();
  }

  findOs(name: string): Os | undefined {
    return this.osById(name) ?? this.osById(this.idByShortId('os').get(name) ?? '');
  }

  os(name: string): Os {
    return this.findOs(name) ?? this.unknown('os', 'operating system', name, 'osinfo-query os lists them all');
  }

  oses(filter: OsFilter = {}): readonly Os[] {
    return filterOses(
      this.world.source.ids('os').map((id) => this.make('os', id, OsEntity)),
      filter,
      (name) => this.findOs(name)?.id ?? name,
    );
  }

  findPlatform(name: string): Platform | undefined {
    return this.platformById(name) ?? this.platformById(this.idByShortId('platform').get(name) ?? '');
  }

  platform(name: string): Platform {
    return (
      this.findPlatform(name) ?? this.unknown('platform', 'platform', name, 'osinfo-query platform lists them all')
    );
  }

  platforms(filter: PlatformFilter = {}): readonly Platform[] {
    return filterPlatforms(
      this.world.source.ids('platform').map((id) => this.make('platform', id, PlatformEntity)),
      filter,
      (name) => this.findPlatform(name)?.id ?? name,
    );
  }

  findDevice(id: string): Device | undefined {
    const known = this.world.source.head('device', id) !== undefined || this.hardware.device(id) !== undefined;
    return known ? this.world.device(id) : undefined;
  }

  devices(filter: DeviceFilter = {}): readonly Device[] {
    const ids = new Set(this.world.source.ids('device'));
    for (const { id } of this.hardware.all()) ids.add(id);
    return filterDevices(
      [...ids].map((id) => this.world.device(id)),
      filter,
    );
  }

  nativeDevices(filter: DeviceFilter = {}): readonly Device[] {
    return filterDevices(
      this.world.source.ids('device').map((id) => this.world.device(id)),
      filter,
    );
  }

  deployments(): readonly Deployment[] {
    return this.world.source.ids('deployment').map((id) => this.make('deployment', id, DeploymentEntity));
  }

  findDeployment(name: string, platform?: string): Deployment | undefined {
    if (platform === undefined) return this.find('deployment', name, DeploymentEntity);
    const [osId, platformId] = [this.findOs(name)?.id, this.findPlatform(platform)?.id];
    if (osId === undefined || platformId === undefined) return undefined;
    return this.deployments().find((one) => one.os === osId && one.platform === platformId);
  }

  installScripts(): readonly InstallScript[] {
    return this.world.source.ids('install-script').map((id) => this.make('install-script', id, InstallScriptEntity));
  }

  findInstallScript(id: string): InstallScript | undefined {
    return this.find('install-script', id, InstallScriptEntity);
  }

  datamaps(): readonly Datamap[] {
    return this.world.source.ids('datamap').map((id) => this.make('datamap', id, DatamapEntity));
  }

  findDatamap(id: string): Datamap | undefined {
    return this.find('datamap', id, DatamapEntity);
  }

  private osById(id: string): Os | undefined {
    return this.find('os', id, OsEntity);
  }

  private platformById(id: string): Platform | undefined {
    return this.find('platform', id, PlatformEntity);
  }

  private find<T>(kind: Kind, id: string, type: new (world: World, id: string) => T): T | undefined {
    return this.world.source.head(kind, id) === undefined ? undefined : this.make(kind, id, type);
  }

  private make<T>(kind: Kind, id: string, type: new (world: World, id: string) => T): T {
    let entities = this.made.get(kind);
    if (entities === undefined) {
      entities = new Map();
      this.made.set(kind, entities);
    }
    let entity = entities.get(id);
    if (entity === undefined) {
      entity = new type(this.world, id);
      entities.set(id, entity);
    }
    return entity as T;
  }

  private idByShortId(kind: 'os' | 'platform'): ReadonlyMap<string, string> {
    let names = this.shortIds.get(kind);
    if (names === undefined) {
      names = shortIdsOf(this.world.source, kind);
      this.shortIds.set(kind, names);
    }
    return names;
  }

  private unknown(kind: 'os' | 'platform', what: string, name: string, hint: string): never {
    const near = nearest(name, this.idByShortId(kind).keys());
    const message = `there is no ${what} ${JSON.stringify(name)} in the database${near.length === 0 ? `; ${hint}` : ''}`;
    throw new NotFoundError(`unknown-${kind}`, message, near);
  }
}

/** The records beneath a database. @throws TypeError for an object that `openDb` did not make */
export function sourceOf(db: Db): RecordSource {
  if (db instanceof Database) return db.source;
  throw new TypeError('a database that openDb() or dbFromXml() opened is needed');
}

/** Who has a name as the first short id goes before those who have it among others; then the order of ids. */
function shortIdsOf(source: RecordSource, kind: Kind): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const position = headKeys[kind].indexOf('short-id') + 1;
  const lists = source.ids(kind).map((id) => ({ id, names: [source.head(kind, id)?.[position] ?? []].flat() }));
  for (const one of lists) if (one.names[0] !== undefined && !names.has(one.names[0])) names.set(one.names[0], one.id);
  for (const one of lists) for (const name of one.names) if (!names.has(name)) names.set(name, one.id);
  return names;
}
