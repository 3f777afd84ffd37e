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
