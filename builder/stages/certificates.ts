// SPDX-License-Identifier: Apache-2.0
import { basename } from 'node:path';
import type { CertificatePlan } from '../plan/types.js';
import type { StageContext } from '../run/context.js';
import { sandboxed } from '../run/sandbox.js';
import { hasInTree, writeTreeFile } from './files.js';
import { refuseOrTell } from './refuse.js';

/** What makes the system's store of authorities, the folder that it reads, and how a file is named there. */
const STORES = [
  { program: 'usr/bin/update-ca-trust', folder: 'etc/pki/ca-trust/source/anchors', name: (file: string) => file },
  {
    program: 'usr/sbin/update-ca-certificates',
    folder: 'usr/local/share/ca-certificates',
    // Files without this ending are passed over (update-ca-certificates(8)).
    name: (file: string) => (file.endsWith('.crt') ? file : `${file.replace(/\.(pem|cer)$/, '')}.crt`),
  },
] as const;

/**
 * The `%certificate` sections: each at its place, and an authority among those that the system trusts, whichever
 * family's folder the kickstart names.
 * @throws InputError with the line, where the system has no store of authorities
 */
export async function setUpCertificates(context: StageContext): Promise<void> {
  const { certificates } = context.plan.system;
  for (const one of certificates) {
    if (one.dir !== undefined) writeTreeFile(context.tree, `${one.dir}/${one.filename}`, one.body);
  }
  const anchors = certificates.filter((one) => one.anchor);
  if (anchors.length === 0) return;
  const store = STORES.find(({ program }) => hasInTree(context.tree, program));
  if (!store) {
    const message = '%certificate: this system has no store of authorities: add ca-certificates to %packages';
    refuseOrTell(context, { name: '%certificate', code: 'no-ca-store', at: anchors[0]!.at, message });
    return;
  }
  for (const anchor of anchors) {
    if (!liesIn(anchor, store.folder))
      writeTreeFile(context.tree, `${store.folder}/${store.name(anchor.filename)}`, anchor.body);
  }
  context.detail('configure', 'certificate authorities');
  await sandboxed(context, [basename(store.program)]);
}

/** Whether the file is where the store reads it, under a name that it takes. */
function liesIn({ dir, filename }: CertificatePlan, folder: string): boolean {
  if (dir === undefined || !`${dir}/`.startsWith(`/${folder}/`)) return false;
  return folder !== STORES[1].folder || filename.endsWith('.crt');
}
