import { performance } from 'node:perf_hooks';
import { silentLogger } from '../../kit/runtime/logger.ts';
import { connectMongo } from '../../kit/runtime/mongo.ts';
import { connectRedis } from '../../kit/runtime/redis.ts';
import { defaultSeatingPlan } from '../../subgraphs/orders/domain/seating-plan.ts';
import { createClaimRepository } from '../../subgraphs/orders/repositories/claim-repository.ts';
import { createSeatFeed } from '../../subgraphs/orders/repositories/seat-feed.ts';
import { createSeatHints } from '../../subgraphs/orders/repositories/seat-hints.ts';
import { createSeatMapStore } from '../../subgraphs/orders/repositories/seat-map-store.ts';
import { createSeatPublisher } from '../../subgraphs/orders/repositories/seat-publisher.ts';
import { createSeatingPlanRepository } from '../../subgraphs/orders/repositories/seating-plan-repository.ts';

/** Connects, opens one event's feed, and prints how many milliseconds its first states took. Nothing in this process has ever read a map before. */
const [mongoUrl = '', redisUrl = '', eventId = ''] = process.argv.slice(2);
const mongo = await connectMongo({ url: mongoUrl, dbName: 'orders' });
const connect = (blocking: boolean) => connectRedis({ url: redisUrl, name: 'cold feed', logger: silentLogger, blocking });
const [redis, subscriber] = await Promise.all([connect(false), connect(true)]);
const claims = createClaimRepository({ db: mongo.db });
const plans = createSeatingPlanRepository({ db: mongo.db, defaultPlan: defaultSeatingPlan({ amount: 1, currency: 'EUR' }) });
const store = createSeatMapStore({ redis, claims, publisher: createSeatPublisher({ redis, claims, plans }) });
const hints = await createSeatHints({ redis, subscriber, logger: silentLogger });
const feed = createSeatFeed({ store, hints, planOf: plans.of, logger: silentLogger });
await Promise.all([mongo.db.command({ ping: 1 }), redis.ping()]);

const begun = performance.now();
const updates = await feed.subscribe(eventId, null, false);
const { value } = await updates.next();
const took = performance.now() - begun;
if (value?.kind !== 'SNAPSHOT') throw new Error('no snapshot');
process.stdout.write(String(took));
feed.close();
hints.close();
redis.disconnect();
subscriber.disconnect();
await mongo.close();
