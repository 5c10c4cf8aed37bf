// SPDX-License-Identifier: Apache-2.0
// What the commands need of Debian, by what it is for. One line to add another.

/** A build: packages into a tree, the tree into disks, disks into images; uidmap for ordinary users. */
export const BUILD = [
  'bash',
  'mmdebstrap',
  'bubblewrap',
  'util-linux',
  'fdisk',
  'e2fsprogs',
  'dosfstools',
  'mtools',
  'qemu-utils',
  'zstd',
  'xz-utils',
  'tar',
  'uidmap',
  // Encrypted devices, and the maps of thin pools.
  'cryptsetup-bin',
  'thin-provisioning-tools',
  // The helper machine, and xfs, which is filled in it.
  'user-mode-linux',
  'kmod',
  'xfsprogs',
  'btrfs-progs',
  // Read-only roots; squashfs has no ACLs, which are taken away before.
  'squashfs-tools',
  'erofs-utils',
  'acl',
  // rpm systems: what installs them, SELinux labels, and a GRUB for those that have none of their own.
  'rpm',
  'dnf',
  'zypper',
  // Repositories behind a proxy, or with TLS of their own.
  'curl',
  'policycoreutils',
  'grub-common',
  'grub-pc-bin',
  'grub-efi-amd64-bin',
  'debian-archive-keyring',
];

/** A boot of what was built. */
export const BOOT = ['qemu-system-x86', 'ovmf'];

/** What the long run of images has besides: another architecture's programs, machine and firmware. */
export const IMAGES = ['qemu-user-static', 'qemu-system-arm', 'qemu-efi-aarch64'];

/** What applies the templates of install scripts. */
export const SCRIPT = ['xsltproc'];

/** A libvirtd to make machines with. */
export const LIBVIRT = [
  'libvirt-daemon-system',
  'libvirt-daemon-driver-qemu',
  'libvirt-clients',
  'swtpm',
  'swtpm-tools',
];

/** The peers that tests hold our answers against. */
export const TEST = [
  ...SCRIPT,
  'libosinfo-bin',
  'osinfo-db',
  'osinfo-db-tools',
  'libxml2-utils',
  'python3-gi',
  'gir1.2-libosinfo-1.0',
  ...LIBVIRT,
  'virtinst',
  // The parser of xl.cfg.
  'libxenmisc4.17',
  'procps',
  // What makes a repository of rpm packages; rpm has rpmbuild and rpmsign, gnupg the keys.
  'createrepo-c',
  'gnupg',
  // What packs appliances, reads the archives, and signs; what reads images of containers.
  'zip',
  'unzip',
  'bzip2',
  'openssh-client',
  'skopeo',
  // What makes installation media, and reads them.
  'xorriso',
  'genisoimage',
  'isolinux',
  'udftools',
  'mtools',
  // What makes the file systems of disk images that are looked into.
  // Attributes and capabilities of files.
  'attr',
  'libcap2-bin',
  'ntfs-3g',
  // What reads the volume groups and arrays that are written.
  'lvm2',
  'mdadm',
  // What says which attributes files have.
  'acl',
  'attr',
  'libcap2-bin',
  'libhivex-bin',
  // What reads programs of other processors.
  'binutils',
  'strace',
  // What reads the manual pages and the completions.
  'groff-base',
  'mandoc',
  'fish',
  'zsh',
];

/** What makes a small installation medium. */
export const MEDIUM = [
  'dosfstools',
  'mtools',
  'xorriso',
  'busybox-static',
  'extlinux',
  'syslinux',
  'grub-common',
  'grub-pc-bin',
  'cpio',
];

/** A real installer that reads our answers. */
export const INSTALL = ['debian-installer-12-netboot-amd64', ...MEDIUM];

/** What measures a program from outside, and the peers that figures stand beside. */
export const BENCH = [
  'time',
  'libosinfo-bin',
  'osinfo-db',
  'osinfo-db-tools',
  'python3-gi',
  'gir1.2-libosinfo-1.0',
  // Other builders of images, and what they use.
  'mkosi',
  'vmdb2',
  'debootstrap',
  'systemd-container',
  'kpartx',
  'dmsetup',
  'parted',
  'zerofree',
];

/**
 * What tests ask whether it understands what a build wrote for it. A network manager, a firewall and a time server have no
 * place on somebody's own machine: set-up installs them only where no systemd runs that would start them, and elsewhere
 * those tests are passed over.
 */
export const TEST_SERVICES = [
  'network-manager',
  'ifupdown',
  'ifenslave',
  'bridge-utils',
  'wpasupplicant',
  'ufw',
  'nftables',
  'firewalld',
  'chrony',
  'netbase',
  // Its schema of what an Ubuntu installs itself by.
  'cloud-init',
];
