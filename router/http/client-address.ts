import type { IncomingMessage } from 'node:http';

/** For Fastify's trustProxy: as many reverse proxies as the operator says stand before us, and no more, may say whom they speak for. */
export function trustHops(hops: number): (address: string, hop: number) => boolean {
  return (_address, hop) => hop < hops;
}

/** The same for a request that Fastify never sees (an upgrade): counted from the right, because the left end of the header is the client's own word. */
export function addressThrough(hops: number): (request: IncomingMessage) => string {
  return (request) => {
    const header = request.headers['x-forwarded-for'];
    const forwarded = (Array.isArray(header) ? header.join(',') : (header ?? '')).split(',').flatMap((entry) => entry.trim() || []);
    const chain = [request.socket.remoteAddress ?? '', ...forwarded.toReversed()];
    return chain[Math.min(hops, chain.length - 1)] ?? '';
  };
}

/**
 * Whom an address belongs to, for counting: a household or a rented server has a whole /64 of IPv6, and would otherwise be as many clients as it likes. An
 * IPv4 address counts as itself, also when it is written as IPv6. Some proxies forward the port, too, which would make each connection another client.
 */
export function networkOf(forwarded: string): string {
  const address = withoutPort(forwarded);
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!address.includes(':')) return address;
  const [head = '', tail] = (address.split('%', 1)[0] ?? '').toLowerCase().split('::', 2);
  const groupsOf = (text: string): string[] => text.split(':').flatMap((group) => (group === '' ? [] : group.replace(/^0+(?=.)/, '')));
  const groups = groupsOf(head);
  const after = tail === undefined ? [] : groupsOf(tail);
  const zeros = Array.from({ length: Math.max(0, 8 - groups.length - after.length) }, () => '0');
  return `${[...groups, ...zeros, ...after].slice(0, 4).join(':')}::/64`;
}

function withoutPort(address: string): string {
  return /^\[([^\]]*)\]/.exec(address)?.[1] ?? /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(address)?.[1] ?? address;
}
