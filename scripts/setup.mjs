// Installs what a fresh machine lacks, then runs one of the commands below. Nothing but Node may be needed to run this file.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
process.chdir(root);

const tsx = ['--import', 'tsx'];
/** What a large answer is made of outlives a nursery of the usual 16 MB, and is copied about: a tenth of the time of a map of 10,000 seats. As in Dockerfile. */
const LARGE_NURSERY = '--max-semi-space-size=64';
const COMMANDS = {
  start: { needs: ['redis', 'playground'], run: [LARGE_NURSERY, ...tsx, 'local/start.ts'] },
  test: { needs: ['redis'], run: ['node_modules/vitest/vitest.mjs', 'run'] },
  packages: { needs: [], run: null },
  'test-web': {
    needs: ['redis', 'playground', 'chromium'],
    run: ['node_modules/vitest/vitest.mjs', 'run', '--project', 'web'],
    environment: { WEB: 'on' },
  },
  'test-bus': {
    needs: ['redis', 'rabbitmq'],
    run: ['node_modules/vitest/vitest.mjs', 'run', '--project', 'bus'],
    environment: { BUS: 'on' },
  },
  'test-faults': { needs: ['redis'], run: [...tsx, 'tests/faults/run.ts'] },
  'bench-main-job': { needs: ['redis', 'playground'], run: [...tsx, 'bench/main-job.ts'] },
};

const [name, ...args] = process.argv.slice(2);
const command = COMMANDS[name];
if (!command) fail(`usage: node scripts/setup.mjs ${Object.keys(COMMANDS).join(' | ')}`);

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) fail(`Seatgraph needs Node 20.19 or newer; this is ${process.versions.node}.`);

installPackages();
if (command.needs.includes('redis') && !process.env.REDIS_URL)
  installFromDebian('redis-server', 'redis-server', 'or set REDIS_URL to a Redis 7 server');
if (command.needs.includes('rabbitmq')) installFromDebian('rabbitmq-server', 'rabbitmq-server', 'it is needed for this command');
if (command.needs.includes('chromium')) installFromDebian('chromium', 'chromium', 'it is needed for this command');
if (command.needs.includes('playground')) buildPlayground();
if (command.run) run(process.execPath, [...command.run, ...args], command.environment ?? {});

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

/** Shows that something is happening, and keeps its output for the case that it fails. */
function step(what, file, arguments_, environment = {}) {
  process.stdout.write(`${what} …\n`);
  const begun = Date.now();
  const result = spawnSync(file, arguments_, {
    encoding: 'utf8',
    env: { ...process.env, ...environment },
    maxBuffer: 64 * 1024 * 1024,
    shell: process.platform === 'win32',
  });
  if (result.status !== 0)
    fail(`${what} failed:\n${(result.stdout ?? '') + (result.stderr ?? '')}${result.error ? String(result.error) : ''}`);
  process.stdout.write(`${what} … done in ${((Date.now() - begun) / 1000).toFixed(1)} s\n`);
}

function installPackages() {
  const stamp = 'node_modules/.seatgraph-lock';
  const wanted = createHash('sha256').update(readFileSync('package-lock.json')).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  step('Installing packages', 'npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund']);
  writeFileSync(stamp, wanted);
}

function onPath(file) {
  return (process.env.PATH ?? '').split(process.platform === 'win32' ? ';' : ':').some((folder) => existsSync(join(folder, file)));
}

function installFromDebian(file, debianPackage, otherwise) {
  if (onPath(file)) return;
  const canInstall = process.platform === 'linux' && process.getuid?.() === 0 && onPath('apt-get');
  if (!canInstall)
    fail(
      `${file} is missing. Install it (Debian, Ubuntu: sudo apt-get install ${debianPackage}; macOS: brew install ${debianPackage.replace('-server', '')}), ${otherwise}.`,
    );
  // RUNLEVEL=1: the package must not start a server of the system's own.
  const quiet = { DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  step("Reading Debian's package lists", 'apt-get', ['update'], quiet);
  step(`Installing ${debianPackage}`, 'apt-get', ['install', '-y', '--no-install-recommends', debianPackage], quiet);
}

function buildPlayground() {
  const sources = ['router/playground', 'schema/operations'].flatMap((folder) =>
    readdirSync(folder, { recursive: true }).map((file) => join(folder, String(file))),
  );
  const hash = createHash('sha256').update(readFileSync('package-lock.json'));
  for (const file of sources.toSorted((a, b) => a.localeCompare(b)))
    if (statSync(file).isFile()) hash.update(file).update(readFileSync(file));
  const wanted = hash.digest('hex');
  const stamp = 'dist/playground/.built-from';
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  rmSync('dist/playground', { recursive: true, force: true });
  step('Building the Playground', process.execPath, [
    'node_modules/vite/bin/vite.js',
    'build',
    '--config',
    'router/playground/vite.config.ts',
    '--logLevel',
    'error',
  ]);
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, wanted);
}

/** Hands over to the command. It outlives neither us nor whoever started us: the IPC channel closes with this process, and we watch our own parent. */
function run(file, arguments_, environment) {
  const child = spawn(file, arguments_, { env: { ...process.env, ...environment }, stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
  child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
  // Ctrl-C reaches the whole group; others only us.
  process.on('SIGINT', () => undefined);
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  if (!process.env.npm_lifecycle_event) return;
  // npm runs us in a shell; either may be killed without a chance to tell us, and then the next one up is another process.
  const [shell, npm] = [process.ppid, parentOf(process.ppid)];
  const watch = setInterval(() => {
    if (process.ppid === shell && parentOf(shell) === npm) return;
    clearInterval(watch);
    child.disconnect();
  }, 500);
  watch.unref();
}

/** Null where it cannot be told: then only our own parent is watched. */
function parentOf(pid) {
  try {
    // "pid (name) state ppid …", and a name may hold spaces and parentheses.
    return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[1]);
  } catch {
    return null;
  }
}
