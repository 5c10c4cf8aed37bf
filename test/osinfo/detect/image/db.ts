// SPDX-License-Identifier: Apache-2.0
import { dbFromXml } from '../../../../osinfo/model/build.js';

/** Entries of a database: `distro version [short id] [name]`, rolling where the version is `-`. */
const entries: readonly (readonly [distro: string, version: string, shortId: string, name?: string])[] = [
  ['debian', '11', 'debian11'],
  ['debian', '12', 'debian12'],
  ['debian', '13', 'debian13'],
  ['debian', 'testing', 'debiantesting'],
  ['ubuntu', '22.04', 'ubuntu22.04'],
  ['ubuntu', '24.04', 'ubuntu24.04'],
  ['fedora', '40', 'fedora40', 'Fedora Linux 40'],
  ['fedora', '40', 'silverblue40', 'Fedora Silverblue 40'],
  ['fedora', 'Rawhide', 'fedora-rawhide', 'Fedora Rawhide'],
  ['centos', '7', 'centos7.0'],
  ['centos', '6.10', 'centos6.10'],
  ['centos', '8', 'centos8', 'CentOS 8'],
  ['centos', '8', 'centos-stream8', 'CentOS Stream 8'],
  ['centos', '9', 'centos-stream9', 'CentOS Stream 9'],
  ['rhel', '9.4', 'rhel9.4'],
  ['rhel', '9-unknown', 'rhel9-unknown'],
  ['rocky', '9', 'rocky9'],
  ['rocky', '9.0', 'rocky9.0'],
  ['almalinux', '9', 'almalinux9'],
  ['ol', '9.4', 'ol9.4'],
  ['sle', '15', 'sle15'],
  ['sle', '15.5', 'sle15sp5'],
  ['sle', '15-unknown', 'sle15-unknown'],
  ['opensuse', '15.5', 'opensuse15.5'],
  ['opensuse', 'tumbleweed', 'opensusetumbleweed'],
  ['alpinelinux', '3.18', 'alpinelinux3.18'],
  ['alpinelinux', '3.19', 'alpinelinux3.19'],
  ['archlinux', '-', 'archlinux'],
  ['freebsd', '14.0', 'freebsd14.0'],
  ['win', '10.0', 'win10', 'Microsoft Windows 10'],
  ['win', '11.0', 'win11', 'Microsoft Windows 11'],
  ['win', '10.0', 'win2k19', 'Microsoft Windows Server 2019'],
  ['win', '10.0', 'win2k22', 'Microsoft Windows Server 2022'],
];

function fileOf([distro, version, shortId, name]: (typeof entries)[number]): readonly [string, string] {
  const status = version === '-' ? '<release-status>rolling</release-status>' : `<version>${version}</version>`;
  return [
    `os/example.org/${shortId}.xml`,
    `<libosinfo version="0.0.1"><os id="http://example.org/${shortId}"><short-id>${shortId}</short-id>
      <name>${name ?? shortId}</name>${status}<distro>${distro}</distro></os></libosinfo>`,
  ];
}

/** A small database, so that these tests do not change with ours. */
export const db = dbFromXml(Object.fromEntries(entries.map(fileOf)));
if (db.oses().length !== entries.length) throw new Error(db.issues.map((issue) => issue.message).join('; '));
