// SPDX-License-Identifier: Apache-2.0
import { GuestwrightError, InputError } from '../../osinfo/errors.js';
import type { Db, InstallScript } from '../../osinfo/model/types.js';
import { openDb } from '../../osinfo/open.js';
import { type GeneratedScript, generateCommandLine, generateScript } from '../../osinfo/script/generate.js';
import { injectionMethod } from '../../osinfo/script/injection/plan.js';
import { type ChosenConfig, chooseConfig } from './config.js';
import { writeMedium } from './medium.js';
import type { InstallScriptOptions } from './options.js';
import { type ChosenOs, chooseOs, scriptsOf } from './source.js';
import { writeScripts } from './write.js';

/** Exit codes of the original. */
const exits = { noArgument: 254, badOption: 255, noDatabase: 253, noOs: 252, failed: 251 } as const;

const say = (text: string): void => void process.stderr.write(text);

/**
 * Does what the command line says.
 * @param help the help of the program, which the original prints after an error
 * @returns the original's exit code
 */
export async function runInstallScript(
  argument: string | undefined,
  options: InstallScriptOptions,
  help: () => string,
): Promise<number> {
  let chosen: ChosenConfig;
  try {
    chosen = chooseConfig(options);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    say(`Error while parsing options: ${error.message}\n${help()}\n`);
    return exits.badOption;
  }
  if (argument === undefined) {
    say(`${help()}\n`);
    return exits.noArgument;
  }
  const lists = [options.listConfig, options.listProfiles, options.listInjectionMethods].filter(Boolean);
  if (lists.length > 1) {
    say('Only one of --list-profile, --list-config and --list-injection-methods can be requested');
    return exits.noArgument;
  }
  let db: Db;
  let os: ChosenOs | undefined;
  try {
    db = openDb(options.db === undefined ? {} : { db: options.db });
  } catch (error) {
    if (!(error instanceof GuestwrightError)) throw error;
    say(`Error loading OS data: ${error.message}\n`);
    return exits.noDatabase;
  }
  try {
    os = await chooseOs(db, argument);
  } catch (error) {
    if (!(error instanceof GuestwrightError)) throw error;
    say(`Error finding OS: ${argument}: ${error.message}\n`);
    return exits.noOs;
  }
  if (!os) {
    say(`Error finding OS: ${argument}\n`);
    return exits.noOs;
  }
  if (options.listProfiles) return list(scriptsOf(os, db), profileLine);
  if (options.listInjectionMethods) return list(scriptsOf(os, db), methodsLine);
  const scripts = scriptsOf(os, db, options.profile);
  if (scripts.length === 0) {
    const name = os.os.name ?? os.os.id;
    say(`No install script for profile '${options.profile}' and OS '${name}'${options.listConfig ? '' : '\n'}`);
    return exits.failed;
  }
  if (options.listConfig) return list(scripts, configLines);
  return await generate(scripts, { ...os, db, chosen, options, argument });
}

function list(scripts: readonly InstallScript[], lines: (script: InstallScript) => string): number {
  process.stdout.write(scripts.map(lines).join(''));
  return 0;
}

const profileLine = ({ profile, expectedFilename }: InstallScript): string => `${profile}: ${expectedFilename}\n`;
const methodsLine = ({ profile, injectionMethods }: InstallScript): string =>
  `${profile}: ${injectionMethods.join(' ')}\n`;
const configLines = ({ configParams }: InstallScript): string =>
  configParams.map(({ name, required }) => `${name}: ${required ? 'required' : 'optional'}\n`).join('');

interface Work extends ChosenOs {
  readonly db: Db;
  readonly chosen: ChosenConfig;
  readonly options: InstallScriptOptions;
  readonly argument: string;
}

async function generate(scripts: readonly InstallScript[], work: Work): Promise<number> {
  const { os, source, db, chosen, options, argument } = work;
  for (const key of chosen.exposed) {
    say(
      `osinfo-install-script: warning: ${key} on a command line is seen by all users of this machine; use --config-file\n`,
    );
  }
  const question = (script: InstallScript) => ({
    db,
    os,
    source,
    config: chosen.config,
    // The original takes every word but "network" for media, and none at all too.
    installationSource: options.installationSource === 'network' ? ('network' as const) : ('media' as const),
    ...(options.inject === undefined ? {} : { injectionMethod: injectionMethod(script, options.inject) }),
  });
  try {
    if (options.commandLine) {
      for (const script of scripts) process.stdout.write(`${await generateCommandLine(script, question(script))}\n`);
      return 0;
    }
    const made: [InstallScript, GeneratedScript][] = [];
    for (const script of scripts) made.push([script, await generateScript(script, question(script))]);
    const names =
      options.inject === undefined
        ? writeScripts(
            made.map(([, script]) => script),
            options.outputDir,
            options.prefix,
          )
        : [await writeMedium(made, options.inject, { os, argument, options })];
    if (!options.quiet) process.stdout.write(names.map((name) => `${name}\n`).join(''));
  } catch (error) {
    if (!(error instanceof GuestwrightError)) throw error;
    say(`Unable to generate install script: ${error.message}\n`);
    return exits.failed;
  }
  if (chosen.madeUp !== undefined) {
    say(`osinfo-install-script: the password of the administrator was made up: ${chosen.madeUp}\n`);
  }
  return 0;
}
