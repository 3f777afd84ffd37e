import { serveCommands } from './router/ipc.ts';
import { roles } from './router/roles.ts';

/** One process of the router's benches; started by them. */
const [role = '', settings = '{}'] = process.argv.slice(2);
const start = roles[role];
if (!start) throw new Error(`no such role: ${role}`);
const commands = await start(JSON.parse(settings) as never);
serveCommands({ ...commands, ready: () => true });
