import { createStripeClient } from '../repositories/stripe-client.ts';
import { createStripeEvents } from '../repositories/stripe-events.ts';
import { createStripePayments } from '../repositories/stripe-payments.ts';
import { startStripeStandIn } from './stripe-stand-in.ts';

/** The Stripe adapter on a stand-in of its own. */
export async function startStripeRig(capture: 'automatic' | 'manual') {
  const standIn = await startStripeStandIn();
  const { stripe, close } = createStripeClient(standIn);
  return {
    standIn,
    provider: createStripePayments({ stripe, capture, returnUrl: 'https://shop.example/checkout' }),
    readNotice: createStripeEvents({ stripe, webhookSecret: standIn.webhookSecret }),
    close: async (): Promise<void> => {
      close();
      await standIn.close();
    },
  };
}
export type StripeRig = Awaited<ReturnType<typeof startStripeRig>>;
