import { createScript } from './redis-script.ts';

/*
 * Each script is one atomic step. They share one way of publishing: every status is computed here and now, from the claims that the caller read and from
 * the hold keys as they are; no script ever publishes a constant. Between reading the claims and this moment another process may have changed a seat:
 * then its revision has moved, and the script does nothing and answers MOVED, so that the caller reads the claims again.
 *
 * Time is Redis' own, never an app's: two processes' clocks would disagree on whose hold has ended.
 */
const PRELUDE = `
local LOG_LENGTH = 2000
local LOG_LIFE_MS = 86400000

local function now_ms()
  local t = redis.call('TIME')
  return tonumber(t[1]) * 1000 + math.floor(tonumber(t[2]) / 1000)
end

-- tostring() would write 1.7e+12.
local function int(n) return string.format('%.0f', n) end

-- What was last shown of a seat: status and revision. A seat never shown has revision 0 and differs from everything.
local function shown(shown_key, seat)
  local value = redis.call('HGET', shown_key, seat)
  if not value then return false, 0 end
  local at = string.find(value, ':', 1, true)
  return string.sub(value, 1, at - 1), tonumber(string.sub(value, at + 1))
end

local function last_version(changes_key)
  local entry = redis.call('XREVRANGE', changes_key, '+', '-', 'COUNT', 1)
  if #entry == 0 then return 0 end
  return tonumber(string.match(entry[1][1], '^%d+'))
end

-- seats: { seatId, revision, claim, in the plan, key } as the caller read them, and which beginning of the map those revisions belong to: a map that was
-- begun anew has forgotten the others, and a seat never shown since looks like one never shown at all.
local function moved(shown_key, seats)
  if (redis.call('HGET', shown_key, '#begun') or '') ~= seats.begun then return true end
  for _, seat in ipairs(seats) do
    local _, revision = shown(shown_key, seat[1])
    if revision ~= seat[2] then return true end
  end
  return false
end

local function status_of(seat)
  if seat[3] == 'SOLD' then return 'RESERVED' end
  if seat[3] == 'PENDING' or redis.call('EXISTS', seat[5]) == 1 then return 'HELD' end
  if seat[4] == 'BLOCKED' then return 'BLOCKED' end
  return 'AVAILABLE'
end

-- The revision grows even where the status is the same: a slower publisher's claims are older than these.
local function publish(shown_key, changes_key, seats, known)
  local now = now_ms()
  local last = last_version(changes_key)
  local differing = {}
  for _, seat in ipairs(seats) do
    -- A map that has begun with another plan knows nothing of it.
    if seat[4] ~= 'GONE' then
      local status = status_of(seat)
      local before, revision = shown(shown_key, seat[1])
      redis.call('HSET', shown_key, seat[1], status .. ':' .. int(math.max(now, revision + 1)))
      if before ~= status then differing[#differing + 1] = { seat[1], status } end
    end
  end
  redis.call('PEXPIRE', shown_key, LOG_LIFE_MS)
  if #differing == 0 then return last end
  local version = math.max(now, last + 1, known + 1)
  redis.call('XADD', changes_key, 'MAXLEN', '~', LOG_LENGTH, int(version) .. '-0', 'previous', int(last), 'seats', cjson.encode(differing))
  redis.call('PEXPIRE', changes_key, LOG_LIFE_MS)
  return version
end

-- facts arrive as { begun, seats: [seatId, revision, claim, in the plan] }; the seats' hold keys stand in KEYS from first on.
local function seats_from(json, first)
  local facts = cjson.decode(json)
  local seats = facts.seats
  seats.begun = facts.begun
  for i, seat in ipairs(seats) do seat[5] = KEYS[first + i - 1] end
  return seats
end

-- A mark is "<kind>:<token>:<until>"; one that is over counts as none.
local function live_mark(details_key, now)
  local mark = redis.call('HGET', details_key, 'mark')
  if not mark then return nil end
  local kind, _, until_ms = string.match(mark, '^(%u+):([^:]*):(%d+)$')
  if kind and tonumber(until_ms) > now then return kind end
  return nil
end

local DETAILS_LINGER_MS = 900000
`;

/** A script behind what all of them share. */
export const seatScript = (lua: string): ReturnType<typeof createScript> => createScript(`${PRELUDE}\n${lua}`);
