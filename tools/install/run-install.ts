// SPDX-License-Identifier: Apache-2.0
import { constants } from 'node:os';
import { installSystem, type PreparedInstallation, prepareInstallation } from '../../builder/install/install.js';
import { InputError } from '../../osinfo/errors.js';
import type { Db } from '../../osinfo/model/types.js';
import { openDb } from '../../osinfo/open.js';
import { parseConfigPair, secretKeys } from '../../osinfo/script/config.js';
import type { InstallCommandOptions } from '../commands/install.js';
import { type ChosenConfig, chooseConfig } from '../install-script/config.js';
import { printJson } from '../main.js';
import { formatInstalled, formatInstallPlan } from './install-text.js';
import { ProgressLine } from './progress-line.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Does what the command line of `guestwright install` says.
 * @returns the exit code: 0, or 128 and the number of the signal that ended it
 * @throws InputError, WorkError, MissingError with one line for a person
 */
export async function runInstall(system: string, options: InstallCommandOptions): Promise<number> {
  const unattended = options.script !== 'none';
  const config = configOf(options, unattended);
  const db = openDb(options.db === undefined ? {} : { db: options.db });
  const prepared = await prepareInstallation(db, {
    what: system,
    ...(options.os === undefined ? {} : { os: options.os }),
    ...(options.arch === undefined ? {} : { arch: options.arch }),
    ...(unattended
      ? { script: { profile: options.profile, ...(options.script === undefined ? {} : { kind: options.script }) } }
      : {}),
    config: config.config,
    wishes: wishesOf(options),
    to: options.to,
  });
  if (options.dryRun) {
    if (options.json) printJson(prepared.plan);
    else if (!options.quiet) process.stdout.write(formatInstallPlan(prepared.plan));
    return 0;
  }
  return await install(db, prepared, options, unattended ? config.madeUp : undefined);
}

async function install(
  db: Db,
  prepared: PreparedInstallation,
  options: InstallCommandOptions,
  madeUp: string | undefined,
): Promise<number> {
  const { plan } = prepared;
  const say = (text: string): void => {
    if (!options.quiet) progress.say(text);
  };
  const progress = new ProgressLine(process.stderr, options.quiet === true);
  const controller = new AbortController();
  let ended: NodeJS.Signals | undefined;
  const stop = (signal: NodeJS.Signals): void => {
    ended ??= signal;
    controller.abort();
  };
  for (const signal of SIGNALS) process.on(signal, stop);
  const attended = prepared.answers === undefined;
  try {
    for (const warning of plan.warnings) say(`warning: ${warning}`);
    if (attended) say('answer the installer here; Ctrl-] ends it, and then nothing is kept');
    const made = await installSystem(db, prepared, {
      ...(options.connect === undefined ? {} : { connect: options.connect }),
      display: options.graphics === true ? 'vnc' : (options.graphics ?? 'none'),
      ...(options.timeout === undefined ? {} : { limits: { whole: options.timeout * 60 } }),
      onStep: say,
      onWarning: (text) => say(`warning: ${text}`),
      onFetch: (fetched) => progress.fetched(fetched),
      ...(attended ? {} : { onInstall: (state) => progress.installed(state) }),
      ...(options.console && !attended ? { onLine: (line: string) => progress.say(`| ${line}`) } : {}),
      onScreen: (address) => say(`screen: ${address}`),
      signal: controller.signal,
    });
    progress.end();
    if (madeUp !== undefined) process.stderr.write(`the password of the administrator was made up: ${madeUp}\n`);
    if (options.json) printJson(made.record);
    else if (!options.quiet) process.stdout.write(formatInstalled(plan, made, options.connect));
    return 0;
  } catch (error) {
    progress.end();
    if (ended === undefined) throw error;
    process.stderr.write('guestwright install: stopped; nothing is kept but what was fetched of the medium\n');
    return 128 + constants.signals[ended];
  } finally {
    for (const signal of SIGNALS) process.removeListener(signal, stop);
  }
}

/** @throws InputError for a secret on the command line, which every user of the machine can read */
function configOf(options: InstallCommandOptions, unattended: boolean): ChosenConfig {
  for (const pair of options.config) {
    const [key] = parseConfigPair(pair);
    if (secretKeys.has(key))
      throw new InputError(
        'secret',
        `${key} on a command line is seen by all users of this machine; put it into a file for --config-file, or give - and write it to standard input`,
      );
  }
  if (!unattended && (options.config.length > 0 || options.configFile.length > 0))
    throw new InputError('no-script', '--config and --config-file are for a script, and --script none has none');
  return chooseConfig({ config: options.config, configFile: options.configFile });
}

function wishesOf(options: InstallCommandOptions) {
  const { name, output, memory, vcpus } = options;
  const diskBytes = options.diskSize?.['*'];
  if (options.diskSize !== undefined && diskBytes === undefined)
    throw new InputError('disk-size', 'there is one disk: give its size alone, such as --disk-size 20G');
  return {
    ...(name === undefined ? {} : { name }),
    ...(output === undefined ? {} : { output }),
    ...(memory === undefined ? {} : { memoryMiB: memory }),
    ...(vcpus === undefined ? {} : { vcpus }),
    ...(diskBytes === undefined ? {} : { diskBytes }),
    ...(options.uefi ? { firmware: 'uefi' as const } : options.bios ? { firmware: 'bios' as const } : {}),
  };
}
