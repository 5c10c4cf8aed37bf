// SPDX-License-Identifier: Apache-2.0
// Which packages an image has: figures mean something only where all have the same.

/** @param text dpkg's status file */
export function parseStatus(text) {
  return text.split('\n\n').flatMap((stanza) => {
    const field = (name) => new RegExp(`^${name}: (.*)$`, 'm').exec(stanza)?.[1];
    return field('Status')?.endsWith(' installed')
      ? [nameAndVersion({ name: field('Package'), version: field('Version') })]
      : [];
  });
}

export function nameAndVersion({ name, version }) {
  return `${name} ${version}`;
}

export function comparePackages(ours, name, theirs) {
  const onlyOurs = ours.filter((one) => !theirs.includes(one));
  const onlyTheirs = theirs.filter((one) => !ours.includes(one));
  if (onlyOurs.length + onlyTheirs.length === 0) console.log(`${name} has the same ${ours.length} packages`);
  else
    console.log(
      `${name} has other packages: only guestwright: ${onlyOurs.join(', ') || 'none'}; only ${name}: ${onlyTheirs.join(', ') || 'none'}`,
    );
}
