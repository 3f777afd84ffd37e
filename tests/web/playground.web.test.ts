import type { Browser, Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Seed } from '../harness/seed.ts';
import { createSeed } from '../harness/seed.ts';
import type { Stack } from '../harness/stack.ts';
import { startStack } from '../harness/stack.ts';

let stack: Stack;
let seed: Seed;
let browser: Browser;
beforeAll(async () => {
  stack = await startStack();
  seed = createSeed(stack);
  await seed.event(await seed.organizer(), { title: 'Seen in a browser' });
  browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
});
afterAll(async () => {
  await browser.close();
  await stack.close();
});

type Open = { readonly page: Page; readonly complaints: string[]; readonly foreign: string[]; readonly frames: string[] };

async function openPlayground(): Promise<Open> {
  const context = await browser.newContext();
  const page = await context.newPage();
  const [complaints, foreign, frames]: [string[], string[], string[]] = [[], [], []];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    if (!/^(data|blob):/.test(request.url()) && new URL(request.url()).origin !== new URL(stack.endpoint).origin)
      foreign.push(request.url());
  });
  page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => frames.push(String(payload))));
  await page.goto(stack.endpoint);
  await page.getByRole('tab', { name: 'SignUp' }).waitFor();
  return { page, complaints, foreign, frames };
}

/** Presses "Execute" in the tab; what the server answered, once the page shows it. */
async function runTab(page: Page, tab: string, shows: string): Promise<Record<string, { __typename?: string }>> {
  await page.getByRole('tab', { name: new RegExp(`^${tab}`) }).click();
  const answered = page.waitForResponse(
    (response) => response.request().method() === 'POST' && (response.request().postData() ?? '').includes(tab),
  );
  await page.getByRole('button', { name: /^Execute query/ }).click();
  const { data, errors } = (await (await answered).json()) as { data: Record<string, { __typename?: string }>; errors?: unknown };
  expect({ tab, errors }).toEqual({ tab, errors: undefined });
  await page.locator('.graphiql-response').getByText(shows).first().waitFor();
  return data;
}

it('runs the sample operations from the first tab to the last, while a second window watches the seats', async () => {
  const [buyer, watcher] = [await openPlayground(), await openPlayground()];
  expect(await runTab(buyer.page, 'SignUp', 'SignedIn')).toMatchObject({ signUp: { __typename: 'SignedIn' } });
  await runTab(buyer.page, 'LogIn', 'SignedIn');
  await runTab(buyer.page, 'ListEvents', 'Seen in a browser');

  await runTab(watcher.page, 'ListEvents', 'Seen in a browser');
  await watcher.page.getByRole('tab', { name: /^WatchSeats/ }).click();
  await watcher.page.getByRole('button', { name: /^Execute query/ }).click();
  const sees = (text: string): Promise<void> => watcher.page.locator('.graphiql-response').getByText(text).first().waitFor();
  await sees('SNAPSHOT');

  await runTab(buyer.page, 'SeatMap', 'sections');
  expect(await runTab(buyer.page, 'HoldSeats', 'HoldSeatsPayload')).toMatchObject({ holdSeats: { __typename: 'HoldSeatsPayload' } });
  await sees('HELD');
  await runTab(buyer.page, 'RefreshHold', 'RefreshHoldPayload');
  await runTab(buyer.page, 'CreatePaymentIntent', 'clientSecret');
  await runTab(buyer.page, 'ConfirmPayment', 'SUCCEEDED');
  expect(await runTab(buyer.page, 'Purchase', 'PurchasePayload')).toMatchObject({ purchase: { __typename: 'PurchasePayload' } });
  await sees('RESERVED');
  expect(
    watcher.frames
      .filter((frame) => frame.includes('"DELTA"') && frame.includes('C-5'))
      .map((frame) => /"status":"(\w+)"/.exec(frame)?.[1]),
  ).toEqual(['HELD', 'RESERVED']);
  await runTab(buyer.page, 'MyOrders', 'CONFIRMED');
  expect(await runTab(buyer.page, 'RefundOrder', 'REFUNDED')).toMatchObject({ refundOrder: { __typename: 'RefundOrderPayload' } });
  await sees('AVAILABLE');
  await runTab(buyer.page, 'LogOut', 'endedSessions');

  for (const { complaints, foreign } of [buyer, watcher]) {
    expect(complaints).toEqual([]);
    expect(foreign).toEqual([]);
  }
});
