// SPDX-License-Identifier: Apache-2.0
import type { Opening } from './services.js';

/**
 * A rule set for nft(8): all that comes in by itself is dropped but what is named, ICMP, and answers of DHCP for IPv6.
 * @param trusts interfaces from which everything is let in
 */
export function formatNftables(openings: readonly Opening[], trusts: readonly string[]): string {
  const protocols = [...new Set(openings.map((one) => one.protocol))];
  const accepts = protocols.map((protocol) => {
    const ports = [...new Set(openings.filter((one) => one.protocol === protocol).map((one) => one.port))];
    return `        ${protocol} dport { ${ports.join(', ')} } accept`;
  });
  return [
    '#!/usr/sbin/nft -f',
    '# firewall line of the kickstart',
    'flush ruleset',
    '',
    'table inet filter {',
    '    chain input {',
    '        type filter hook input priority 0; policy drop;',
    '        ct state established,related accept',
    '        ct state invalid drop',
    '        iifname "lo" accept',
    ...trusts.map((name) => `        iifname "${name}" accept`),
    '        meta l4proto { icmp, ipv6-icmp } accept',
    '        ip6 saddr fe80::/10 udp dport 546 accept',
    ...accepts,
    '    }',
    '    chain forward {',
    '        type filter hook forward priority 0; policy drop;',
    '    }',
    '    chain output {',
    '        type filter hook output priority 0; policy accept;',
    '    }',
    '}',
    '',
  ].join('\n');
}
