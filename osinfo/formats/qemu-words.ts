// SPDX-License-Identifier: Apache-2.0
import type { Recommendation } from '../recommend/types.js';
import type { FormatRequest } from './types.js';

export interface QemuRequest extends FormatRequest {
  /** UEFI firmware. Default: where Debian's packages have it, with or without Secure Boot as recommended. */
  readonly firmwareCode?: string;
  /** The machine's own copy of the firmware's variables. Without it they start anew each time. */
  readonly firmwareVars?: string;
  /** `stdio`, `none`, `pty`, `file:PATH` or `unix:PATH` (QEMU listens there). Default `stdio`. */
  readonly serial?: string;
  /** Nothing is written to the disks: what the guest changes is gone with it. */
  readonly snapshot?: boolean;
  /** `user`: out through the host, nothing comes in. `isolated`: an address and nothing else. `none`: no card. Default `user`. */
  readonly network?: 'user' | 'isolated' | 'none';
  /** Ports that lead to the first card of network `user`, in QEMU's words: `hostfwd=tcp:127.0.0.1:8080-:80`. Default none. */
  readonly forwards?: readonly string[];
  /** `vnc` (the first free of 127.0.0.1:5900 and up), `spice` (127.0.0.1:5930), `none`, or QEMU's `gtk` or `sdl`. Default: as recommended. */
  readonly display?: 'vnc' | 'spice' | 'none' | 'gtk' | 'sdl';
  /** Default: as recommended. */
  readonly accel?: 'kvm' | 'tcg';
  /** Control: `stdio` or the path of a socket to listen at. */
  readonly qmp?: string;
  /** Do not start the processors: wait for `cont`. */
  readonly stopped?: boolean;
  /** Socket of a running `swtpm`. Without it the machine has no TPM, and a warning says so. */
  readonly tpmSocket?: string;
  /** Socket at which QEMU listens for the guest agent's client. Without it the agent talks to nobody. */
  readonly agentSocket?: string;
  /** Context id of the guest's vsock, above 2 and the host's only one. Without it the machine has no vsock, and a warning says so. */
  readonly vsockCid?: number;
}

export const isPc = ({ arch }: Recommendation): boolean => arch === 'x86_64' || arch === 'i686';

/** QEMU splits options at commas; a doubled one stands for itself. */
export const escapeComma = (value: string): string => value.replaceAll(',', ',,');

/** A path as the value of a QEMU option: a relative one must not look like a protocol (`nbd:`). */
export const pathValue = (path: string): string => escapeComma(path.startsWith('/') ? path : `./${path}`);
