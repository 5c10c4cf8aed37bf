// SPDX-License-Identifier: Apache-2.0
import { InputError, WorkError } from '../../../osinfo/errors.js';
import { matchesGlob } from '../../../osinfo/query.js';
import { withoutPasswords } from '../../plan/rpm/address.js';
import type { RpmInstallPlan } from '../../plan/types.js';
import { badSignature, failed } from './rpm-errors.js';

type Said = readonly string[];

/** Names for which zypper found nothing. */
export function missingNames(said: Said): string[] {
  const found = said.flatMap((line) => {
    const name =
      /^No provider of '([^']+)' found\.?$/.exec(line)?.[1] ??
      /^'([^']+)' not found in package names\. Trying capabilities\.$/.exec(line)?.[1] ??
      /^Package '([^']+)' not found\.?$/.exec(line)?.[1];
    return name === undefined ||
      !said.some((one) => one.includes(`'${name}' found`) || one.includes(`'${name}' not found.`))
      ? []
      : [name];
  });
  return [...new Set(found)];
}

/** Packages that zypper could not install for want of something: `unmet` of `… needed by the to be installed unmet-1-1.noarch`. */
export function needyPackages(said: Said): string[] {
  return said.flatMap((line) => {
    const full =
      /needed by (?:the to be installed )?(\S+?)\.?$/.exec(line)?.[1] ??
      /^Problem: the to be installed (\S+) requires/.exec(line)?.[1];
    return full === undefined ? [] : [full.replace(/-[^-]+-[^-]+$/, '')];
  });
}

/** Scripts of packages that failed: zypper goes on, and ends well but for those before the unpacking. */
export function failedScripts(said: Said): string[] {
  const found = new Set<string>();
  for (const line of said) {
    const failed =
      /^\s*(?:warning|error): (%\w+\([^)]*\)) scriptlet failed, exit status \d+/.exec(line)?.[1] ??
      /^\s*error: lua script failed: \[string "(%?[^"]*)"\]/.exec(line)?.[1];
    if (failed !== undefined) found.add(`${failed} failed: ${line.trim().slice(0, 300)}`);
  }
  return [...found];
}

/**
 * Why zypper ended badly, in one line.
 * @returns InputError with the kickstart's line where a package of it is the reason, else WorkError
 */
export function zypperError(said: Said, plan: RpmInstallPlan, exitCode: number | null): InputError | WorkError {
  if (said.some((line) => /No space left on device|needs \d+MB more|not enough space|insufficient.*space/i.test(line)))
    return new WorkError(
      'no-space',
      'there is no space left for the system tree; free some, or give --tmpdir on a larger disk',
    );
  const problem = said.find((line) => /^Problem(?:: \d+)?: /.test(line));
  if (problem !== undefined) {
    const text = problem.replace(/^Problem(?:: \d+)?: /, '').slice(0, 400);
    const names = needyPackages(said);
    const entry = plan.packages.find(
      (one) => one.at !== undefined && names.some((name) => matchesGlob(name, one.name)),
    );
    const exclude = plan.exclude.find(({ name }) =>
      said.some((line) => /remove lock|locked/.test(line) && line.includes(name)),
    );
    if (exclude)
      return new InputError(
        'package-needed',
        `-${exclude.name}: it is needed: ${text}; remove this line, or what needs it`,
        exclude.at,
      );
    if (entry)
      return new InputError(
        'package-unmet',
        `it cannot be installed: ${text}; add a repo that has what is missing, or give %packages --ignorebroken`,
        entry.at,
      );
    return failed(text, plan, 'unmet');
  }
  const signature = signatureError(said, plan);
  if (signature) return signature;
  const dead = said.find((line) =>
    /^(?:Repository|Error|File|Valid metadata|Download|Timeout|Connection|Curl error|Error message|\[.*\] ).*(?:invalid|not found|failed|exceeded|refused|error)/i.test(
      line,
    ),
  );
  const script = failedScripts(said)[0];
  const last = script ?? dead ?? said.findLast((line) => line.trim() !== '') ?? `ended with exit code ${exitCode}`;
  return failed(`zypper: ${clean(last)}`, plan, 'install-failed');
}

/** By the number that zypper gives what rpm found out about a package (RpmDb::CheckPackageResult of libzypp). */
const SIGNATURES: Readonly<Record<string, Parameters<typeof badSignature>[0]>> = {
  '2': 'altered',
  '4': 'stranger',
  '6': 'none',
};

function signatureError(said: Said, plan: RpmInstallPlan): WorkError | undefined {
  for (const line of said) {
    const match = /^(\S+) \(\S+\): Signature verification failed \[(\d)-/.exec(line);
    const kind = match && SIGNATURES[match[2]!];
    if (kind) return badSignature(kind, match[1]!, plan);
    if (match) return failed(`signatures: ${clean(line)}`, plan, 'wrong-key');
  }
  if (!said.some((line) => line.includes('Signature verification failed for repomd.xml'))) return undefined;
  const id = said.flatMap((line) => /^Repository '([^']+)' is invalid\.$/.exec(line)?.[1] ?? [])[0] ?? '';
  return failed(
    `the metadata of the repository ${id} were altered, or are signed by another key than those given for it`,
    plan,
    'wrong-key',
  );
}

function clean(line: string): string {
  return withoutPasswords(line).trim().slice(0, 400);
}
