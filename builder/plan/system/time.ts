// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../../../osinfo/errors.js';
import type { Kickstart } from '../../kickstart/model.js';
import type { SystemPlan, TimePlan } from '../types.js';

const ZONE = /^[A-Za-z0-9_+-]+(\/[A-Za-z0-9_+-]+){0,2}$/;
/** A name of the DNS or an address: nothing that a line of a configuration file could end with. */
const HOST = /^[A-Za-z0-9][A-Za-z0-9.:_-]{0,252}$/;

/**
 * `timezone` and `timesource`: the zone, and where the clock is set from. A `timesource --ntp-disable` beside servers
 * wins, as in an installer.
 * @throws InputError for what is no zone or host
 */
export function planTime({ timezone, timeSources }: Kickstart): Pick<SystemPlan, 'timezone' | 'time'> {
  if (timezone?.zone !== undefined && !ZONE.test(timezone.zone)) {
    throw new InputError(
      'timezone',
      `${timezone.zone} is no name of a time zone; use one such as Europe/Berlin`,
      timezone.at,
    );
  }
  const servers: TimePlan['servers'][number][] = [];
  const add = (host: string, pool: boolean, nts: boolean, at: TimePlan['at']) => {
    if (!HOST.test(host)) throw new InputError('time-server', `${host} is no name of a time server`, at);
    servers.push({ host, pool, nts });
  };
  for (const host of timezone?.ntpServers ?? []) add(host, false, false, timezone!.at);
  for (const { kind, host, nts, at } of timeSources) {
    if (kind !== 'disable') add(host ?? '', kind === 'pool', nts, at);
  }
  const off = timeSources.find(({ kind }) => kind === 'disable')?.at ?? (timezone?.noNtp ? timezone.at : undefined);
  const at = off ?? timeSources[0]?.at ?? (servers.length > 0 ? timezone?.at : undefined);
  return {
    ...(timezone?.zone === undefined ? {} : { timezone: { zone: timezone.zone, utc: timezone.utc } }),
    ...(at === undefined
      ? {}
      : { time: { at, enabled: off === undefined, servers: off === undefined ? servers : [] } }),
  };
}
