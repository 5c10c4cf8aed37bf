// SPDX-License-Identifier: Apache-2.0
import { HardwareIds } from '../../load/ids.js';
import { definedOf, isDefined, type LintFinding, type LintInput, type LintRule } from './types.js';

/** Device ids that neither the database nor the lists of PCI and USB ids know. */
export const devices: LintRule = {
  name: 'unknown-device',
  about: 'a device id is known neither to the database nor to pci.ids and usb.ids',
  *check(input): Generator<LintFinding> {
    const ids = new HardwareIds();
    // Without the list of a bus nothing can be said against an id of it.
    const missing = HardwareIds.stamp()
      .split('\n')
      .filter((line) => line === 'pci' || line === 'usb');
    const known = new Map<string, boolean>();
    const isKnown = (id: string): boolean => {
      let answer = known.get(id);
      if (answer === undefined) {
        answer =
          isDefined(input, 'device', id) ||
          ids.device(id) !== undefined ||
          missing.some((bus) => id.includes(`/${bus}/`));
        known.set(id, answer);
      }
      return answer;
    };
    for (const kind of ['os', 'platform', 'deployment'] as const) {
      for (const { links = [], drivers = [] } of definedOf(input, kind)) {
        const named = [
          ...links.map(({ id, at }) => ({ id, at })),
          ...drivers.flatMap(({ params, at }) => (params.device ?? []).map((id) => ({ id, at }))),
        ];
        for (const { id, at } of named) {
          if (!isKnown(id))
            yield { severity: 'error', at, message: `the device ${id} is not known${reasonOf(id, input)}` };
        }
      }
    }
  },
};

function reasonOf(id: string, input: LintInput): string {
  const lower = id.replace(/[^/]*\/[^/]*$/, (end) => end.toLowerCase());
  if (lower !== id && isDefined(input, 'device', lower)) return `; did you mean ${lower}?`;
  if (/^http:\/\/(pcisig\.com\/pci|usb\.org\/usb)\//.test(id))
    return ', neither here nor in the list of hardware ids; define it in device/';
  return '; define it in device/';
}
