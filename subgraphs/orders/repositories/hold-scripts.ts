import { seatScript } from './seat-script.ts';

/**
 * Places a hold, alone or in the place of another: all seats or none.
 * KEYS shown, changes, deadlines, new details, user's seats, old details, hold keys…
 * ARGV seats, known, hold id, replaced hold id or empty, user, life ms, longest life ms, limit, seats' details as JSON, event id
 */
export const holdScript = seatScript(`
local shown_key, changes_key, deadlines_key, details_key, user_key, old_details_key = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local seats = seats_from(ARGV[1], 7)
local known, hold_id, old_id, user = tonumber(ARGV[2]), ARGV[3], ARGV[4], ARGV[5]
local life, longest, limit = tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])
if moved(shown_key, seats) then return { 'MOVED' } end
local now = now_ms()
local latest = now + longest

local replaces = false
if old_id ~= '' then
  local old = redis.call('HMGET', old_details_key, 'user', 'expiresAt', 'expiresAtLatest', 'ended')
  if old[1] == user and not old[4] and tonumber(old[2]) > now then
    if live_mark(old_details_key, now) then return { 'PAYING' } end
    replaces = true
    latest = math.min(latest, tonumber(old[3]))
  end
end

local conflicts = {}
for _, seat in ipairs(seats) do
  local holder = redis.call('GET', seat[5])
  if holder and not (replaces and holder == old_id) then conflicts[#conflicts + 1] = seat[1] end
end
if #conflicts > 0 then return { 'CONFLICT', cjson.encode(conflicts) } end

redis.call('ZREMRANGEBYSCORE', user_key, '-inf', int(now))
local held = 0
for _, member in ipairs(redis.call('ZRANGE', user_key, 0, -1)) do
  if not (replaces and string.sub(member, -(#old_id + 1)) == '|' .. old_id) then held = held + 1 end
end
if held + #seats > limit then return { 'LIMIT' } end

local expires = math.min(now + life, latest)
for _, seat in ipairs(seats) do
  redis.call('SET', seat[5], hold_id, 'PX', int(expires - now))
  redis.call('ZADD', deadlines_key, int(expires), seat[1] .. '|' .. hold_id)
  redis.call('ZADD', user_key, int(expires), seat[1] .. '|' .. hold_id)
  if replaces then
    redis.call('ZREM', deadlines_key, seat[1] .. '|' .. old_id)
    redis.call('ZREM', user_key, seat[1] .. '|' .. old_id)
  end
end
redis.call('PEXPIRE', user_key, int(longest + DETAILS_LINGER_MS))
redis.call('HSET', details_key, 'user', user, 'event', ARGV[10], 'seats', ARGV[9], 'createdAt', int(now), 'expiresAt', int(expires), 'expiresAtLatest', int(latest))
redis.call('PEXPIRE', details_key, int(expires - now + DETAILS_LINGER_MS))
return { 'DONE', int(publish(shown_key, changes_key, seats, known)), int(now), int(expires), int(latest), replaces and '1' or '0' }
`);

/**
 * Ends a hold. With a hold to give back to, its seats go back there instead of becoming free (the second look found a seat claimed).
 * KEYS shown, changes, deadlines, details, user's seats, the other details, hold keys…
 * ARGV seats, known, hold id, user, '1' to end it whatever its mark says, hold to give back to or empty
 */
export const releaseScript = seatScript(`
local shown_key, changes_key, deadlines_key, details_key, user_key, back_details_key = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local seats = seats_from(ARGV[1], 7)
local known, hold_id, user, forced, back_id = tonumber(ARGV[2]), ARGV[3], ARGV[4], ARGV[5] == '1', ARGV[6]
if moved(shown_key, seats) then return { 'MOVED' } end
local now = now_ms()
local details = redis.call('HMGET', details_key, 'user', 'ended', 'expiresAt')
if not details[1] or (details[1] ~= user and not forced) then return { 'NONE' } end
if not forced and live_mark(details_key, now) then return { 'MARKED' } end

local back_seats = {}
local back_until = 0
if back_id ~= '' then
  local back = redis.call('HMGET', back_details_key, 'seats', 'expiresAt', 'ended')
  -- Not to a hold that its owner has released meanwhile: nobody would ever free those seats.
  if back[1] and tonumber(back[2]) > now and not back[3] then
    back_until = tonumber(back[2])
    for _, seat in ipairs(cjson.decode(back[1])) do back_seats[seat.seatId] = true end
  end
end
for _, seat in ipairs(seats) do
  if redis.call('GET', seat[5]) == hold_id then
    if back_seats[seat[1]] then
      redis.call('SET', seat[5], back_id, 'PX', int(back_until - now))
      redis.call('ZADD', deadlines_key, int(back_until), seat[1] .. '|' .. back_id)
      redis.call('ZADD', user_key, int(back_until), seat[1] .. '|' .. back_id)
    else
      redis.call('DEL', seat[5])
    end
  end
  redis.call('ZREM', deadlines_key, seat[1] .. '|' .. hold_id)
  redis.call('ZREM', user_key, seat[1] .. '|' .. hold_id)
end
local was_live = not details[2] and tonumber(details[3]) > now
if was_live then
  redis.call('HSET', details_key, 'ended', 'RELEASED', 'endedAt', int(now))
  redis.call('HDEL', details_key, 'mark')
end
return { 'DONE', int(publish(shown_key, changes_key, seats, known)), was_live and '1' or '0' }
`);

/**
 * Ends what is due. KEYS shown, changes, deadlines, hold keys… · ARGV seats, known, their hold ids as JSON, in the same order
 */
export const sweepScript = seatScript(`
local shown_key, changes_key, deadlines_key = KEYS[1], KEYS[2], KEYS[3]
local seats = seats_from(ARGV[1], 4)
local known, hold_ids = tonumber(ARGV[2]), cjson.decode(ARGV[3])
if moved(shown_key, seats) then return { 'MOVED' } end
local now = now_ms()
for i, seat in ipairs(seats) do
  local member = seat[1] .. '|' .. hold_ids[i]
  local score = redis.call('ZSCORE', deadlines_key, member)
  -- Refreshed since it was read as due: not ours to end.
  if score and tonumber(score) <= now then
    if redis.call('GET', seat[5]) == hold_ids[i] then redis.call('DEL', seat[5]) end
    redis.call('ZREM', deadlines_key, member)
  end
end
return { 'DONE', int(publish(shown_key, changes_key, seats, known)) }
`);

/** KEYS deadlines · ARGV most · the members that are due by Redis' clock */
export const dueScript = seatScript(`
return redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', int(now_ms()), 'LIMIT', 0, tonumber(ARGV[1]))
`);

/**
 * Moves the end of every seat at once, if the hold is whole. A mark says what for, and keeps others from ending it meanwhile.
 * KEYS details, deadlines, user's seats, hold keys…
 * ARGV hold id, user, seat ids as JSON, wanted life ms from now, how far beyond its latest end it may go ms, mark kind or empty, mark token, mark life ms
 */
export const extendScript = seatScript(`
local details_key, deadlines_key, user_key = KEYS[1], KEYS[2], KEYS[3]
local hold_id, user, seat_ids = ARGV[1], ARGV[2], cjson.decode(ARGV[3])
local wanted, beyond, kind, token, mark_life = tonumber(ARGV[4]), tonumber(ARGV[5]), ARGV[6], ARGV[7], tonumber(ARGV[8])
local now = now_ms()
local details = redis.call('HMGET', details_key, 'user', 'expiresAt', 'expiresAtLatest', 'ended')
if details[1] ~= user or details[4] or tonumber(details[2]) <= now then return { 'EXPIRED' } end
for i = 1, #seat_ids do
  if redis.call('GET', KEYS[3 + i]) ~= hold_id then return { 'EXPIRED' } end
end
local expires = math.max(tonumber(details[2]), math.min(now + wanted, tonumber(details[3]) + beyond))
for i, seat_id in ipairs(seat_ids) do
  redis.call('PEXPIRE', KEYS[3 + i], int(expires - now))
  redis.call('ZADD', deadlines_key, int(expires), seat_id .. '|' .. hold_id)
  redis.call('ZADD', user_key, int(expires), seat_id .. '|' .. hold_id)
end
redis.call('HSET', details_key, 'expiresAt', int(expires))
if kind ~= '' then redis.call('HSET', details_key, 'mark', kind .. ':' .. token .. ':' .. int(now + mark_life)) end
redis.call('PEXPIRE', details_key, int(expires - now + DETAILS_LINGER_MS))
return { 'DONE', int(expires) }
`);

/** Takes the mark off, if it is still this one. KEYS details · ARGV kind, token or empty for any */
export const unmarkScript = seatScript(`
local mark = redis.call('HGET', KEYS[1], 'mark')
local prefix = ARGV[1] .. ':'
if ARGV[2] ~= '' then prefix = prefix .. ARGV[2] .. ':' end
if mark and string.sub(mark, 1, #prefix) == prefix then redis.call('HDEL', KEYS[1], 'mark') end
return 1
`);

/** Puts an event on the sweepers' list, for as long as a hold placed now could live. KEYS hold-events · ARGV event id, life ms */
export const listEventScript = seatScript(`
return redis.call('ZADD', KEYS[1], 'GT', int(now_ms() + tonumber(ARGV[2])), ARGV[1])
`);

/** Takes events off it whose holds must all have ended. KEYS hold-events · ARGV linger ms */
export const forgetEventsScript = seatScript(`
return redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', int(now_ms() - tonumber(ARGV[1])))
`);

/** Notes a hold under its user, for as long as it could live, and drops what cannot live any more. KEYS user-hold-ids · ARGV hold id, life ms */
export const noteUserHoldScript = seatScript(`
local now = now_ms()
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', int(now))
redis.call('ZADD', KEYS[1], int(now + tonumber(ARGV[2])), ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
`);
