import { parseArgs } from 'node:util';
import { startStore } from './server.ts';

const USAGE = 'usage: store --port N (--data DIR | --memory) [--test-commands]';

function readArguments() {
  const { values } = parseArgs({
    options: {
      port: { type: 'string' },
      data: { type: 'string' },
      memory: { type: 'boolean', default: false },
      'test-commands': { type: 'boolean', default: false },
    },
  });
  const port = Number(values.port ?? '0');
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(`--port ${String(values.port)} is not a port number; ${USAGE}`);
  if ((values.data === undefined) !== values.memory) throw new Error(`one of --data and --memory is needed; ${USAGE}`);
  return { port, dataDir: values.data ?? null, testCommands: values['test-commands'] };
}

async function main(): Promise<void> {
  const store = await startStore({ ...readArguments(), log: (line) => process.stderr.write(`store: ${line}\n`) });
  const stop = (): void => {
    store.close().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`store: ${String(error)}\n`);
        process.exit(1);
      },
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  // Started by a process that is gone: nobody would ever end this one.
  process.once('disconnect', stop);
  // Whoever reads this may end the process at once: by now it ends cleanly.
  process.stdout.write(`${store.uri}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`store: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
