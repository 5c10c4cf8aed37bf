// SPDX-License-Identifier: Apache-2.0
import type { InstallScript } from '../../../osinfo/model/types.js';
import { openDb } from '../../../osinfo/open.js';
import type { ScriptQuestion } from '../../../osinfo/script/document.js';
import { type GeneratedScript, generateScript } from '../../../osinfo/script/generate.js';
import { DB } from '../../db/places.js';

/** Parameters, each with its one value. */
export type Config = Readonly<Record<string, string>>;

export const db = openDb({ db: DB, env: {}, index: false });

export const scriptOf = (id: string): InstallScript => db.installScripts().find((one) => one.id === id)!;

/** What a template is asked for an OS. */
export const question = (os: string, config: Config): ScriptQuestion => ({
  db,
  os: db.os(os),
  config: new Map(Object.entries(config).map(([key, value]) => [key, [value]] as const)),
});

/** One of our scripts for an OS. */
export const generate = (id: string, os: string, config: Config): Promise<GeneratedScript> =>
  generateScript(scriptOf(id), question(os, config));

/** Who is to log in to the new system, and how. */
export const account: Config = {
  'admin-password': 'top secret',
  'user-login': 'berta',
  'user-password': 'also secret',
  'user-realname': "Berta O'Neil",
  'user-admin': 'true',
};
