import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { demoAccounts } from './demo.ts';
import { createGraphqlClient } from './graphql-client.ts';
import { keptKeys } from './keys.ts';

/**
 * `npm run reconcile -- --report`: asks a running Seatgraph, as an admin, what in its inventory should never be, and prints it.
 * Ends with 0 when there is nothing, with 1 when there is, with 2 when it could not be asked.
 */

// oxlint-disable-next-line node/no-process-env -- the entry point
const operator = process.env;
const say = (line: string): void => void process.stdout.write(`${line}\n`);

type Report = {
  checkedAt: string;
  orders: number;
  claims: number;
  paymentsAtProvider: number;
  complete: boolean;
  differences: { kind: string; message: string; eventId: string | null; orderId: string | null; paymentIntentId: string | null }[];
};

async function adminAccount(): Promise<{ email: string; password: string }> {
  if (operator['ADMIN_EMAIL'] && operator['ADMIN_PASSWORD'])
    return { email: operator['ADMIN_EMAIL'], password: operator['ADMIN_PASSWORD'] };
  const kept = `${resolve(operator['DATA_DIR'] ?? '.data')}/keys`;
  if (!existsSync(kept)) throw new Error('ADMIN_EMAIL and ADMIN_PASSWORD: an account with the role ADMIN is needed.');
  return demoAccounts(operator, await keptKeys(kept)).admin;
}

async function main(): Promise<number> {
  if (process.argv.slice(2).join(' ') !== '--report') {
    say('usage: npm run reconcile -- --report\n');
    say('What can be finished is finished by the orders processes themselves, every 5 seconds; this prints what should never be.');
    return 2;
  }
  const origin = operator['SEATGRAPH_URL'] ?? `http://127.0.0.1:${operator['PORT'] ?? '8080'}`;
  const client = createGraphqlClient(`${origin}/graphql`);
  const { logIn } = await client.data<{ logIn: { message?: string } }>(
    'mutation ($input: LogInInput!) { logIn(input: $input) { ... on UserError { message } } }',
    { input: await adminAccount() },
  );
  if (logIn.message !== undefined) throw new Error(`ADMIN_EMAIL, ADMIN_PASSWORD: ${logIn.message}`);
  const { reconciliation: report } = await client.data<{ reconciliation: Report }>(
    '{ reconciliation { checkedAt orders claims paymentsAtProvider complete differences { kind message eventId orderId paymentIntentId } } }',
  );
  await client.data('mutation { logOut { __typename } }').catch(() => undefined);
  say(
    `${report.checkedAt}: ${report.orders} orders, ${report.claims} claims and ${report.paymentsAtProvider} payments at the provider looked at` +
      `${report.complete ? '' : ' (not all: time or room ran out, or the provider did not answer)'}; ${report.differences.length} differences`,
  );
  for (const { kind, message, eventId, orderId, paymentIntentId } of report.differences) {
    say(`  ${kind}: ${message}`);
    const ids = { event: eventId, order: orderId, payment: paymentIntentId };
    for (const [name, id] of Object.entries(ids)) if (id !== null) say(`    ${name} ${id}`);
  }
  return report.differences.length === 0 ? 0 : 1;
}

main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
  },
);
