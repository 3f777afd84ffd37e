import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { Stripe } from 'stripe';
import { PROVIDER_PATIENCE_MS } from './in-time.ts';

const CONNECTIONS_MAX = 50;

/** Stripe's own client over connections that can be closed. `apiUrl`: Stripe, or a stand-in for it. */
export function createStripeClient(deps: { secretKey: string; apiUrl: string }) {
  const url = new URL(deps.apiUrl);
  const secure = url.protocol === 'https:';
  const options = { keepAlive: true, maxSockets: CONNECTIONS_MAX };
  const httpAgent = secure ? new HttpsAgent(options) : new HttpAgent(options);
  const stripe = new Stripe(deps.secretKey, {
    host: url.hostname,
    port: url.port === '' ? (secure ? 443 : 80) : Number(url.port),
    protocol: secure ? 'https' : 'http',
    httpAgent,
    // Whoever calls decides when to ask again, and with which key.
    maxNetworkRetries: 0,
    timeout: PROVIDER_PATIENCE_MS,
    telemetry: false,
  });
  return { stripe, close: (): void => httpAgent.destroy() };
}
