// SPDX-License-Identifier: Apache-2.0
import { formatPlace, InputError, ToolError } from '../../osinfo/errors.js';
import type { At } from '../kickstart/model.js';
import type { StageContext } from '../run/context.js';
import { sandboxed } from '../run/sandbox.js';
import { hasInTree, writeTreeFile } from './files.js';
import { hasUnit, setDefaultTarget, switchUnits } from './units.js';

/** Assistants of a first boot that are services. */
const ASSISTANTS = ['initial-setup.service', 'initial-setup-graphical.service', 'firstboot-graphical.service'];

/**
 * What the system does when it starts: consoles or a desktop (`skipx`, `xconfig`), the assistant of the first boot,
 * `authselect` and `syspurpose`. What a system has no word for is told: it is a comfort, not another system.
 */
export async function setUpFirstStart(context: StageContext): Promise<void> {
  const { target, desktop, firstboot, authselect, purpose } = context.plan.system;
  if (target) await setDefaultTarget(context, `${target}.target`);
  if (desktop) writeDesktop(context, desktop);
  if (firstboot) await setFirstboot(context, firstboot);
  if (authselect) await runAuthselect(context, authselect);
  if (purpose) writePurpose(context, purpose);
}

function tell(context: StageContext, at: At, message: string): void {
  context.emit({ type: 'notice', message: `${formatPlace(at)}: ${message}` });
}

/** Fedora's and Red Hat's choice of a desktop where several are installed. */
function writeDesktop(context: StageContext, { at, name }: { readonly at: At; readonly name: string }): void {
  if (hasInTree(context.tree, 'etc/sysconfig'))
    writeTreeFile(context.tree, 'etc/sysconfig/desktop', `PREFERRED=${name}\nDESKTOP=${name}\n`);
  else tell(context, at, `xconfig --defaultdesktop=${name} has no word on this system: its log-in offers all desktops`);
}

async function setFirstboot(
  context: StageContext,
  { at, state }: { readonly at: At; readonly state: 'enable' | 'disable' | 'reconfig' },
): Promise<void> {
  const units = ASSISTANTS.filter((unit) => hasUnit(context.tree, unit));
  if (state !== 'disable' && units.length === 0) {
    tell(context, at, `firstboot --${state}: no assistant is installed (initial-setup)`);
    return;
  }
  await switchUnits(context, state === 'disable' ? 'disable' : 'enable', units);
  // What initial-setup looks for to ask again about all that is set already.
  if (state === 'reconfig') writeTreeFile(context.tree, 'etc/reconfigSys', '');
}

async function runAuthselect(
  context: StageContext,
  { at, words }: { readonly at: At; readonly words: readonly string[] },
): Promise<void> {
  if (!hasInTree(context.tree, 'usr/bin/authselect')) {
    tell(context, at, 'authselect: this system has no such program; set up PAM in %post');
    return;
  }
  try {
    await sandboxed(context, ['authselect', ...words]);
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    throw new InputError('authselect', error.message, at);
  }
}

type Purpose = NonNullable<StageContext['plan']['system']['purpose']>;

function writePurpose(context: StageContext, { at, role, sla, usage, addons }: Purpose): void {
  if (!hasInTree(context.tree, 'etc/rhsm')) {
    tell(context, at, 'syspurpose: this system knows no subscriptions');
    return;
  }
  const text = JSON.stringify({ role, service_level_agreement: sla, usage, addons }, null, 2);
  writeTreeFile(context.tree, 'etc/rhsm/syspurpose/syspurpose.json', `${text}\n`);
}
