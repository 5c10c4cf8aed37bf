// SPDX-License-Identifier: Apache-2.0
import type { BootPlan } from '../../plan/types.js';

/** Speed where the kernel's command line says none. */
const SPEED = '115200';

/**
 * GRUB's command for the serial line that the kernel's consoles are on too; undefined where there is none that GRUB
 * drives by itself (it knows the ports of PCs).
 */
export function serialOf({ append }: Pick<BootPlan, 'append'>, arch: string): string | undefined {
  if (arch !== 'x86_64' && arch !== 'i686') return undefined;
  const console = /(?:^|\s)console=ttyS(\d)(?:,(\d+))?/.exec(append);
  return console ? `serial --unit=${console[1]} --speed=${console[2] ?? SPEED}` : undefined;
}
