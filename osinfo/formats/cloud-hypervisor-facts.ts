// SPDX-License-Identifier: Apache-2.0
import type { Recommendation } from '../recommend/types.js';

/** Where its Debian and Fedora packages and its own instructions keep the firmware, by architecture. */
export const cloudHypervisorFirmware = ({ arch }: Recommendation): string =>
  `/usr/share/cloud-hypervisor/${arch === 'aarch64' ? 'CLOUDHV_EFI.fd' : 'CLOUDHV.fd'}`;
