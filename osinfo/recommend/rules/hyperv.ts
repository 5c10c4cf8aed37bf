// SPDX-License-Identifier: Apache-2.0
import { featureOf, given, hostDomain, onKvm, onX86, osFact, platformFeature, words } from '../conditions.js';
import type { Context } from '../context.js';
import { rule } from '../engine.js';

/**
 * What is good for every Windows since Vista on every host, in libvirt's order. Those that need one maker's processor
 * (evmcs, avic) or serve nested or migrating guests (reenlightenment) want to be asked for.
 */
const wanted = [
  'relaxed',
  'vapic',
  'spinlocks',
  'vpindex',
  'runtime',
  'synic',
  'stimer',
  'reset',
  'frequencies',
  'tlbflush',
  'ipi',
] as const;

/** Those of them that the platform has and, where its entry lists any, the OS uses. */
function enlightenments(context: Context): readonly string[] {
  const offered = words(featureOf(context, 'hyperv')?.attributes.enlightenments);
  const used = words(osFact(context, 'hyperv')?.attributes.enlightenments);
  const told = hostDomain(context)?.hyperv;
  return wanted.filter(
    (name) =>
      offered.includes(name) &&
      (used.length === 0 || used.includes(name)) &&
      (told === undefined || told.includes(name)),
  );
}

const windowsVersion = (context: Context): number =>
  context.os.family === 'winnt' ? Number.parseFloat(context.os.version ?? '10') : Number.NaN;

const looks = given((context) => windowsVersion(context) >= 6, 'only Windows since Vista looks for them');

export const hypervRule = rule({
  decision: 'hyperv',
  show: (list) => list.join(' ') || 'none',
  override: {
    asked: (context) => {
      const { hyperv } = context.overrides;
      return hyperv === undefined ? undefined : hyperv ? enlightenments(context) : [];
    },
    needs: (list) => (list.length > 0 ? [onX86, onKvm, platformFeature('hyperv', 'Hyper-V enlightenments')] : []),
    wants: (list) => (list.length > 0 ? [looks] : []),
    waysOut: 'do without, or use KVM on a PC',
  },
  alternatives: [
    {
      rule: 'hyperv.windows',
      label: 'enlightenments',
      value: enlightenments,
      when: [
        looks,
        onX86,
        onKvm,
        // Windows 7 and Vista stop while starting from UEFI with them.
        given(
          (context) => windowsVersion(context) >= 6.2 || context.chosen('firmware.type') !== 'uefi',
          'Windows before 8 does not start from UEFI with them',
        ),
        platformFeature('hyperv', 'Hyper-V enlightenments'),
        given(
          (context) => enlightenments(context).length > 0,
          (context) => `${context.host?.name ?? 'the platform'} has none of them`,
        ),
      ],
      reason: 'Windows runs faster when the machine speaks the language of its own hypervisor',
    },
    { rule: 'hyperv.none', value: [], when: [], reason: 'nothing but Windows since Vista makes use of them' },
  ],
});
