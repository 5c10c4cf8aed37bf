// SPDX-License-Identifier: Apache-2.0
import type { At, Kickstart } from './model.js';

/** Something a kickstart asks for that would shape the image, and that the builder does not do yet. */
export interface Pending {
  readonly at: At;
  /** What `--allow-ignored` calls it. */
  readonly name: string;
  readonly message: string;
}

/**
 * What the builder does not do yet, beyond the storage that the planner refuses by itself. An entry goes with the work
 * that does it; until then nothing here is passed over without a word.
 */
export function pendingWork(kickstart: Kickstart): Pending[] {
  const { firewall, selinux, timezone, lang, rootpw } = kickstart;
  const found: Pending[] = [];
  const say = (at: At, name: string, message: string) =>
    found.push({ at, name, message: `${message} by this version` });
  if (firewall?.enabled) say(firewall.at, 'firewall', 'firewall: set it up in %post, it is not done');
  if (selinux?.mode === 'enforcing' || selinux?.mode === 'permissive') {
    say(selinux.at, 'selinux', `selinux --${selinux.mode}: set it up in %post, it is not done`);
  }
  if (timezone && timezone.ntpServers.length > 0)
    say(timezone.at, 'timezone', 'timezone --ntpservers: set them up in %post, it is not done');
  for (const source of kickstart.timeSources)
    say(source.at, 'timesource', 'timesource: set it up in %post, it is not done');
  for (const { at, name } of kickstart.modules)
    say(at, 'module', `module ${name}: choose packages of the stream instead, it is not done`);
  if (lang && lang.addSupport.length > 0)
    say(lang.at, 'lang', 'lang --addsupport: make the locales in %post, it is not done');
  if (rootpw?.allowSsh) say(rootpw.at, 'rootpw', 'rootpw --allow-ssh: set PermitRootLogin in %post, it is not done');
  for (const { at } of kickstart.certificates)
    say(at, '%certificate', '%certificate: write the file in %post, it is not done');
  for (const { type, at } of kickstart.scripts) {
    if (type === 'pre-install') say(at, '%pre-install', '%pre-install: do it in %post, it is not run');
  }
  return found;
}
