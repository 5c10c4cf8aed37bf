// SPDX-License-Identifier: Apache-2.0
import type { DebInstallPlan } from '../../plan/types.js';

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
  const [lock, pid] = ['prefetch.lock', 'prefetch.pid'].map((name) => quote(file(name, '')));
  // The status that the other process writes is of no use, and neither are its locks: who is first done ends the other.
  const words = '-y -qq -d -o Dir::State::status=/dev/null -o Debug::NoLocking=true';
  const fetch = `flock 9; xargs -0 -r apt-get ${words} install -- <${packages}`;
  const begin = `APT_CONFIG="$MMDEBSTRAP_APT_CONFIG" setsid sh -c ${quote(fetch)} 9>${lock} >/dev/null 2>&1 & echo $! >${pid}`;
  const end = `flock -n ${lock} true || { kill -- "-$(cat ${pid})"; flock -w ${PATIENCE} ${lock} true; } 2>/dev/null || :`;
  return [`--extract-hook=${begin}`, `--essential-hook=${end}`];
}
