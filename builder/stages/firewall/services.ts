// SPDX-License-Identifier: Apache-2.0

/** A port or range, as it is let in. */
export interface Opening {
  /** `22`, or `6000-6010`. */
  readonly port: string;
  readonly protocol: string;
}

/**
 * What kickstarts call services, by the ports behind them: firewalld's names, where they are not those of /etc/services
 * or have more than one port.
 */
const SERVICES: Readonly<Record<string, string>> = {
  cockpit: '9090/tcp',
  dhcp: '67/udp',
  dhcpv6: '547/udp',
  'dhcpv6-client': '546/udp',
  dns: '53/tcp 53/udp',
  ftp: '21/tcp',
  'high-availability': '2224/tcp 3121/tcp 5403/tcp 5404-5405/udp 9929/tcp 9929/udp 21064/tcp',
  http: '80/tcp',
  https: '443/tcp',
  imap: '143/tcp',
  imaps: '993/tcp',
  ipp: '631/tcp 631/udp',
  'ipp-client': '631/udp',
  ipsec: '500/udp 4500/udp',
  kdeconnect: '1714-1764/tcp 1714-1764/udp',
  kerberos: '88/tcp 88/udp',
  ldap: '389/tcp',
  ldaps: '636/tcp',
  libvirt: '16509/tcp',
  'libvirt-tls': '16514/tcp',
  mdns: '5353/udp',
  mongodb: '27017/tcp',
  mountd: '20048/tcp 20048/udp',
  mysql: '3306/tcp',
  nfs: '2049/tcp',
  nfs3: '2049/tcp 2049/udp',
  ntp: '123/udp',
  openvpn: '1194/udp',
  pop3: '110/tcp',
  pop3s: '995/tcp',
  postgresql: '5432/tcp',
  prometheus: '9090/tcp',
  rdp: '3389/tcp 3389/udp',
  redis: '6379/tcp',
  'rpc-bind': '111/tcp 111/udp',
  samba: '139/tcp 445/tcp 137-138/udp',
  'samba-client': '137-138/udp',
  smtp: '25/tcp',
  'smtp-submission': '587/tcp',
  smtps: '465/tcp',
  snmp: '161/udp',
  squid: '3128/tcp',
  ssh: '22/tcp',
  syslog: '514/udp',
  telnet: '23/tcp',
  tftp: '69/udp',
  'transmission-client': '51413/tcp 51413/udp',
  'vnc-server': '5900-5903/tcp',
  wireguard: '51820/udp',
  'wbem-https': '5989/tcp',
  zabbix: '10051/tcp',
  'zabbix-agent': '10050/tcp',
};

/**
 * The ports of a service by its name: of our table, else of the system's /etc/services (services(5)). Undefined: neither
 * knows it.
 */
export function portsOfService(name: string, etcServices: string): Opening[] | undefined {
  const known = SERVICES[name];
  if (known !== undefined) {
    return known.split(' ').map((one) => {
      const [port, protocol] = one.split('/');
      return { port: port!, protocol: protocol! };
    });
  }
  const found = readServices(etcServices).filter((one) => one.names.includes(name));
  return found.length === 0 ? undefined : found.map(({ port, protocol }) => ({ port, protocol }));
}

/** The number of a port that is given by its name in /etc/services. */
export function portNumber(port: string, protocol: string, etcServices: string): string | undefined {
  if (/^\d/.test(port)) return port;
  return readServices(etcServices).find((one) => one.protocol === protocol && one.names.includes(port))?.port;
}

function readServices(text: string): { port: string; protocol: string; names: string[] }[] {
  return text.split('\n').flatMap((line) => {
    const [name, place, ...aliases] = line.replace(/#.*/, '').trim().split(/\s+/);
    const match = /^(\d{1,5})\/([a-z]+)$/.exec(place ?? '');
    return match ? [{ port: match[1]!, protocol: match[2]!, names: [name!, ...aliases] }] : [];
  });
}
