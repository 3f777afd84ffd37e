import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { performance } from 'node:perf_hooks';

async function ready(endpoint: string): Promise<void> {
  for (;;) {
    try {
      const response = await fetch(endpoint, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"query":"{ events { edges { node { availability { total } } } } }"}',
      });
      const { data } = (await response.json()) as { data?: { events?: { edges: { node: { availability: unknown } }[] } } };
      if (data?.events?.edges.every(({ node }) => node.availability !== null)) return;
    } catch {
      // Not listening yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

export const ADMIN = { email: 'admin@bench.example', password: 'a seat by the aisle' } as const;

/** The product as a user starts it, in processes of its own; with `settings` in its environment. */
export async function startProduct(dataDir: string, port: number, settings: Record<string, string> = {}) {
  const begun = performance.now();
  const child = spawn('npm', ['start'], {
    env: {
      // oxlint-disable-next-line node/no-process-env -- the command is run as its user would
      ...process.env,
      DATA_DIR: dataDir,
      PORT: String(port),
      RATE_LIMIT_SCALE: '100000',
      ADMIN_EMAIL: ADMIN.email,
      ADMIN_PASSWORD: ADMIN.password,
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  await ready(`http://127.0.0.1:${port}/graphql`);
  const seconds = (performance.now() - begun) / 1_000;
  return {
    seconds,
    announced: async () => {
      while (!said.includes('is ready')) await new Promise((resolve) => setTimeout(resolve, 20));
    },
    stop: async () => {
      const stopping = performance.now();
      process.kill(-(child.pid ?? 0), 'SIGINT');
      await once(child, 'exit');
      return (performance.now() - stopping) / 1_000;
    },
  };
}
