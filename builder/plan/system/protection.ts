// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../../../osinfo/errors.js';
import type { Kickstart } from '../../kickstart/model.js';
import type { CertificatePlan, FirewallPlan, SystemPlan } from '../types.js';
import { INTERFACE } from './names.js';

const SERVICE = /^[A-Za-z0-9][A-Za-z0-9_.+-]{0,63}$/;
/** A number, a range, or a name of /etc/services. */
const PORT = /^(?:(\d{1,5})(?:-(\d{1,5}))?|[A-Za-z][A-Za-z0-9_+-]{0,30})$/;
const PROTOCOLS: readonly string[] = ['tcp', 'udp', 'sctp', 'dccp'];

/**
 * `firewall`: what is let in. ssh is, unless it is removed, as in an installer.
 * @throws InputError for what is no service, port or interface
 */
export function planFirewall({ firewall }: Kickstart): Pick<SystemPlan, 'firewall'> {
  if (!firewall) return {};
  const { at } = firewall;
  for (const name of [...firewall.services, ...firewall.removedServices]) {
    if (!SERVICE.test(name)) throw new InputError('firewall-service', `firewall: ${name} is no name of a service`, at);
  }
  for (const name of firewall.trusts) {
    if (!INTERFACE.test(name)) throw new InputError('firewall-trust', `firewall: ${name} is no interface`, at);
  }
  const ports = firewall.ports.map((port) => planPort(port, at));
  const hasSsh =
    firewall.services.includes('ssh') ||
    firewall.removedServices.includes('ssh') ||
    ports.some(({ port, protocol }) => protocol === 'tcp' && ['22', 'ssh'].includes(port));
  return {
    firewall: {
      at,
      mode: firewall.useSystemDefaults ? 'system-defaults' : firewall.enabled ? 'enabled' : 'disabled',
      services: [...new Set([...(hasSsh ? [] : ['ssh']), ...firewall.services])],
      removedServices: firewall.removedServices,
      ports,
      trusts: firewall.trusts,
    },
  };
}

function planPort(text: string, at: FirewallPlan['at']): FirewallPlan['ports'][number] {
  const colon = text.lastIndexOf(':');
  const port = text.slice(0, colon);
  const protocol = text.slice(colon + 1).toLowerCase();
  const match = PORT.exec(port);
  const [first, last] = [Number(match?.[1] ?? 1), Number(match?.[2] ?? match?.[1] ?? 1)];
  if (!match || !PROTOCOLS.includes(protocol) || first < 1 || last > 65_535 || first > last) {
    throw new InputError(
      'firewall-port',
      `firewall: ${text} is no port; write 8080:tcp, 6000-6010:udp or imap:tcp`,
      at,
    );
  }
  return { port, protocol: protocol as FirewallPlan['ports'][number]['protocol'] };
}

/**
 * `%certificate`: a file of its own folder, or one of the certificate authorities that the system trusts.
 * @throws InputError for a name or folder that is none, or an authority that is no certificate
 */
export function planCertificates({ certificates }: Kickstart): CertificatePlan[] {
  return certificates.map(({ at, filename, dir, type, body }) => {
    if (!/^[A-Za-z0-9_][A-Za-z0-9_.+@ -]{0,127}$/.test(filename)) {
      throw new InputError('certificate-name', `%certificate --filename=${filename} is no plain file name`, at);
    }
    if (dir !== undefined && (!/^\/[^\0\n]*$/.test(dir) || dir.split('/').includes('..'))) {
      throw new InputError('certificate-dir', `%certificate --dir=${dir} is no absolute path`, at);
    }
    if (type !== undefined && type !== 'anchor') {
      throw new InputError('certificate-type', `%certificate --type=${type} is not known; use anchor`, at);
    }
    if (type === 'anchor' && !/-----BEGIN (?:TRUSTED )?CERTIFICATE-----[^-]+-----END/.test(body)) {
      throw new InputError('certificate-body', '%certificate: this is no certificate in PEM form', at);
    }
    return {
      at,
      filename,
      anchor: type === 'anchor' || isAnchorFolder(dir),
      ...(dir === undefined ? {} : { dir }),
      body: `${body}\n`,
    };
  });
}

/** Folders whose certificates a system trusts once its own tool has read them. */
function isAnchorFolder(dir: string | undefined): boolean {
  return /^\/(?:etc\/pki\/ca-trust\/source\/anchors|usr\/share\/pki\/ca-trust-source\/anchors|usr\/local\/share\/ca-certificates(?:\/.*)?)\/?$/.test(
    dir ?? '',
  );
}
