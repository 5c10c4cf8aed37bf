// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs';
import { formatIssue } from '../../osinfo/load/issues.js';
import type { Db, LoadIssue } from '../../osinfo/model/types.js';

/** What `guestwright db info --json` prints (`schema/db-info.schema.json`). */
export interface DatabaseInfo {
  readonly format: 'guestwright/db-info/1';
  /** Lowest first: later places win. */
  readonly places: readonly {
    readonly kind: string;
    readonly path: string;
    readonly present: boolean;
    readonly version?: string;
    readonly why: string;
  }[];
  /** Entities by kind; devices are those of the database, without pci.ids and usb.ids. */
  readonly counts: Readonly<Record<'os' | 'platform' | 'device' | 'deployment' | 'installScript' | 'datamap', number>>;
  readonly issues: readonly LoadIssue[];
}

export function databaseInfo(db: Db): DatabaseInfo {
  return {
    format: 'guestwright/db-info/1',
    places: db.places.map(({ kind, path, version, why }) => ({
      kind,
      path,
      present: existsSync(path),
      ...(version === undefined ? {} : { version }),
      why,
    })),
    counts: {
      os: db.oses().length,
      platform: db.platforms().length,
      device: db.nativeDevices().length,
      deployment: db.deployments().length,
      installScript: db.installScripts().length,
      datamap: db.datamaps().length,
    },
    issues: db.issues,
  };
}

/** The same for people. */
export function formatInfo({ places, counts, issues }: DatabaseInfo): string {
  const lines = ['Places, later ones win:'];
  for (const place of places) {
    const state = place.present ? `version ${place.version ?? 'not given'}` : 'not there';
    lines.push(`  ${place.kind.padEnd(8)} ${place.path}`, `${' '.repeat(11)}${state}; ${place.why}`);
  }
  const things = [
    [counts.os, 'operating systems'],
    [counts.platform, 'platforms'],
    [counts.device, 'devices'],
    [counts.installScript, 'install scripts'],
    [counts.datamap, 'datamaps'],
    [counts.deployment, 'deployments'],
  ] as const;
  lines.push(`Together: ${things.map(([count, what]) => `${count} ${what}`).join(', ')}`);
  if (issues.length === 0) lines.push('Nothing wrong was found.');
  for (const issue of issues) lines.push(`${issue.severity}: ${formatIssue(issue)}`);
  return `${lines.join('\n')}\n`;
}
