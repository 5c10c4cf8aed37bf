// SPDX-License-Identifier: Apache-2.0
import { parse as parseYaml } from 'yaml';
import { parseKickstart } from '../../../builder/kickstart/index.js';
import type { Config } from './asking.js';
import {
  autoyastTexts,
  installFreebsd,
  openbsdAnswers,
  preseedAnswers,
  sourceAlpine,
  unattendTexts,
} from './readers.js';

/** A kind of script, and how its parameters are read back from it. */
export interface Family {
  readonly name: string;
  readonly id: string;
  readonly os: string;
  /** Values by parameter, as the installer would have them; passwords as they are, or as their hashes. */
  readonly read: (text: string) => Readonly<Record<string, string | undefined>>;
  /** What a value becomes on purpose. */
  readonly becomes?: Readonly<Record<string, (value: string) => string>>;
}

type Json = { readonly [key: string]: Json } & readonly Json[] & string;

const utf8 = (value: string): string => (value.includes('.') ? value : `${value}.UTF-8`);

/** What installers call a keyboard by its layout alone. */
const layoutOf = (value: string): string => /^(\S+) \((\S+)\)$/.exec(value)?.[1] ?? value;

/** `http://server/folder` in the two halves that some installers want. */
const withoutScheme = (value: string): string => (value.includes('://') ? value.slice(value.indexOf('://') + 3) : '');

function readKickstart(version: string): Family['read'] {
  return (text) => {
    const kickstart = parseKickstart(text, 'x.ks', { version });
    const error = kickstart.issues.find(({ severity }) => severity === 'error');
    if (error) throw new Error(`${error.code}: ${error.message}`);
    const [user] = kickstart.users;
    return {
      'admin-password': kickstart.rootpw?.password,
      'user-login': user?.name,
      'user-password': user?.password,
      'user-realname': user?.gecos,
      hostname: kickstart.network[0]?.hostname,
      'l10n-language': kickstart.lang?.lang,
      'l10n-keyboard': kickstart.keyboard?.xLayouts.join(','),
      'l10n-timezone': kickstart.timezone?.zone,
      'target-disk': kickstart.bootloader?.bootDrive,
      'installation-url': kickstart.url?.url,
    };
  };
}

const kickstartBecomes = {
  'l10n-language': utf8,
  // A list with commas between layouts, and blanks around them.
  'l10n-keyboard': (value: string) =>
    value
      .split(',')
      .map((layout) => layout.trim())
      .filter((layout) => layout !== '')
      .join(','),
};

function readAgama(text: string): ReturnType<Family['read']> {
  const { product, localization, hostname, root, user, software, storage } = JSON.parse(text) as Json;
  return {
    'admin-password': root?.['password'],
    'user-login': user?.['userName'],
    'user-password': user?.['password'],
    'user-realname': user?.['fullName'],
    'reg-login': product?.['registrationEmail'],
    'reg-product-key': product?.['registrationCode'],
    hostname: hostname?.['static'],
    'l10n-language': localization?.['language'],
    'l10n-keyboard': localization?.['keyboard'],
    'l10n-timezone': localization?.['timezone'],
    'target-disk': (storage?.['drives']?.[0] as { search?: string } | undefined)?.search,
    'installation-url': software?.['extraRepositories']?.[0]?.['url'],
  };
}

const agamaBecomes = {
  'l10n-language': utf8,
  'l10n-keyboard': (value: string) => value.replace(/^(\S+) \((\S+)\)$/, '$1($2)'),
};

function readAutoyast(text: string): ReturnType<Family['read']> {
  const texts = autoyastTexts(text);
  return {
    'admin-password': texts['users/user/user_password']?.[0],
    'user-login': texts['users/user/username']?.[1],
    'user-password': texts['users/user/user_password']?.[1],
    'user-realname': texts['users/user/fullname']?.[0],
    'reg-login': texts['suse_register/email']?.[0],
    'reg-product-key': texts['suse_register/reg_code']?.[0],
    hostname: texts['networking/dns/hostname']?.[0],
    'l10n-language': texts['language/language']?.[0],
    'l10n-keyboard': texts['keyboard/keymap']?.[0],
    'l10n-timezone': texts['timezone/timezone']?.[0],
    'target-disk': texts['partitioning/drive/device']?.[0],
  };
}

const autoyastBecomes = { 'l10n-language': (value: string) => value.split('.')[0]! };

export const families: readonly Family[] = [
  {
    name: 'kickstart of Fedora',
    id: 'http://fedoraproject.org/fedora/kickstart/jeos',
    os: 'fedora43',
    read: readKickstart('F43'),
    becomes: kickstartBecomes,
  },
  {
    name: 'kickstart of RHEL',
    id: 'http://redhat.com/rhel/kickstart/jeos',
    os: 'rhel9.6',
    read: readKickstart('RHEL9'),
    becomes: kickstartBecomes,
  },
  {
    name: 'preseed of Debian',
    id: 'http://debian.org/debian/preseed/jeos',
    os: 'debian12',
    read: (text) => {
      const answers: Config = preseedAnswers(text);
      return {
        'admin-password': answers['passwd/root-password-crypted'],
        'user-login': answers['passwd/username'],
        'user-password': answers['passwd/user-password-crypted'],
        'user-realname': answers['passwd/user-fullname'],
        hostname: answers['netcfg/get_hostname'],
        'l10n-language': answers['debian-installer/locale'],
        'l10n-keyboard': answers['keyboard-configuration/xkb-keymap'],
        'l10n-timezone': answers['time/zone'],
        'target-disk': answers['partman-auto/disk'],
        'installation-url': `${answers['mirror/http/hostname']}${answers['mirror/http/directory']}`,
      };
    },
    becomes: {
      'l10n-language': utf8,
      'l10n-keyboard': layoutOf,
      'installation-url': (value) => {
        const rest = withoutScheme(value);
        return rest.includes('/') ? rest : `${rest}/debian`;
      },
    },
  },
  {
    name: 'autoinstall of Ubuntu',
    id: 'http://ubuntu.com/ubuntu/autoinstall/jeos',
    os: 'ubuntu24.04',
    read: (text) => {
      const { autoinstall } = parseYaml(text) as { autoinstall: Json };
      const { layout, variant } = (autoinstall['keyboard'] ?? {}) as { layout?: string; variant?: string };
      return {
        'admin-password': autoinstall['late-commands']?.[0]?.[5],
        'user-login': autoinstall['identity']?.['username'],
        'user-password': autoinstall['identity']?.['password'],
        'user-realname': autoinstall['identity']?.['realname'],
        hostname: autoinstall['identity']?.['hostname'],
        'l10n-language': autoinstall['locale'],
        'l10n-keyboard': variant === undefined ? layout : `${layout} (${variant})`,
        'l10n-timezone': autoinstall['timezone'],
        'target-disk': (autoinstall['storage']?.['layout'] as { match?: { path?: string } } | undefined)?.match?.path,
        'installation-url': autoinstall['apt']?.['primary']?.[0]?.['uri'],
      };
    },
    becomes: { 'l10n-language': utf8 },
  },
  {
    name: 'unattend of Windows',
    id: 'http://microsoft.com/windows/unattend/jeos',
    os: 'win11',
    read: (text) => {
      const texts = unattendTexts(text);
      const account = 'oobeSystem/Shell-Setup/UserAccounts';
      const one = (key: string): string | undefined => texts.get(key)?.[0];
      return {
        'admin-password': one(`${account}/AdministratorPassword/Value`),
        'user-login': one(`${account}/LocalAccounts/LocalAccount/Name`),
        'user-password': one(`${account}/LocalAccounts/LocalAccount/Password/Value`),
        'user-realname': one(`${account}/LocalAccounts/LocalAccount/DisplayName`),
        'reg-product-key': one('windowsPE/Setup/UserData/ProductKey/Key'),
        'pre-install-drivers-location': one('windowsPE/PnpCustomizationsWinPE/DriverPaths/PathAndCredentials/Path'),
      };
    },
  },
  {
    name: 'AutoYaST of openSUSE',
    id: 'http://opensuse.org/opensuse/autoyast/jeos',
    os: 'opensuse15.6',
    read: readAutoyast,
    becomes: autoyastBecomes,
  },
  {
    name: 'AutoYaST of SLES',
    id: 'http://suse.com/sle/autoyast/jeos',
    os: 'sle15sp6',
    read: readAutoyast,
    becomes: autoyastBecomes,
  },
  {
    name: 'Agama of openSUSE',
    id: 'http://opensuse.org/opensuse/agama/jeos',
    os: 'opensuse16.0',
    read: readAgama,
    becomes: agamaBecomes,
  },
  {
    name: 'Agama of SLES',
    id: 'http://suse.com/sle/agama/jeos',
    os: 'sles16.0',
    read: readAgama,
    becomes: agamaBecomes,
  },
  {
    name: 'archinstall',
    id: 'http://archlinux.org/archlinux/archinstall/jeos',
    os: 'archlinux',
    read: (text) => {
      const all = JSON.parse(text) as Json;
      return {
        'admin-password': all['root_enc_password'],
        'user-login': all['users']?.[0]?.['username'],
        'user-password': all['users']?.[0]?.['enc_password'],
        hostname: all['hostname'],
        'l10n-language': all['locale_config']?.['sys_lang'],
        'l10n-keyboard': all['locale_config']?.['kb_layout'],
        'l10n-timezone': all['timezone'],
        'target-disk': all['disk_config']?.['device_modifications']?.[0]?.['device'],
        'installation-url': all['mirror_config']?.['custom_servers']?.[0]?.['url'],
      };
    },
    becomes: { 'l10n-language': utf8, 'l10n-keyboard': layoutOf },
  },
  {
    name: 'answers of Alpine Linux',
    id: 'http://alpinelinux.org/alpinelinux/answers/jeos',
    os: 'alpinelinux3.22',
    read: (text) => {
      const { options, calls } = sourceAlpine(text);
      const user = calls.find(([tool]) => tool === 'adduser');
      return {
        'user-login': user?.[5],
        'user-realname': user?.[3],
        hostname: options['HOSTNAMEOPTS']?.slice(1).join(' '),
        'l10n-timezone': options['TIMEZONEOPTS']?.slice(1).join(' '),
        'target-disk': options['DISKOPTS']?.slice(2).join(' '),
        'installation-url': options['APKREPOSOPTS']?.join(' '),
      };
    },
  },
  {
    name: 'installerconfig of FreeBSD',
    id: 'http://freebsd.org/freebsd/bsdinstall/jeos',
    os: 'freebsd14.3',
    read: (text) => {
      const { settings, rc, pw } = installFreebsd(text);
      const user = pw.find(([command]) => command === 'useradd');
      return {
        'user-login': user?.[2],
        'user-realname': user?.[4],
        hostname: rc['hostname'],
        'l10n-keyboard': rc['keymap'],
        'target-disk': settings['PARTITIONS'],
        'installation-url': settings['BSDINSTALL_DISTSITE'],
      };
    },
    becomes: { 'l10n-keyboard': layoutOf },
  },
  {
    name: 'answers of OpenBSD',
    id: 'http://openbsd.org/openbsd/autoinstall/jeos',
    os: 'openbsd7.7',
    read: (text) => {
      const answers: Config = openbsdAnswers(text);
      const server = answers['HTTP Server'];
      const path = answers['Server directory'];
      return {
        'admin-password': answers['Password for root account'],
        'user-login': answers['Setup a user'],
        'user-password': answers['Password for user'],
        'user-realname': answers['Full name for user'],
        hostname: answers['System hostname'],
        'l10n-keyboard': answers['Choose your keyboard layout'],
        'l10n-timezone': answers['What timezone are you in'],
        'target-disk': answers['Which disk is the root disk'],
        'installation-url': path === undefined ? server : `${server}/${path}`,
      };
    },
    becomes: { 'l10n-keyboard': layoutOf, 'installation-url': withoutScheme },
  },
];
