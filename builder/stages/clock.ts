// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { SystemPlan, TimePlan } from '../plan/types.js';
import type { StageContext } from '../run/context.js';
import { hasInTree, linkInTree, rewriteTreeFile, writeTreeFile } from './files.js';
import { refuseOrTell } from './refuse.js';
import { hasUnit, switchUnits } from './units.js';

/** `timezone` and `timesource`: the zone, how the hardware clock is read, and where the clock is set from. */
export async function setClock(context: StageContext, { timezone, time }: SystemPlan): Promise<void> {
  if (timezone) setTimezone(context, timezone);
  if (time) await setTimeServers(context, time);
}

function setTimezone(context: StageContext, { zone, utc }: NonNullable<SystemPlan['timezone']>): void {
  if (!existsSync(join(context.tree, 'usr/share/zoneinfo', zone))) {
    context.emit({ type: 'notice', message: `time zone ${zone} is not known to this system; its clock shows UTC` });
    return;
  }
  // systemd reads the zone's name from this link, and Red Hat's tools want it relative.
  linkInTree(
    context.tree,
    'etc/localtime',
    context.plan.os.family === 'deb' ? `/usr/share/zoneinfo/${zone}` : `../usr/share/zoneinfo/${zone}`,
  );
  if (context.plan.os.family === 'deb') writeTreeFile(context.tree, 'etc/timezone', `${zone}\n`);
  writeTreeFile(context.tree, 'etc/adjtime', `0.0 0 0.0\n0\n${utc ? 'UTC' : 'LOCAL'}\n`);
}

/** A program that sets the clock by the network. */
interface TimeProgram {
  /** Its units; families name them differently. */
  readonly units: readonly string[];
  /** Its files, of which the first that is there shows that it is installed. */
  readonly files: readonly string[];
  readonly nts: boolean;
  readonly write: (tree: string, file: string, time: TimePlan) => void;
}

/** The first that is there is used; `timesource --ntp-disable` switches all of them off. */
const PROGRAMS: readonly TimeProgram[] = [
  {
    units: ['chrony.service', 'chronyd.service'],
    files: ['etc/chrony/chrony.conf', 'etc/chrony.conf'],
    nts: true,
    write: writeServers,
  },
  { units: ['ntpsec.service'], files: ['etc/ntpsec/ntp.conf'], nts: true, write: writeServers },
  { units: ['ntpd.service', 'ntp.service'], files: ['etc/ntp.conf'], nts: false, write: writeServers },
  {
    units: ['openntpd.service'],
    files: ['etc/openntpd/ntpd.conf'],
    nts: false,
    write: (tree, file, { servers }) =>
      rewriteTreeFile(
        tree,
        file,
        (line) => !/^\s*servers?\s/.test(line),
        servers.map(({ host, pool }) => `${pool ? 'servers' : 'server'} ${host}`),
      ),
  },
  {
    units: ['systemd-timesyncd.service'],
    files: ['usr/lib/systemd/systemd-timesyncd'],
    nts: false,
    write: (tree, _file, { servers }) =>
      writeTreeFile(
        tree,
        'etc/systemd/timesyncd.conf.d/50-kickstart.conf',
        `[Time]\nNTP=${servers.map(({ host }) => host).join(' ')}\n`,
      ),
  },
];

/** chrony and the two ntpd take the same words. Servers that DHCP hands out come by other ways, and stay. */
function writeServers(tree: string, file: string, { servers }: TimePlan): void {
  rewriteTreeFile(
    tree,
    file,
    (line) => servers.length === 0 || !/^\s*(?:server|pool|peer)\s/.test(line),
    servers.map(({ host, pool, nts }) => `${pool ? 'pool' : 'server'} ${host} iburst${nts ? ' nts' : ''}`),
  );
}

async function setTimeServers(context: StageContext, time: TimePlan): Promise<void> {
  const { tree } = context;
  if (!time.enabled) {
    const units = PROGRAMS.flatMap((one) => one.units).filter((unit) => hasUnit(tree, unit));
    await switchUnits(context, 'disable', units);
    return;
  }
  const program = PROGRAMS.find(({ files }) => files.some((file) => hasInTree(tree, file)));
  if (!program) {
    const message = 'time servers: nothing is installed that asks them: add chrony to %packages';
    refuseOrTell(context, { name: 'timesource', code: 'no-time-program', at: time.at, message });
    return;
  }
  if (time.servers.some(({ nts }) => nts) && !program.nts) {
    const message = 'timesource --nts: the program that sets the clock here does not know NTS: add chrony to %packages';
    refuseOrTell(context, { name: 'timesource', code: 'no-nts', at: time.at, message });
  }
  program.write(tree, program.files.find((file) => hasInTree(tree, file))!, time);
  const unit = program.units.find((one) => hasUnit(tree, one));
  if (unit !== undefined) await switchUnits(context, 'enable', [unit]);
}
