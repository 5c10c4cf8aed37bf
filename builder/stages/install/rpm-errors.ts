// SPDX-License-Identifier: Apache-2.0
import { formatPlace, InputError, WorkError } from '../../../osinfo/errors.js';
import { matchesGlob } from '../../../osinfo/query.js';
import type { RpmInstallPlan, RpmPackagePlan } from '../../plan/types.js';

/** What an installation ended with, and where its packages come from. */
export function failed(message: string, plan: RpmInstallPlan, code = 'install-failed'): WorkError {
  return new WorkError(code, `installing packages failed: ${message} (packages from ${plan.sourcesWhy})`);
}

/** What can be wrong with the signature of a package whose repository has a key: the error's code, and the words. */
const SIGNATURES = {
  none: ['not-signed', 'is not signed, and its repository has a key; leave the key out for unsigned packages'],
  stranger: ['wrong-key', 'is signed by another key than those of its repository'],
  altered: ['altered', 'is not what the repository says it is: it was altered or damaged'],
} as const;

export function badSignature(kind: keyof typeof SIGNATURES, name: string, plan: RpmInstallPlan): WorkError {
  const [code, words] = SIGNATURES[kind];
  return failed(`package ${name} ${words}`, plan, code);
}

/** Whether a build goes on without a package that no repository has. */
export function mayBeMissing(one: RpmPackagePlan, plan: RpmInstallPlan): boolean {
  return plan.ignoreMissing || one.optional === true;
}

/** One sentence about such a package. */
export function describeLeftOut({ name, optional, why }: RpmPackagePlan): string {
  const reason = optional === true && why !== undefined ? ` (it is for: ${why})` : ' (--ignoremissing)';
  return `package ${name} is not in the repositories: left out${reason}`;
}

/** A package of the kickstart that no repository has. */
export function unknownPackage(name: string, plan: RpmInstallPlan): InputError {
  const entry = plan.packages.find((one) => one.name === name);
  const exclude = plan.exclude.find((one) => matchesGlob(name, one.name));
  if (exclude)
    return new InputError(
      'package-needed',
      `package ${name} is left out by -${exclude.name} at ${formatPlace(exclude.at)}; remove one of the two`,
      entry?.at,
    );
  const message = `package ${name} is not in the repositories; check its name, add a repo that has it, or enable the module that has it`;
  return new InputError(
    'unknown-package',
    entry?.at ? message : `${message} (${entry?.why ?? plan.sourcesWhy})`,
    entry?.at,
  );
}
