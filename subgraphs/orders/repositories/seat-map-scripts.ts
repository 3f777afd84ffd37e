import { seatScript } from './seat-script.ts';

/**
 * KEYS shown, changes, deadlines, details, user's seats, hold keys… · ARGV seats, known, hold whose keys go first (or empty), how it ended (or empty)
 */
export const publishScript = seatScript(`
local shown_key, changes_key, deadlines_key, details_key, user_key = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local seats = seats_from(ARGV[1], 6)
local known, hold_id, ended = tonumber(ARGV[2]), ARGV[3], ARGV[4]
if moved(shown_key, seats) then return { 'MOVED' } end
if hold_id ~= '' then
  for _, seat in ipairs(seats) do
    -- Only this hold's: by now the seat may be in somebody else's.
    if redis.call('GET', seat[5]) == hold_id then redis.call('DEL', seat[5]) end
    redis.call('ZREM', deadlines_key, seat[1] .. '|' .. hold_id)
    redis.call('ZREM', user_key, seat[1] .. '|' .. hold_id)
  end
  if ended ~= '' and redis.call('EXISTS', details_key) == 1 then
    redis.call('HSET', details_key, 'ended', ended, 'endedAt', int(now_ms()))
    redis.call('HDEL', details_key, 'mark')
  end
end
return { 'DONE', int(publish(shown_key, changes_key, seats, known)) }
`);

/** The version of the map, making one where there is none. KEYS changes · ARGV known */
export const versionScript = seatScript(`
local last = last_version(KEYS[1])
if last > 0 then return int(last) end
local version = math.max(now_ms(), tonumber(ARGV[1]) + 1)
redis.call('XADD', KEYS[1], int(version) .. '-0', 'previous', '0', 'seats', '[]')
redis.call('PEXPIRE', KEYS[1], LOG_LIFE_MS)
return int(version)
`);

/**
 * An entry that follows nothing: every feed that reads it sends its own clients a SNAPSHOT, and whatever was read before it can be published no more.
 * Unless forced, written only while the log is still behind what the caller knows.
 * KEYS changes, shown · ARGV known, '1' to force it
 */
export const resetScript = seatScript(`
local last, known, forced = last_version(KEYS[1]), tonumber(ARGV[1]), ARGV[2] == '1'
if not forced and last > known then return int(last) end
local version = math.max(now_ms(), known + 1, last + 1)
redis.call('DEL', KEYS[2])
redis.call('HSET', KEYS[2], '#begun', int(version))
redis.call('PEXPIRE', KEYS[2], LOG_LIFE_MS)
redis.call('XADD', KEYS[1], 'MAXLEN', '~', LOG_LENGTH, int(version) .. '-0', 'previous', '-1', 'seats', '[]')
redis.call('PEXPIRE', KEYS[1], LOG_LIFE_MS)
return int(version)
`);

/** The last entry of a map: whoever follows it is done. KEYS changes · ARGV known */
export const endScript = seatScript(`
local last = last_version(KEYS[1])
local version = math.max(now_ms(), last + 1, tonumber(ARGV[1]) + 1)
redis.call('XADD', KEYS[1], 'MAXLEN', '~', LOG_LENGTH, int(version) .. '-0', 'previous', int(last), 'seats', '[]', 'end', '1')
redis.call('PEXPIRE', KEYS[1], LOG_LIFE_MS)
return int(version)
`);

/** Members whose holds live by Redis' clock. KEYS deadlines */
export const liveHoldsScript = seatScript(`
return redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. int(now_ms()), '+inf')
`);
