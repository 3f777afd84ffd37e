import { defineConfig } from 'vitest/config';
import { fileURLToPath } from 'node:url';

// graphql ships ESM and CJS builds side by side; two copies in one process refuse each other's types ("another module or realm").
const graphqlEntry = fileURLToPath(new URL('./node_modules/graphql/index.js', import.meta.url));
const resolve = { alias: [{ find: /^graphql$/, replacement: graphqlEntry }] };

// oxlint-disable-next-line node/no-process-env -- configuration
const web = process.env['WEB'] === 'on';
// oxlint-disable-next-line node/no-process-env -- configuration
const bus = process.env['BUS'] === 'on';

export default defineConfig({
  test: {
    projects: [
      {
        resolve,
        test: {
          name: 'unit',
          include: ['{kit,subgraphs,router,local,tests,scripts}/**/*.test.ts'],
          exclude: ['**/*.{int,e2e,web,bus}.test.ts', '**/node_modules/**'],
        },
      },
      {
        resolve,
        test: {
          name: 'integration',
          globalSetup: ['tests/harness/servers.ts'],
          include: ['{kit,subgraphs,router,local,tests}/**/*.int.test.ts'],
          testTimeout: 30_000,
          hookTimeout: 30_000,
        },
      },
      {
        resolve,
        test: {
          name: 'e2e',
          include: ['tests/e2e/**/*.e2e.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      // Not part of `npm test`: it needs a browser (`npm run test:web`).
      ...(web
        ? [{ resolve, test: { name: 'web', include: ['tests/web/**/*.web.test.ts'], testTimeout: 120_000, hookTimeout: 60_000 } }]
        : []),
      // Nor is this: it needs a RabbitMQ server (`npm run test:bus`). One file at a time: each starts a broker of its own.
      ...(bus
        ? [
            {
              resolve,
              test: {
                name: 'bus',
                globalSetup: ['tests/harness/servers.ts'],
                include: ['{kit,tests}/**/*.bus.test.ts'],
                fileParallelism: false,
                testTimeout: 60_000,
                hookTimeout: 90_000,
              },
            },
          ]
        : []),
    ],
  },
});
