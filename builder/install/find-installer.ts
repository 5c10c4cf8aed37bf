// SPDX-License-Identifier: Apache-2.0
import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InputError } from '../../osinfo/errors.js';
import type { Db, Os } from '../../osinfo/model/types.js';
import { machineArch } from '../plan/host.js';
import { withoutPassword } from '../plan/rpm/address.js';
import { chooseMedium } from './choose-medium.js';
import { expectedSupport, type MediumPlace } from './plan-install.js';
import { type RecognisedMedium, readMedium } from './read-medium.js';

/** What is to be installed, and where its medium is. */
export interface FoundInstaller {
  readonly os: Os;
  readonly arch: string;
  readonly place: MediumPlace;
  readonly medium: Pick<RecognisedMedium, 'media' | 'volumeId' | 'support' | 'why'>;
}

export interface FindOptions {
  /** Id or short id of what a medium is of that the database does not know. */
  readonly os?: string;
  /** Default: that of the medium, or this machine's. */
  readonly arch?: string;
  /** Whether the medium has to take a script. */
  readonly unattended: boolean;
}

/**
 * What an ISO image, the address of one, or the id of an OS stands for. An address is asked for its labels, and no more.
 * @throws InputError, NotFoundError for what is none of them, or a medium that the database does not know
 * @throws HttpError for an address that does not answer
 */
export async function findInstaller(db: Db, what: string, options: FindOptions): Promise<FoundInstaller> {
  const wanted = options.os === undefined ? undefined : db.os(options.os);
  const place = placeOf(db, what);
  if (place === undefined) {
    if (wanted !== undefined)
      throw new InputError(
        'os-twice',
        `--os says what a medium is of, and ${what.slice(0, 100)} is no file and no address`,
      );
    const os = db.os(what);
    const arch = options.arch ?? machineArch();
    const chosen = chooseMedium(os, arch, options.unattended);
    return {
      os,
      arch,
      place: { kind: 'address', address: chosen.address },
      medium: { media: chosen.media, volumeId: undefined, support: expectedSupport(chosen, arch), why: chosen.why },
    };
  }
  const { os, arch, ...medium } = await readMedium(db, place.kind === 'file' ? place.path : place.address, wanted);
  return { os, arch: options.arch ?? arch ?? machineArch(), place, medium };
}

/** Undefined for the name of an OS. */
function placeOf(db: Db, what: string): MediumPlace | undefined {
  if (/^https?:\/\//i.test(what)) {
    // Ids of the database are addresses too.
    if (db.findOs(what) !== undefined) return undefined;
    if (!URL.canParse(what))
      throw new InputError('no-address', `${withoutPassword(what).slice(0, 200)} is no valid address`);
    return { kind: 'address', address: what };
  }
  const path = /^file:/i.test(what) ? fileURLToPath(what) : what;
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isFile() || found?.isBlockDevice()) return { kind: 'file', path: resolve(path) };
  if (!existsSync(path) && !/[/\\]|\.iso$/i.test(path)) return undefined;
  throw new InputError('no-medium', found === undefined ? 'there is no such file' : 'this is no ISO image', {
    file: path,
  });
}
