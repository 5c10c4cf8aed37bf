// SPDX-License-Identifier: Apache-2.0

import {
  decided,
  featureOf,
  given,
  hostDomain,
  knownFact,
  no,
  osFact,
  platformFeature,
  saidBy,
  words,
  yes,
} from '../conditions.js';
import type { Choices, Context } from '../context.js';
import { contradiction } from '../contradiction.js';
import { type Condition, rule, tryAll } from '../engine.js';

/** The OS's entry has this word for the TPM. */
function osSays(...states: readonly string[]): Condition {
  return (context) => {
    const fact = osFact(context, 'tpm');
    if (!fact) return no(`nothing says that ${context.osKnows.name} wants a TPM`);
    const said = saidBy(
      context.osKnows,
      fact,
      fact.attributes.state === 'required' ? 'requires a TPM' : 'can use a TPM',
    );
    if (states.includes(fact.attributes.state ?? '')) return yes(said);
    return no({ ...said, text: `${said.text}${states.includes('required') ? ', but does not demand it' : ''}` });
  };
}

const offered: Condition = (context) => {
  const feature = platformFeature('tpm', 'a TPM')(context);
  const told = hostDomain(context)?.tpm;
  if (!feature.holds || !told) return feature;
  if (!told.backends.includes('emulator') || told.models.length === 0)
    return no(`${context.host!.name} has no emulated TPM (package swtpm)`);
  return yes(...feature.facts, knownFact(`${context.host!.name} emulates one`));
};

/** A model that was asked for is one of the platform's, or of the host's. */
const modelOffered =
  (model: string): Condition =>
  (context) => {
    const models = hostDomain(context)?.tpm?.models ?? words(featureOf(context, 'tpm')?.attributes.models);
    return models.includes(model) ? yes() : no(`there are ${models.join(', ') || 'none'}`);
  };
// A TPM measures what firmware starts, which BIOS for a PC hardly does.
const measured = decided('firmware.type', (type) => type === 'uefi', 'without UEFI nothing measures into it');

const isWindows = given(
  (context) => context.os.family === 'winnt',
  'only Windows makes use of it without being told to',
);
const underSecureBoot = decided('firmware.secureBoot', (on) => on, 'without Secure Boot it would vouch for nothing');

/** Version as the OS asks, model as the platform prefers. */
function tpmOf(context: Context): Choices['tpm'] {
  const { models, versions, default: usual } = featureOf(context, 'tpm')?.attributes ?? {};
  const { tpmModel, tpmVersion } = context.overrides;
  const asked = osFact(context, 'tpm')?.attributes.version;
  const version = tpmVersion ?? (asked === '1.2' && words(versions).includes('1.2') ? '1.2' : '2.0');
  const there = hostDomain(context)?.tpm?.models ?? words(models);
  const preferred = usual !== undefined && there.includes(usual) ? usual : (there[0] ?? usual ?? 'tpm-tis');
  // The Command Response Buffer interface is of TPM 2.0; version 1.2 has only the older one.
  return { model: tpmModel ?? (version === '1.2' ? 'tpm-tis' : preferred), version };
}

const crbIsNew: Condition = () => no('the Command Response Buffer interface is of TPM 2.0 alone');

const osKnowsTpm: Condition = (context) => {
  const fact = osFact(context, 'tpm');
  return fact?.attributes.state === 'none' ? no(saidBy(context.osKnows, fact, 'has no driver for a TPM')) : yes();
};

export const tpmRule = rule<'tpm'>({
  decision: 'tpm',
  show: (tpm) => (tpm ? `${tpm.model} ${tpm.version}` : 'none'),
  override: {
    asked: (context) => {
      const { tpm, tpmModel, tpmVersion } = context.overrides;
      const wanted = tpm ?? (tpmModel !== undefined || tpmVersion !== undefined);
      return wanted ? tpmOf(context) : undefined;
    },
    needs: (tpm) => [offered, ...(tpm ? [modelOffered(tpm.model)] : [])],
    wants: (tpm) => [...(tpm?.model === 'tpm-crb' && tpm.version === '1.2' ? [crbIsNew] : []), osKnowsTpm],
    waysOut: 'do without, or take a platform that has one',
  },
  alternatives: [
    {
      rule: 'tpm.required',
      value: tpmOf,
      when: [notDeclined, osSays('required'), offered, measured],
      reason: 'its installer refuses a machine without one',
    },
    {
      rule: 'tpm.windows',
      value: tpmOf,
      when: [notDeclined, isWindows, osSays('supported'), offered, measured, underSecureBoot],
      reason: 'BitLocker and Windows Hello rest on one, and neither can be moved to one later',
    },
    {
      rule: 'tpm.none',
      value: undefined,
      when: [],
      reason: 'the OS does without, and it would need a helper process and a state file on the host',
    },
  ],
});

function notDeclined(context: Context) {
  return context.overrides.tpm === false ? no('it was declined') : yes();
}

/**
 * An OS that demands a TPM on a platform that has none.
 * @throws InputError unless the caller declined the TPM
 */
export function checkTpm(context: Context): void {
  if (context.overrides.tpm !== undefined) return;
  const required = osSays('required')(context);
  const has = tryAll([offered], context);
  if (required.holds && !has.holds)
    contradiction(
      'no-tpm',
      required.facts[0]!,
      has.against,
      context.host
        ? 'install swtpm on the host, or take another host, or say --no-tpm'
        : 'take a platform with a TPM, or say --no-tpm',
    );
}
