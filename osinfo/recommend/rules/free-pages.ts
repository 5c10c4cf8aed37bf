// SPDX-License-Identifier: Apache-2.0
import { decided, given, knownFact, notForIntent, onQemu, sinceQemu } from '../conditions.js';
import { rule } from '../engine.js';

/** Linux tells free pages since 5.7, which is of May 2020. */
const since = '2020-06';

const tells = given(
  ({ os }) => os.family === 'linux' && (os.releaseDate === undefined || os.releaseDate >= since),
  'only Linux since 5.7 tells which pages are free',
  ({ osKnows }) => knownFact(`${osKnows.name} is younger than Linux 5.7, which tells which pages are free`),
);

const ballooned = decided('balloon', (on) => on, 'there is no balloon to tell it by');

export const freePagesRule = rule({
  decision: 'freePageReporting',
  show: (on) => (on ? 'yes' : 'no'),
  override: {
    asked: ({ overrides }) => overrides.freePageReporting,
    needs: (on) => (on ? [ballooned, onQemu] : []),
    wants: (on) => (on ? [tells, sinceQemu(5, 1)] : []),
    waysOut: 'say --balloon with it, or leave it out',
  },
  alternatives: [
    {
      rule: 'free-pages.told',
      value: true,
      when: [
        notForIntent('pages that come back have to be fetched anew, which takes time', 'performance', 'legacy-safe'),
        ballooned,
        onQemu,
        sinceQemu(5, 1),
        tells,
      ],
      reason: 'memory that the guest has freed goes back to the host at once, without anybody inflating a balloon',
    },
    { rule: 'free-pages.kept', value: false, when: [], reason: 'the guest keeps what it once had' },
  ],
});
