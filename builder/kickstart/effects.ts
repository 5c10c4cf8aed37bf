// SPDX-License-Identifier: Apache-2.0
import { findCommand } from './commands/index.js';
import type { Addon, At, CommandLine, Issue, Kickstart, Script } from './model.js';

/** What the user has said about effects. */
export interface EffectOptions {
  /**
   * Names of commands, sections (`%pre`) and add-ons which the user accepts to be without effect: the option
   * `--allow-ignored`. Absent: the program has no such option, and no message speaks of it.
   */
  readonly allowIgnored?: readonly string[] | undefined;
  /** What became of `%pre`: it was run, or the files that it writes were given. Absent: it is refused. */
  readonly pre?: 'run' | 'given' | undefined;
}

/** Something found, before the user's acceptance is looked at. */
interface Outcome {
  readonly severity: Issue['severity'];
  readonly code: string;
  readonly at: At;
  /** What `--allow-ignored` calls it. */
  readonly name: string;
  readonly message: string;
}

/**
 * What of a kickstart does not reach a disk image, or reaches it only in part: a notice for what steers an installer
 * only, a warning for what is done in part, an error for what would give another system if it were passed over.
 * What the user accepts with `allowIgnored` is a warning instead of an error. Pure; looks at the language only, so
 * what a builder cannot do for one family of systems is the planner's to say.
 */
export function imageEffects(kickstart: Kickstart, options: EffectOptions = {}): Issue[] {
  const { allowIgnored } = options;
  const outcomes = [
    ...kickstart.commands.flatMap((line) => commandOutcomes(line, kickstart)),
    ...kickstart.scripts.flatMap((script) => scriptOutcomes(script, options)),
    ...kickstart.addons.flatMap(addonOutcomes),
    ...kickstart.anaconda.map(
      ({ at }): Outcome => ({
        severity: 'notice',
        code: 'no-effect',
        at,
        name: '%anaconda',
        message: '%anaconda steers the installer only: an image is the same without it',
      }),
    ),
    ...missingAppends(kickstart),
  ];
  return outcomes.map(({ severity, code, at, name, message }): Issue => {
    if (severity !== 'error') return { severity, code, at, message };
    if (allowIgnored?.includes(name))
      return {
        severity: 'warning',
        code: 'allowed-ignored',
        at,
        message: `${message} (ignored, as --allow-ignored ${name} says)`,
      };
    const way = allowIgnored ? `; or accept the image without it: --allow-ignored ${name}` : '';
    return { severity, code, at, message: message + way };
  });
}

function commandOutcomes(line: CommandLine, kickstart: Kickstart): Outcome[] {
  const spec = findCommand(line.name);
  if (!spec) return [];
  const outcome = (severity: Issue['severity'], code: string, message: string): Outcome => ({
    severity,
    code,
    at: line.at,
    name: line.name,
    message,
  });
  switch (spec.effect.kind) {
    case 'none':
      return [outcome('notice', 'no-effect', `${line.name} ${spec.effect.sentence}`)];
    case 'refuse':
      if (SOURCES.has(line.name) && hasSource(kickstart))
        return [outcome('notice', 'no-effect', `${line.name} ${spec.effect.sentence}; one is given`)];
      return [outcome('error', 'not-in-an-image', `${line.name} ${spec.effect.sentence}`)];
    case 'partly':
      return partlyOutcomes(line, spec.effect.sentence).map(([severity, message]) =>
        outcome(severity, severity === 'notice' ? 'no-effect' : 'in-part', message),
      );
    default:
      return storageOutcomes(line).map((message) => outcome('error', 'not-in-an-image', message));
  }
}

/** Package sources that only an installer can reach. */
const SOURCES: ReadonlySet<string> = new Set(['nfs', 'harddrive', 'hmc']);

function hasSource(kickstart: Kickstart): boolean {
  return kickstart.url !== undefined || kickstart.repos.length > 0;
}

/** What today's systems do without being asked. */
const AUTH_DEFAULTS = /^(?:--(?:enableshadow|useshadow|enablemd5|kickstart|passalgo=(?:sha512|yescrypt))(?:\s+|$))*$/;

function partlyOutcomes({ name, args, options }: CommandLine, sentence: string): [Issue['severity'], string][] {
  switch (name) {
    case 'auth':
      return AUTH_DEFAULTS.test(args[0] ?? '')
        ? [['notice', `${name} asks for what is the default today: shadow passwords, hashed well`]]
        : [['warning', `${name} ${sentence}`]];
    case 'authselect':
      return AUTH_DEFAULTS.test(args[0] ?? '')
        ? [['notice', `${name} asks for what is the default today: shadow passwords, hashed well`]]
        : [];
    case 'clearpart':
    case 'firstboot':
    case 'skipx':
    case 'syspurpose':
      return [];
    case 'xconfig':
      return Object.keys(options).some((option) => !['startxonboot', 'defaultdesktop'].includes(option))
        ? [['notice', 'xconfig describes a graphics card and a screen: today they are found by themselves']]
        : [];
    case 'ignoredisk':
      return options['only-use'] !== undefined
        ? []
        : [['notice', 'ignoredisk --drives names disks of another machine: an image has only those it makes']];
    default:
      return [['warning', `${name} ${sentence}`]];
  }
}

const FILESYSTEMS: ReadonlySet<string> = new Set(['part', 'logvol', 'raid', 'volgroup', 'btrfs', 'autopart']);

/** Storage options that speak of what is already on a disk, or of keys that nobody gave. */
function storageOutcomes({ name, options }: CommandLine): string[] {
  if (!FILESYSTEMS.has(name)) return [];
  const found: string[] = [];
  for (const option of ['noformat', 'useexisting', 'resize']) {
    if (options[option] === true)
      found.push(
        `--${option} of ${name} speaks of something on the disk already, and an image begins empty: remove it`,
      );
  }
  if (options.encrypted === true) {
    if (options.passphrase === undefined || options.passphrase === '')
      found.push(`--encrypted of ${name} has no --passphrase, and nobody can be asked: add it`);
    for (const option of ['escrowcert', 'hw-passphrase']) {
      if (options[option] !== undefined) found.push(`--${option} of ${name} is not done in an image: remove it`);
    }
  }
  return found;
}

function scriptOutcomes({ type, at }: Script, { pre, allowIgnored }: EffectOptions): Outcome[] {
  if (type === 'onerror' || type === 'traceback') {
    return [
      {
        severity: 'notice',
        code: 'no-effect',
        at,
        name: `%${type}`,
        message: `%${type} runs in an installer that fails: an image is the same without it`,
      },
    ];
  }
  if (type !== 'pre' || pre === 'run') return [];
  if (pre === 'given') {
    const message = '%pre is not run: what it writes is given by --define-include';
    return [{ severity: 'notice', code: 'no-effect', at, name: '%pre', message }];
  }
  const ways = allowIgnored
    ? 'let it run in a sandbox with --run-pre, or give what it writes with --define-include PATH=FILE'
    : 'remove it, and put what it writes into a file to %include';
  return [
    {
      severity: 'error',
      code: 'pre-refused',
      at,
      name: '%pre',
      message: `%pre looks at and changes the machine it runs on, which for a build is the host: ${ways}`,
    },
  ];
}

/** Add-ons of the installer whose absence makes no difference, or a great one. */
function addonOutcomes({ name, args, at }: Addon): Outcome[] {
  const outcome = (severity: Issue['severity'], code: string, message: string): Outcome[] => [
    { severity, code, at, name, message },
  ];
  switch (name) {
    case OWN_ADDON:
      return [];
    case 'com_redhat_kdump':
      return args.includes('--disable')
        ? outcome('notice', 'no-effect', '%addon com_redhat_kdump --disable asks for what an image is without it')
        : outcome(
            'error',
            'not-in-an-image',
            '%addon com_redhat_kdump reserves memory for a crash kernel, which is not done here: use bootloader --append=crashkernel=… and the package',
          );
    case 'org_fedora_oscap':
    case 'com_redhat_oscap':
      return outcome(
        'error',
        'not-in-an-image',
        `%addon ${name} hardens the system, which is not done here: run oscap in %post`,
      );
    default:
      return outcome(
        'warning',
        'in-part',
        `%addon ${name} belongs to a plug-in of the installer and does nothing here: remove it`,
      );
  }
}

/** The add-on in which a kickstart says what only a Debian-family system has a word for. */
export const OWN_ADDON = 'org_guestwright_deb';

function missingAppends({ includes, issues }: Kickstart): Outcome[] {
  const missing = new Set(issues.filter((issue) => issue.code === 'append-missing').map((issue) => issue.at));
  return includes
    .filter((include) => missing.has(include.at))
    .map(
      ({ at, named }): Outcome => ({
        severity: 'error',
        code: 'append-missing',
        at,
        name: '%ksappend',
        message: `%ksappend ${named} was not found, and the image would lack what it says: give the file`,
      }),
    );
}
