// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { howToReach, isRemote } from '../../../builder/libvirt/virsh.js';

describe('a libvirt that is not reached', () => {
  it.each([
    ["Failed to connect socket to '/var/run/libvirt/libvirt-sock': No such file or directory", /^start its libvirtd$/],
    ["Failed to connect socket to '/var/run/libvirt/libvirt-sock': Connection refused", /^start its libvirtd$/],
    ["Failed to connect socket to '/var/run/libvirt/libvirt-sock': Permission denied", /adduser "\$USER" libvirt/],
    [
      "authentication unavailable: no polkit agent available to authenticate action 'org.libvirt.unix.manage'",
      /adduser/,
    ],
    ['authentication failed: access denied by policy', /adduser/],
  ])('%s', (refusal, help) => {
    expect(howToReach(refusal)).toMatch(help);
  });

  it.each([
    ['qemu:///system', false],
    ['qemu:///session', false],
    ['qemu+unix:///system?socket=/run/x', false],
    ['qemu:///embed?root=/srv/x', false],
    ['test:///default', false],
    ['qemu+ssh://root@host/system', true],
    ['qemu://host/system', true],
    ['esx://vcenter.example.org/dc1', true],
  ])('%s is on another machine: %s', (uri, remote) => {
    expect(isRemote(uri)).toBe(remote);
  });
});
