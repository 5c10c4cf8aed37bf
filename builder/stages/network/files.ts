// SPDX-License-Identifier: Apache-2.0
import { pbkdf2Sync } from 'node:crypto';

/** A file to be written into the tree. */
export interface TreeFile {
  /** Without a slash at the beginning. */
  readonly path: string;
  readonly text: string;
  readonly mode: number;
}

/** Where wpa_supplicant@INTERFACE.service, and ifupdown when it is told so, look for a network's key. */
export function wpaPath(device: string): string {
  return `etc/wpa_supplicant/wpa_supplicant-${device}.conf`;
}

/**
 * A wireless network for wpa_supplicant(8), readable by root alone. Name and key are written as hexadecimal numbers, so
 * no character of theirs means anything: the key is what IEEE 802.11 derives from a passphrase.
 */
export function formatWpa(device: string, ssid: string, key: string | undefined): TreeFile {
  const name = new TextEncoder().encode(ssid);
  const psk = key === undefined || /^[0-9A-Fa-f]{64}$/.test(key) ? key : derive(key, name);
  const lines = [
    'ctrl_interface=/run/wpa_supplicant',
    'network={',
    `    ssid=${Buffer.from(name).toString('hex')}`,
    ...(psk === undefined ? ['    key_mgmt=NONE'] : [`    psk=${psk.toLowerCase()}`]),
    '}',
  ];
  return { path: wpaPath(device), text: `${lines.join('\n')}\n`, mode: 0o600 };
}

function derive(passphrase: string, ssid: Uint8Array): string {
  return pbkdf2Sync(passphrase, ssid, 4096, 32, 'sha1').toString('hex');
}
