// SPDX-License-Identifier: Apache-2.0

/** Where FreeBSD's package `edk2-bhyve` keeps the UEFI firmware and the template of its variables. */
export const bhyveUefi = {
  code: '/usr/local/share/uefi-firmware/BHYVE_UEFI.fd',
  vars: '/usr/local/share/uefi-firmware/BHYVE_UEFI_VARS.fd',
} as const;
