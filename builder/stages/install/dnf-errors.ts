// SPDX-License-Identifier: Apache-2.0
import { InputError, WorkError } from '../../../osinfo/errors.js';
import { matchesGlob } from '../../../osinfo/query.js';
import type { At } from '../../kickstart/model.js';
import { withoutPasswords } from '../../plan/rpm/address.js';
import type { RpmInstallPlan } from '../../plan/types.js';
import { badSignature, failed } from './rpm-errors.js';

/** What dnf said on the way, line by line. */
export type Said = readonly string[];

/** Names that dnf found nothing for. */
export function unmatchedNames(said: Said): string[] {
  return said.flatMap((line) => {
    const all = /^(?:Error: )?Unable to find a match: (.+)$/.exec(line)?.[1];
    const one = /^No match for argument: (\S.*)$/.exec(line)?.[1];
    return [...(all?.split(' ') ?? []), ...(one === undefined ? [] : [one])];
  });
}

/** Groups and modules that dnf does not know. */
export function unmatchedGroups(said: Said): string[] {
  return said.flatMap((line) => /^Module or Group '([^']*)' is not available\.$/.exec(line)?.[1] ?? []);
}

/** A scriptlet that failed, though dnf may have ended well. */
export interface FailedScriptlet {
  /** `PREIN`, `POSTIN`, `POSTTRANS`…; absent: a file trigger, of whichever package. */
  readonly kind?: string;
  readonly package: string;
  /** What it printed last. */
  readonly words?: string;
}

/** Scriptlets that failed: dnf says so in one line, and ends with 0 unless it was one of those before the unpacking. */
export function failedScriptlets(said: Said): FailedScriptlet[] {
  const found: FailedScriptlet[] = [];
  for (const [index, line] of said.entries()) {
    const match = /^Error in (\S+) scriptlet in rpm package (\S+)$/.exec(line);
    if (!match) continue;
    const kind = match[1] === '<unknown>' ? undefined : match[1];
    if (found.some((one) => one.kind === kind && one.package === match[2])) continue;
    const words = scriptletWords(said, index);
    found.push({
      ...(kind === undefined ? {} : { kind }),
      package: match[2]!,
      ...(words === undefined ? {} : { words }),
    });
  }
  return found;
}

/** rpm's own line about it, or what the script printed: before dnf's line, or after it under a heading. */
function scriptletWords(said: Said, index: number): string | undefined {
  const near = [...said.slice(Math.max(0, index - 3), index).reverse(), ...said.slice(index + 1, index + 4)];
  return near
    .map((line) => line.trim())
    .find((line) => /^(?:error|warning): .*(?:scriptlet|script|trigger|exit status)/i.test(line))
    ?.slice(0, 300);
}

/** One sentence about a scriptlet that failed. */
export function describeScriptlet({ kind, package: name, words }: FailedScriptlet): string {
  const what =
    kind === undefined
      ? `a file trigger failed (the package worked on last was ${name})`
      : `${kind} of package ${name} failed`;
  return words === undefined ? what : `${what}: ${words}`;
}

/**
 * Why dnf ended badly, in one line: never the page that it prints about keys, which has the repository's password in it.
 * @returns InputError with the kickstart's line where a package of it is the reason, else WorkError
 */
export function dnfError(said: Said, plan: RpmInstallPlan, exitCode: number | null): InputError | WorkError {
  for (const explain of EXPLAIN) {
    const error = explain(said, plan);
    if (error) return error;
  }
  const last = said.findLast((line) => /^Error: ./.test(line)) ?? said.findLast((line) => line.trim() !== '');
  const words = last === undefined ? `ended with exit code ${exitCode}` : clean(last);
  return failed(`dnf: ${words}`, plan);
}

type Explain = (said: Said, plan: RpmInstallPlan) => InputError | WorkError | undefined;

function clean(line: string): string {
  return line
    .replace(/^Error: /, '')
    .trim()
    .slice(0, 400);
}

const explainSpace: Explain = (said) =>
  said.some((line) => /No space left on device|more space needed on the .* filesystem|Disk Requirements:/.test(line))
    ? new WorkError(
        'no-space',
        'there is no space left for the system tree; free some, or give --tmpdir on a larger disk',
      )
    : undefined;

const explainSignature: Explain = (said, plan) => {
  for (const line of said) {
    const unsigned = /^Package (\S+) is not signed$/.exec(line)?.[1];
    if (unsigned !== undefined) return badSignature('none', unsigned, plan);
    const stranger = /^Public key for (\S+) is not installed/.exec(line)?.[1];
    if (stranger !== undefined) return badSignature('stranger', stranger, plan);
    const installed =
      /^The GPG keys listed for the "([^"]*)" repository are already installed but they are not correct/.exec(
        line,
      )?.[1];
    if (installed !== undefined)
      return failed(
        `the keys of the repository ${installed} are damaged, or not those that sign its packages`,
        plan,
        'wrong-key',
      );
    const altered =
      /^Package "([^"]+)" from .*has incorrect checksum/.exec(line)?.[1] ??
      /^Problem opening package (\S+)/.exec(line)?.[1] ??
      /package (\S+) does not verify: /.exec(line)?.[1];
    if (altered !== undefined) return badSignature('altered', altered, plan);
  }
  if (said.some((line) => /repomd\.xml GPG signature verification error/.test(line)))
    return failed('the signature of a repository is wrong', plan, 'wrong-key');
  return undefined;
};

/** Downloads of packages: dnf lists them below a heading. */
const explainDownload: Explain = (said, plan) => {
  const heading = said.findIndex((line) => /^Error: Error downloading packages:/.test(line));
  const name = heading < 0 ? undefined : /^\s+(\S+): /.exec(said[heading + 1] ?? '')?.[1];
  if (name !== undefined) {
    const cause = said.find((line) => /^\[MIRROR\] .*: (?:Curl error|Status code|Downloading)/.test(line));
    const why = cause === undefined ? '' : `: ${withoutAddress(cause.replace(/^\[MIRROR\] [^:]*: /, ''))}`;
    return failed(`package ${name} cannot be downloaded${why}`, plan, 'download-failed');
  }
  const dead = /^Error: Failed to download metadata for repo '([^']*)': (.*)$/;
  const metadata = said.find((line) => dead.test(line));
  if (metadata === undefined) return undefined;
  const [, id, why] = dead.exec(metadata)!;
  return failed(`the repository ${id} cannot be read: ${withoutAddress(why!)}`, plan, 'mirror-unreachable');
};

function withoutAddress(text: string): string {
  return withoutPasswords(text).slice(0, 300);
}

/** What cannot be installed together: the first reason, and whose line asked for it. */
const explainProblem: Explain = (said, plan) => {
  const start = said.findIndex(
    (line) =>
      /^(?:Error:\s*)?$|^Error: $/.test(line) === false &&
      /^ ?Problem(?: \d+)?: /.test(line.replace(/^Error: \n?/, '')),
  );
  if (start < 0) return undefined;
  const reasons = [said[start]!.replace(/^ ?Problem(?: \d+)?: /, '')];
  for (const line of said.slice(start + 1)) {
    if (!/^\s+- /.test(line)) break;
    reasons.push(line.replace(/^\s+- /, ''));
  }
  const text = reasons
    .join('; ')
    .replace(/^conflicting requests; /, '')
    .slice(0, 500);
  const filtered = /package (\S+) is filtered out by exclude filtering/.exec(text)?.[1];
  const exclude =
    filtered === undefined ? undefined : plan.exclude.find(({ name }) => matchesGlob(nameOf(filtered), name));
  if (exclude)
    return new InputError(
      'package-needed',
      `-${exclude.name}: it is needed: ${text}; remove this line, or what needs it`,
      exclude.at,
    );
  const at = askedBy(text, plan);
  return at === undefined
    ? failed(text, plan, 'unmet')
    : new InputError(
        'package-unmet',
        `it cannot be installed: ${text}; add a repo that has what is missing, or give %packages --ignorebroken`,
        at,
      );
};

/** The line of the package of the kickstart that is spoken of. */
function askedBy(text: string, plan: RpmInstallPlan): At | undefined {
  const names = [...text.matchAll(/(?:package|by|of) ([A-Za-z0-9][\w.+~^:-]*-[^-\s]+-[^-\s]+\.\w+)/g)].map(([, full]) =>
    nameOf(full!),
  );
  return plan.packages.find((one) => one.at !== undefined && names.some((name) => matchesGlob(name, one.name)))?.at;
}

/** `bash` of `bash-5.2-1.fc41.x86_64`. */
function nameOf(full: string): string {
  return full.replace(/-[^-]+-[^-]+$/, '');
}

const explainModules: Explain = (said, plan) => {
  for (const line of said) {
    const name =
      /^Argument '([^':/]+)' matches \d+ streams/.exec(line)?.[1] ??
      /^No default profiles for module ([^:.]+)/.exec(line)?.[1] ??
      /^Unable to match profile (?:for argument |in argument )([^:/]+)/.exec(line)?.[1] ??
      /^Unable to resolve argument ([^:/\s]+)/.exec(line)?.[1] ??
      /^Problems? in request:\s*missing groups or modules: (\S+)/.exec(line)?.[1]?.split(/[:/]/)[0];
    const module = name === undefined ? undefined : plan.modules.find((one) => one.name === name);
    if (module) return new InputError('module', `module ${module.name}: ${clean(line)}`, module.at);
  }
  return undefined;
};

/** %pre fails, or an archive cannot be unpacked: the only steps of a package that stop dnf. */
const explainTransaction: Explain = (said, plan) => {
  const [scriptlet] = failedScriptlets(said).filter((one) => /^PRE/.test(one.kind ?? ''));
  if (scriptlet) return failed(describeScriptlet(scriptlet), plan, 'scriptlet');
  const index = said.findIndex((line) => /^Error unpacking rpm package \S+$/.test(line));
  if (index < 0) return undefined;
  const name = said[index]!.split(' ').at(-1)!;
  const cause = said.find((line) => /unpacking of archive failed|cpio: /.test(line));
  return failed(`package ${name} cannot be unpacked${cause === undefined ? '' : `: ${clean(cause)}`}`, plan, 'unpack');
};

const EXPLAIN: readonly Explain[] = [
  explainSpace,
  explainSignature,
  explainDownload,
  explainModules,
  explainProblem,
  explainTransaction,
];
