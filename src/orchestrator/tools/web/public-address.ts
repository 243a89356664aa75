import { lookup as lookUp } from 'node:dns';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Why a page is not fetched, for the agent. */
export class AddressRefused extends Error {
  override readonly name = 'AddressRefused';
}

/** A host, `*.domain` or CIDR range that may be fetched although it is not public. */
export type AllowedHosts = readonly string[];

/** Addresses that clouds answer their machines' secrets on: never fetched, whatever is allowed. */
const METADATA: ReadonlySet<string> = new Set(['169.254.169.254', '169.254.170.2', '169.254.170.23', '168.63.129.16', '100.100.100.200', '192.0.0.192', 'fd00:ec2::254', 'fd00:ec2::23', 'fd20:ce::254']);
const BLOCKED_NAMES = /(?:^|\.)(?:localhost|localdomain|local|internal|intranet|lan|home\.arpa)$|^(?:ip6-localhost|instance-data)$/u;

function inRange(address: ipaddr.IPv4 | ipaddr.IPv6, written: string): boolean {
  if (!ipaddr.isValidCIDR(written)) return ipaddr.isValid(written) && ipaddr.process(written).toString() === address.toString();
  const [range, bits] = ipaddr.parseCIDR(written);
  return range.kind() === address.kind() && address.match(range, bits);
}

/** IPv4 inside IPv6, by whatever way it is written there. */
function embedded(address: ipaddr.IPv6): ipaddr.IPv4 | null {
  const parts = address.toByteArray();
  const last = (at: number): ipaddr.IPv4 => new ipaddr.IPv4(parts.slice(at, at + 4));
  switch (address.range()) {
    case 'ipv4Mapped':
    case 'rfc6145':
    case 'rfc6052':
      return last(12);
    case '6to4':
      return last(2);
    case 'loopback':
    case 'unspecified':
      return null;
    default:
      return parts.slice(0, 12).every((byte) => byte === 0) ? last(12) : null;
  }
}

/** In the words that say so, where an address is one of those of clouds, also as IPv4 inside IPv6; else null. */
function refuseMetadata(text: string): string | null {
  if (!ipaddr.isValid(text)) return null;
  const address = ipaddr.process(text);
  const inner = address instanceof ipaddr.IPv6 ? embedded(address) : null;
  const found = [address, ...(inner === null ? [] : [inner])].find((each) => METADATA.has(each.toString()));
  return found === undefined ? null : `${found.toString()} is where a cloud keeps its secrets`;
}

/** Why nothing at this address may be fetched, or null. Only addresses of the public internet may, and those that are allowed by number. */
export function refuseAddress(text: string, allowed: AllowedHosts = []): string | null {
  if (!ipaddr.isValid(text)) return `${text} is no address`;
  const address = ipaddr.process(text);
  const shown = address.toString();
  const metadata = refuseMetadata(text);
  if (metadata !== null) return metadata;
  if (allowed.some((written) => inRange(address, written))) return null;
  const inner = address instanceof ipaddr.IPv6 ? embedded(address) : null;
  if (inner !== null) return refuseAddress(inner.toString(), allowed);
  return address.range() === 'unicast' ? null : `${shown} is not on the public internet (${address.range()})`;
}

const isAllowedName = (host: string, allowed: AllowedHosts): boolean => allowed.some((written) => (written.startsWith('*.') ? host.endsWith(written.slice(1)) : host === written.toLowerCase()));

/** The URL to fetch; throws AddressRefused for one that is not fetched. What its name resolves to is judged at the connection. */
export function checkUrl(text: string, allowed: AllowedHosts): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null) throw new AddressRefused(`${text.slice(0, 200)} is no URL`);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new AddressRefused(`only http and https are fetched, not ${url.protocol}`);
  if (url.username !== '' || url.password !== '') throw new AddressRefused('URLs with a user name or password are not fetched');
  if (/[?&](?:api[_-]?key|access[_-]?token|token|secret|password)=/iu.test(url.search)) throw new AddressRefused('URLs with a key, token or password in them are not fetched');
  const host = url.hostname.replace(/^\[|\]$/gu, '').replace(/\.$/u, '').toLowerCase();
  const refusal = ipaddr.isValid(host) && !isAllowedName(host, allowed) ? refuseAddress(host, allowed) : BLOCKED_NAMES.test(host) && !isAllowedName(host, allowed) ? `${host} is not on the public internet` : null;
  if (refusal !== null) throw new AddressRefused(`${refusal}, and is not fetched`);
  const metadata = refuseMetadata(host);
  if (metadata !== null) throw new AddressRefused(metadata);
  return url;
}

/** How names are found for a connection: each address that a name has must be one that may be fetched, and the connection is made to one of these and no other. */
export const publicLookup =
  (allowed: AllowedHosts): LookupFunction =>
  (host, options, done) => {
    lookUp(host, { ...options, all: true }, (error, addresses) => {
      const [first] = error === null ? addresses : [];
      if (first === undefined) {
        done(error ?? new Error(`${host} has no address`), '', 0);
        return;
      }
      const named = isAllowedName(host.toLowerCase(), allowed);
      const refusal = addresses.map(({ address }) => (named ? refuseMetadata(address) : refuseAddress(address, allowed))).find((each) => each !== null);
      if (refusal != null) done(new AddressRefused(`${host} leads to ${refusal}, and is not fetched`), '', 0);
      else if (options.all === true) done(null, addresses);
      else done(null, first.address, first.family);
    });
  };
