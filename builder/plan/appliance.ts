// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { InputError } from '../../osinfo/errors.js';
import type { Db, Platform } from '../../osinfo/model/types.js';
import { recommend } from '../../osinfo/recommend/index.js';
import { type EffectOptions, imageEffects } from '../kickstart/effects.js';
import type { At, Issue, Kickstart } from '../kickstart/model.js';
import type { Acceptance } from './accepted.js';
import { chooseArchitecture, consolesOf, loaderOf } from './architecture.js';
import { planBootOptions } from './boot-options.js';
import { chooseFamily } from './families.js';
import { chooseOs } from './os-choice.js';
import { checkOutputs } from './output-checks.js';
import { planOvaMachine } from './ova.js';
import { bootPlatform } from './storage/platform.js';
import { planStorage, type StoragePlan } from './storage.js';
import { planSystem } from './system.js';
import type { BootPlan, HostFacts, Plan, PlanOptions, ScriptPlan, SystemPlan } from './types.js';
import { unusedOptions } from './unused-options.js';

const MIB = 1024 * 1024;

export interface PlanInput {
  readonly kickstart: Kickstart;
  /** The kickstart's own text, for its checksum. */
  readonly text: string;
  readonly db: Db;
  readonly platform: Platform;
  readonly host: HostFacts;
  readonly options: PlanOptions;
}

/**
 * A kickstart, the database and options become a plan: pure, nothing is read or asked. Where the kickstart is silent
 * the OS entry decides, and a notice says so.
 * @throws InputError with the kickstart's line for everything that cannot be done
 */
export function planAppliance({ kickstart, text, db, platform, host, options }: PlanInput): Plan {
  checkName(options.name);
  const issues = buildIssues(kickstart, { allowIgnored: options.allowIgnored ?? [], pre: options.pre });
  const error = issues.find((issue) => issue.severity === 'error');
  if (error) throw new InputError(error.code, error.message, error.at);
  const { os, why } = chooseOs(kickstart, db, options.os);
  const arch = chooseArchitecture(options.arch, host.arch);
  const notices: Issue[] = [...issues];
  const acceptance: Acceptance = { names: options.allowIgnored ?? [], notices };
  const family = chooseFamily({ kickstart, os, arch, host, mirror: options.mirror }, acceptance);
  notices.push(...unusedOptions(kickstart, family.name), ...family.notices);
  const bootable = !(kickstart.bootloader?.disabled ?? false) && kickstart.bootloader?.location !== 'none';
  const overrides = {
    ...(options.memoryMiB === undefined ? {} : { memoryBytes: options.memoryMiB * MIB }),
    ...(options.vcpus === undefined ? {} : { cpus: options.vcpus }),
  };
  const storage = planStorage(kickstart, {
    name: options.name,
    bootable,
    arch,
    osName: os.name ?? os.id,
    defaultFilesystem: family.defaultFilesystem,
    recommended: () => recommend({ os, platform, arch, overrides }),
    diskBytes: options.diskBytes,
  });
  notices.push(...storage.notices);
  checkOutputs(options.formats, storage.disks, bootable);
  const system = planSystem(kickstart, options.name, storage.fstab, acceptance);
  const { layers, firmware } = storage;
  const install = family.install({ system, storage: layers, firmware, bootable, acceptance });
  const boot = planBoot(kickstart, { arch, system, storage, bootable, family: family.name }, acceptance);
  const imageFirmware: BootPlan['firmware'] =
    boot.firmware.length > 0 ? boot.firmware : [bootPlatform(arch).bios ? 'bios' : 'uefi'];
  const recommendation = recommend({ os, platform, arch, image: { firmware: imageFirmware }, overrides });
  const { disks } = storage;
  const ovaMachine = options.formats.includes('ova')
    ? planOvaMachine({ db, os, platform, arch, firmware: imageFirmware, overrides, name: options.name, disks })
    : undefined;
  const source = { file: kickstart.file, sha256: createHash('sha256').update(text).digest('hex') };
  return {
    format: 'guestwright/plan/1',
    name: options.name,
    ...(options.version === undefined ? {} : { version: options.version }),
    ...(options.release === undefined ? {} : { release: options.release }),
    kickstart: source,
    os: { id: os.id, shortId: os.shortId ?? os.id, name: os.name ?? os.id, family: family.name, why },
    arch: { name: arch, packages: family.arch },
    install,
    disks: storage.disks,
    storage: storage.layers,
    boot,
    system,
    scripts: planScripts(kickstart),
    outputs: {
      formats: options.formats,
      compress: options.compress,
      checksum: options.checksum,
      ...(options.namedByFormat ? { namedByFormat: true as const } : {}),
      ...(options.sourceDateEpoch === undefined ? {} : { sourceDateEpoch: options.sourceDateEpoch }),
    },
    recommendation,
    ...(ovaMachine === undefined ? {} : { ovaMachine }),
    notices,
  };
}

/** All that is to be said of a kickstart before it is built: the language's issues, and what will not reach the image. */
export function buildIssues(kickstart: Kickstart, options: EffectOptions = {}): Issue[] {
  return [...kickstart.issues, ...imageEffects(kickstart, options)];
}

/** @throws InputError for a name that files and machines cannot have */
export function checkName(name: string): void {
  if (!/^[A-Za-z0-9][A-Za-z0-9_.+:-]{0,99}$/.test(name)) {
    throw new InputError(
      'appliance-name',
      `${name} is no name for an appliance: letters, digits, _ . + : and - (option -n)`,
    );
  }
}

interface BootInput {
  readonly arch: string;
  readonly system: SystemPlan;
  readonly storage: StoragePlan;
  readonly bootable: boolean;
  readonly family: Plan['os']['family'];
}

function planBoot(
  kickstart: Kickstart,
  { arch, system, storage, bootable, family }: BootInput,
  acceptance: Acceptance,
): BootPlan {
  const loader = kickstart.bootloader;
  const { append: asked, ...options } = planBootOptions(kickstart, system, acceptance, family);
  let append = asked;
  if (bootable && !/(^|\s)console=/.test(append)) {
    const consoles = consolesOf(arch);
    append = `${append} ${consoles}`.trim();
    const at: At = loader?.at ?? storage.root.at!;
    acceptance.notices.push({
      severity: 'notice',
      code: 'added-console',
      at,
      message: `${consoles} is added to the kernel's command line, so that they can log in`,
    });
  }
  return {
    loader: bootable ? loaderOf(arch) : 'none',
    firmware: storage.firmware,
    append,
    ...options,
    timeoutSeconds: loader?.timeout ?? 1,
    bootUuid: storage.boot.filesystem.uuid,
    bootPath: storage.layers.boot.path,
    rootUuid: storage.root.filesystem.uuid,
    rootFilesystem: storage.root.filesystem.type,
  };
}

/** `%pre` has been run or refused before; what runs after the installer's own crash has nothing to do in a build. */
function planScripts(kickstart: Kickstart): ScriptPlan[] {
  return kickstart.scripts
    .filter((script) => script.type === 'post' || script.type === 'pre-install')
    .map((script) => ({
      type: script.type === 'post' ? 'post' : 'pre-install',
      at: script.at,
      interpreter: script.interpreter,
      // Nothing is installed yet that a %pre-install could run in.
      chroot: script.type === 'post' && script.chroot,
      errorOnFail: script.errorOnFail,
      ...(script.log === undefined ? {} : { log: script.log }),
      body: script.body,
    }));
}
