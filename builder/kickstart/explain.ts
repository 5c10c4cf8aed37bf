// SPDX-License-Identifier: Apache-2.0
import { findCommand } from './commands/index.js';
import { type EffectOptions, imageEffects } from './effects.js';
import type { At, Issue, Kickstart } from './model.js';

/** What one piece of a kickstart does to an image. */
export interface Explained {
  readonly at: At;
  /** `part`, `%post`, `%addon com_redhat_kdump`. */
  readonly name: string;
  /** `done`: it shapes the image. `in-part`, `no-effect`, `refused`: as `imageEffects` has them. */
  readonly outcome: 'done' | 'in-part' | 'no-effect' | 'refused';
  readonly sentence: string;
}

const OUTCOMES = { error: 'refused', warning: 'in-part', notice: 'no-effect' } as const;

function outcomeOf({ severity, code }: Issue): Explained['outcome'] {
  return code === 'allowed-ignored' ? 'no-effect' : OUTCOMES[severity];
}

/** Say piece by piece, in the order of the files, what a kickstart does to an image. */
export function explainKickstart(kickstart: Kickstart, options: EffectOptions = {}): Explained[] {
  const effects = imageEffects(kickstart, options);
  const explain = (at: At, name: string, sentence: string): Explained[] => {
    const found = effects.filter((effect) => effect.at === at);
    if (found.length === 0) return [{ at, name, outcome: 'done', sentence }];
    return found.map((effect) => ({ at, name, outcome: outcomeOf(effect), sentence: effect.message }));
  };
  const { packages } = kickstart;
  const count = packages.include.length;
  return [
    ...kickstart.commands.flatMap(({ at, name }) => explain(at, name, findCommand(name)?.effect.sentence ?? '')),
    ...(packages.at
      ? explain(packages.at, '%packages', `names ${count} package${count === 1 ? '' : 's'} and groups to install`)
      : []),
    ...kickstart.certificates.flatMap(({ at }) => explain(at, '%certificate', 'puts a certificate into the system')),
    ...kickstart.addons.flatMap(({ at, name }) => explain(at, `%addon ${name}`, 'is read')),
    ...kickstart.anaconda.flatMap(({ at }) => explain(at, '%anaconda', '')),
    ...kickstart.scripts.flatMap(({ at, type, chroot }) =>
      explain(at, `%${type}`, chroot ? 'runs in the system' : 'runs beside the system'),
    ),
  ];
}
