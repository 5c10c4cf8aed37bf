// SPDX-License-Identifier: Apache-2.0
import type { Recommendation } from '../recommend/types.js';

/** What starts a guest, by where FreeBSD's packages `edk2-bhyve` and `u-boot-bhyve-arm64` keep it. */
export const bhyveFirmware = ({ arch }: Recommendation): string =>
  arch === 'aarch64'
    ? '/usr/local/share/u-boot/u-boot-bhyve-arm64/u-boot.bin'
    : '/usr/local/share/uefi-firmware/BHYVE_UEFI.fd';
