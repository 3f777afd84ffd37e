import { performance } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import { MongoClient } from 'mongodb';

/** Another client, in a process of its own: the longest that it ever waited for an answer is what a command cost others. */
const client = await new MongoClient(String(process.argv[2])).connect();
const admin = client.db('admin');
let longest = 0;
let stopped = false;
process.on('message', () => {
  process.send?.(longest);
  longest = 0;
});
process.on('disconnect', () => {
  stopped = true;
});
process.send?.(0);
while (!stopped) {
  const begun = performance.now();
  await admin.command({ ping: 1 });
  longest = Math.max(longest, performance.now() - begun);
  await setTimeout(1);
}
await client.close();
