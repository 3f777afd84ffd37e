import { createKeys, publicJwks } from './keys.ts';

/** Fresh keys as lines of an .env file: `npm run --silent keys > .env`, once, before `docker compose up`. */
const keys = await createKeys();
const lines = {
  IDENTITY_JWKS: publicJwks(keys),
  IDENTITY_PRIVATE_KEY: JSON.stringify(keys.router),
  ORDERS_PRIVATE_KEY: JSON.stringify(keys.orders),
  TICKET_SIGNING_KEY: JSON.stringify(keys.tickets),
  AUTH_PRIVATE_KEY: JSON.stringify(keys.auth),
  SESSION_HMAC_KEY: keys.sessionHmacKey,
  ADMIN_EMAIL: 'admin@seatgraph.example',
  ADMIN_PASSWORD: keys.adminPassword,
};
for (const [name, value] of Object.entries(lines)) process.stdout.write(`${name}='${value}'\n`);
