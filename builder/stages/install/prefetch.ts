// SPDX-License-Identifier: Apache-2.0
import type { DebInstallPlan } from '../../plan/types.js';

/** Where apt puts what it has fetched and verified. */
export const APT_ARCHIVES = 'var/cache/apt/archives';

/** apt's name for what mmdebstrap's variant of that name adds. */
const VARIANTS: Readonly<Record<DebInstallPlan['variant'], readonly string[]>> = {
  minbase: [],
  important: ['?or(?priority(required),?priority(important))'],
};

/** Seconds that a download which is told to end may take for it. */
const PATIENCE = 20;

/**
 * Hooks for mmdebstrap that fetch the rest of the packages while the essential ones are unpacked and configured, which
 * takes one processor and no network. What has come by then lies where apt looks; what has not is fetched by apt as ever,
 * from where it stopped. A download that fails says nothing: apt meets the same and says it.
 * @param quote a path of the build's own as one word of a shell
 * @param file writes a text into a file of the build's own, and says where
 */
export function prefetchHooks(
  plan: Pick<DebInstallPlan, 'variant' | 'packages'>,
  file: (name: string, text: string) => string,
  quote: (path: string) => string,
): string[] {
  const wanted = [...plan.packages.map(({ name }) => name), ...VARIANTS[plan.variant]];
  const packages = quote(file('prefetch.packages', wanted.map((name) => `${name}\0`).join('')));
  const [lock, pid, status] = ['prefetch.lock', 'prefetch.pid', 'prefetch.status'].map((name) => quote(file(name, '')));
  // The status that the other process writes tells of packages one by one, and apt would fetch those again that it does
  // not tell of yet: to this apt all that have been fetched are installed. Its locks are of no use either: who is first
  // done ends the other.
  const installed = `for deb in "$1"/${APT_ARCHIVES}/*.deb; do dpkg-deb -f "$deb"; printf 'Status: install ok installed\\n\\n'; done`;
  const words = `-y -qq -d -o Dir::State::status=${status} -o Debug::NoLocking=true`;
  const fetch = `flock 9; ${installed} >${status}; xargs -0 -r apt-get ${words} install -- <${packages}`;
  const begin = `APT_CONFIG="$MMDEBSTRAP_APT_CONFIG" setsid sh -c ${quote(fetch)} sh "$1" 9>${lock} >/dev/null 2>&1 & echo $! >${pid}`;
  const end = `flock -n ${lock} true || { kill -- "-$(cat ${pid})"; flock -w ${PATIENCE} ${lock} true; } 2>/dev/null || :`;
  return [`--extract-hook=${begin}`, `--essential-hook=${end}`];
}
