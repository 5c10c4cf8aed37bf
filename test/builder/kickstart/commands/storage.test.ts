// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { parse } from '../parsing.js';
import { tryLines } from './tables.js';

tryLines(
  'part',
  [
    ['part /boot/efi/ --size=200', 'part /boot/efi --size=200'],
    ['part //boot', 'part //boot'],
    ['part pv.01 --size=1 --grow --ondisk=sda', 'part pv.01 --grow --ondisk=sda --size=1'],
    ['part / --encrypted --passphrase=x', 'part / --encrypted --passphrase="x"'],
    ['part / --passphrase=x --cipher=y', 'part /'],
    ['part / --onpart=/dev/sda1', 'part / --onpart=sda1'],
    ['part /var --mkfsoptions="-m 0" --label="a b"', 'part /var --label="a b" --mkfsoptions="-m 0"'],
    ['part / --start=1 --end=10', 'part / --end=10 --start=1', 'FC3'],
    ['part /home', 'part /home --bytes-per-inode=4096', 'RHEL5'],
    ['part btrfs.1', '=', 'RHEL7'],
  ],
  [
    ['part / --resize --size=1', '--resize needs --onpart'],
    ['part / --resize --onpart=sda1', '--resize needs --size'],
    ['part /tmp --fstype=tmpfs --grow', 'a tmpfs takes neither --grow nor --maxsize'],
    ['part / --mkfsoptions=x --noformat', '--mkfsoptions does nothing with --noformat'],
    ['part / --mkfsoptions=x --fsprofile=y', 'exclude each other'],
    ['part / --pbkdf-time=1 --pbkdf-iterations=2', 'only one of --pbkdf-time and --pbkdf-iterations'],
    ['part / --hw-passphrase=x --luks-version=luks2', '--hw-passphrase needs --luks-version=luks2-hw-opal'],
    ['part / --fstype=btrfs', 'btrfs is not supported', 'RHEL9'],
    ['part btrfs.1', 'btrfs is not supported', 'RHEL8'],
    ['part / --active', '--active of part is no longer in F34', 'F34'],
  ],
);

tryLines(
  'logvol',
  [
    ['logvol / --vgname=v --name=r --size=1', 'logvol / --size=1 --name=r --vgname=v'],
    [
      'logvol none --thinpool --chunksize=1 --metadatasize=2 --name=p --vgname=v --size=3',
      'logvol none --size=3 --thinpool --metadatasize=2 --chunksize=1 --name=p --vgname=v',
    ],
    ['logvol / --noformat --name=r --vgname=v', 'logvol / --noformat --useexisting --name=r --vgname=v'],
    ['logvol swap --hibernation --name=s --vgname=v', '='],
    ['logvol / --name=r --vgname=v', '=', 'RHEL6'],
    ['logvol / --percent=0 --size=1 --name=r --vgname=v', 'logvol / --size=1 --name=r --vgname=v', 'F20'],
  ],
  [
    ['logvol / --vgname=v --size=1', 'logvol needs --name'],
    ['logvol / --vgname=v --name=r', 'logvol needs a size'],
    ['logvol / --vgname=v --name=r --size=1 --percent=2', 'only one of --size and --percent'],
    ['logvol / --vgname=v --name=r --percent=101', '--percent is between 0 and 100'],
    ['logvol / --vgname=v --name=r --size=1 --thin', '--thin needs --poolname'],
    ['logvol / --vgname=v --name=r --size=1 --chunksize=2', '--chunksize and --metadatasize need --thinpool'],
    [
      'logvol / --vgname=v --name=r --size=1 --cachesize=2 --cachepvs=pv.1 --cachemode=fast',
      '--cachemode is writeback or writethrough',
    ],
    ['logvol / --vgname=v --name=r --size=1 --cachesize=2', 'a cache needs --cachepvs'],
  ],
);

tryLines(
  'volgroup',
  [
    ['volgroup v pv.1 pv.2 --pesize=4096', 'volgroup v --pesize=4096 pv.1 pv.2'],
    ['volgroup v --useexisting', '='],
    ['volgroup v --useexisting', 'volgroup v --pesize=32768 --useexisting', 'RHEL6'],
  ],
  [
    ['volgroup', 'volgroup needs the name'],
    ['volgroup v', 'volgroup v needs its physical volumes'],
    ['volgroup v pv.1 --useexisting', 'takes no list of physical volumes'],
    ['volgroup v pv.1 --reserved-percent=0', 'between 1 and 99'],
    ['volgroup v pv.1 --reserved-space=-1', '0 or more'],
  ],
);

tryLines(
  'raid',
  [
    ['raid / --device=md0 --level=1 raid.1 raid.2', 'raid / --device=md0 --level=RAID1 raid.1 raid.2'],
    ['raid / --device=md0 --level=raid10 raid.1 raid.2', 'raid / --device=0 --level=RAID10 raid.1 raid.2', 'RHEL9'],
    ['raid / --device=root --level=RAID1 raid.1 --spares=0', 'raid / --device=root --level=RAID1 raid.1'],
    [
      'raid / --device=md0 --level=1 --fstype=btrfs raid.1',
      'raid / --device=md0 --fstype="btrfs" --level=RAID1 raid.1',
      'RHEL10',
    ],
  ],
  [
    ['raid / --level=1 raid.1', 'raid needs --device'],
    ['raid / --device=md0 raid.1', 'raid needs --level'],
    ['raid / --device=md0 --level=1', 'raid needs its members'],
    ['raid / --device=md0 --level=linear raid.1', '"linear" is no RAID level'],
    ['raid / --device=md0 --level=1 --useexisting raid.1', 'takes no list of members'],
    ['raid / --device=root --level=1 raid.1', 'has no number', 'RHEL6'],
  ],
);

tryLines(
  'btrfs',
  [
    [
      'btrfs none --data=0 --metadata=RAID1 --label=f btrfs.1 btrfs.2',
      'btrfs none --label="f" --data=raid0 --metadata=raid1 btrfs.1 btrfs.2',
    ],
    ['btrfs / --subvol --name=root LABEL=f', '='],
    ['btrfs whatever --frob', '', 'RHEL9'],
  ],
  [
    ['btrfs', 'btrfs needs a mount point'],
    ['btrfs /', 'btrfs needs the partitions'],
    ['btrfs / --subvol LABEL=f', '--subvol needs --name'],
    ['btrfs / --data=7 btrfs.1', '"7" is no btrfs profile'],
    ['btrfs / btrfs.1', 'btrfs is no longer in RHEL10', 'RHEL10'],
  ],
);

tryLines(
  'autopart',
  [
    ['autopart --nolvm', 'autopart --type=plain'],
    ['autopart --nolvm', '=', 'F16'],
    ['autopart --type=partition --noswap --nohome', 'autopart --type=plain --nohome --noswap'],
    ['autopart --type=btrfs', '='],
  ],
  [
    ['autopart --type=zfs', '"zfs" is not one of lvm, btrfs, plain, partition, thinp'],
    ['autopart --type=btrfs --fstype=ext4', 'exclude each other'],
    ['autopart --type=btrfs', 'not supported', 'RHEL8'],
    ['autopart --noswap --hibernation', 'only one of --noswap and --hibernation'],
  ],
);

tryLines(
  'other storage commands',
  [
    ['clearpart --linux --all --disklabel=gpt', 'clearpart --all --disklabel=gpt'],
    ['clearpart --initlabel', ''],
    ['zerombr', '='],
    ['ignoredisk --only-use=sda,sdb', '='],
    ['reqpart --add-boot', '='],
    ['mount /dev/sda1 /boot/ --reformat', 'mount /dev/sda1 /boot --reformat'],
    ['snapshot v/r --name=s --when=pre-install', '='],
    ['dmraid --name=/dev/a --dev=b', 'dmraid --name=a --dev="b"', 'FC6'],
  ],
  [
    ['zerombr yes', 'zerombr takes no words', 'F9'],
    ['ignoredisk --only-use=a --drives=b', 'exactly one of --drives and --only-use'],
    ['mount /dev/sda1', 'mount needs a device and a mount point'],
    ['snapshot r --name=s --when=pre-install', 'GROUP/VOLUME'],
    ['snapshot v/r --name=s --when=now', 'neither pre-install nor post-install'],
    ['dmraid --name=a --dev=b', 'dmraid is no longer in RHEL9', 'RHEL9'],
  ],
);

describe('the model of storage', () => {
  it('keeps the last line about a mount point, each swap, and says what is overridden', () => {
    const kickstart = parse(
      'part / --size=1\npart swap --size=1\npart swap --size=2\npart / --size=3\npart biosboot --ondisk=sda\npart biosboot --ondisk=sdb\n',
    );
    expect(kickstart.parts.map((part) => [part.mountpoint, part.sizeMiB])).toEqual([
      ['swap', 1],
      ['swap', 2],
      ['/', 3],
      ['biosboot', undefined],
      ['biosboot', undefined],
    ]);
    expect(kickstart.issues).toMatchObject([{ severity: 'notice', code: 'overridden', at: { line: 4 } }]);
    expect(kickstart.commands).toHaveLength(6);
  });

  it('has encryption only where it is asked for', () => {
    const [plain, secret] = parse(
      'part / --passphrase=x\npart /home --encrypted --passphrase=y --luks-version=luks2 --pbkdf-memory=64',
    ).parts;
    expect(plain?.encryption).toBeUndefined();
    expect(secret?.encryption).toMatchObject({
      passphrase: 'y',
      luksVersion: 'luks2',
      pbkdfMemoryKiB: 64,
      cipher: undefined,
    });
  });

  it.each([
    ['autopart\npart / --size=1', 'part and autopart'],
    ['part / --size=1\nautopart', 'autopart and part'],
    ['partition / --size=1\nautopart', 'autopart and part'],
    ['reqpart\nautopart', 'autopart and reqpart'],
    ['mount /dev/a /\nraid / --device=0 --level=0 raid.1', 'raid and mount'],
    ['bootc --source-imgref=a\nostreecontainer --url=b', 'ostreecontainer and bootc'],
  ])('refuses %j at the second command', (text, names) => {
    const errors = parse(text).issues.filter((issue) => issue.severity === 'error');
    expect(errors).toMatchObject([{ code: 'command-conflict', at: { line: 2 } }]);
    expect(errors[0]?.message).toContain(`${names} (a.ks:1) cannot be used together`);
  });

  it('lets reqpart and part stand together, and all of it in releases that did not check', () => {
    expect(parse('reqpart\npart / --size=1').issues).toEqual([]);
    expect(parse('autopart\npart / --size=1', {}, { version: 'F19' }).issues).toEqual([]);
  });
});
