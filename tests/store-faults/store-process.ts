import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { parseArgs } from 'node:util';

/*
 * The store as it is, on a disk that can be described: after every fdatasync the length that is now safe goes to a side
 * file, before the store hears of it. With `--disk early-write` or `early-sync` the disk lies, as a disk or a store
 * would that acknowledges too soon: that is the control, and it must lose data.
 */

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: '' },
    safe: { type: 'string', default: '' },
    disk: { type: 'string', default: 'honest' },
    'snapshot-bytes': { type: 'string' },
  },
});
const LATER_MS = 25;
/** Long enough that a cut usually finds a record behind the last fsync. */
const SLOW_SYNC_MS = 4;

const { fdatasync, write } = fs;
const safeFd = fs.openSync(values.safe, 'w');

function noteSafe(fd: number, length: number): void {
  const path = fs.readlinkSync(`/proc/self/fd/${fd}`);
  const note = Buffer.from(JSON.stringify({ path, length }).padEnd(400));
  fs.writeSync(safeFd, note, 0, note.length, 0);
}

type Done = (error: NodeJS.ErrnoException | null) => void;

function syncAndNote(fd: number, done: Done): void {
  const { size } = fs.fstatSync(fd);
  fdatasync(fd, (error) => {
    if (!error) noteSafe(fd, size);
    done(error);
  });
}

function syncSlowly(fd: number, done: Done): void {
  setTimeout(() => syncAndNote(fd, done), SLOW_SYNC_MS);
}

function syncLater(fd: number, done: Done): void {
  setTimeout(() => syncAndNote(fd, () => {}), LATER_MS);
  setImmediate(done, null);
}

/** Order is kept: only the moment is late. */
function writeLater(
  fd: number,
  bytes: Buffer,
  offset: number,
  length: number,
  position: number | null,
  done: (error: NodeJS.ErrnoException | null, written: number) => void,
): void {
  setTimeout(() => write(fd, bytes, offset, length, position, () => {}), LATER_MS);
  setImmediate(done, null, length);
}

let room = 20_000;

/** Room for so much, then none. */
function writeUntilFull(
  fd: number,
  bytes: Buffer,
  offset: number,
  length: number,
  position: number | null,
  done: (error: NodeJS.ErrnoException | null, written: number) => void,
): void {
  room -= length;
  if (room > 0) write(fd, bytes, offset, length, position, done);
  else setImmediate(done, Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' }), 0);
}

const DISKS: Record<string, object> = {
  honest: { fdatasync: syncAndNote },
  slow: { fdatasync: syncSlowly },
  full: { write: writeUntilFull, fdatasync: syncAndNote },
  'early-sync': { fdatasync: syncLater },
  'early-write': { write: writeLater, fdatasync: syncAndNote },
};
const disk = DISKS[values.disk];
if (!disk) throw new Error(`no disk called ${values.disk}`);
Object.assign(fs, disk);
syncBuiltinESMExports();

const { startStore } = await import('../../local/mongo/server.ts');
const store = await startStore({
  dataDir: values.data,
  log: (line) => process.stderr.write(`${line}\n`),
  ...(values['snapshot-bytes'] === undefined ? {} : { snapshotBytes: Number(values['snapshot-bytes']) }),
});
process.stdout.write(`${store.uri}\n`);
