/**
 * Each script is one atomic step on `sess:<sid>`, a hash: userId, tokenVersion, userAgent, createdAt, usedAt (ms), generation, current, previous
 * (hashes of secrets), recent (JSON list of those replaced lately), revoked. Time is Redis' own: auth's instances need not agree on theirs.
 */
const NOW = `
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
`;

// revoked stays for the life of an access token, so that a late refresh hears REVOKED; then the family is forgotten.
const END = `
local function endSession(sessionKey, revokedKey, sid, userId, life, channel, sessionsPrefix)
  redis.call('SET', revokedKey, '1', 'PX', life)
  redis.call('PUBLISH', channel, cjson.encode({ sid = sid }))
  if not userId then return end
  redis.call('HSET', sessionKey, 'revoked', '1')
  redis.call('PEXPIRE', sessionKey, life)
  redis.call('SREM', sessionsPrefix .. userId, sid)
end
`;

/** KEYS sess, user-sessions · ARGV sid, life ms, userId, tokenVersion, userAgent, hash of the secret → createdAt ms */
export const OPEN_SCRIPT = `${NOW}
redis.call('HSET', KEYS[1], 'userId', ARGV[3], 'tokenVersion', ARGV[4], 'userAgent', ARGV[5], 'createdAt', now, 'usedAt', now, 'generation', 1, 'current', ARGV[6])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
redis.call('SADD', KEYS[2], ARGV[1])
redis.call('PEXPIRE', KEYS[2], ARGV[2])
return now
`;

/**
 * KEYS sess, sess-seen, sess:rev · ARGV sid, presented hash, successor's hash, life ms, grace ms, revoked life ms, channel, user-sessions prefix, how long sess-seen is
 * certain to be kept ms → [result, generation, steps from the presented secret to the current one, current hash, ms left, userId, tokenVersion]
 */
export const ROTATE_SCRIPT = `${NOW}${END}
local family = redis.call('HMGET', KEYS[1], 'userId', 'generation', 'current', 'previous', 'recent', 'revoked', 'tokenVersion', 'usedAt')
local userId, generation, current, previous = family[1], tonumber(family[2]), family[3], family[4]
if not userId then return { 'NONE' } end
if family[6] then return { 'REVOKED' } end

local recent = {}
for _, entry in ipairs(cjson.decode(family[5] or '[]')) do
  if now - entry.at < tonumber(ARGV[5]) then table.insert(recent, entry) end
end

if ARGV[2] == current then
  table.insert(recent, { hash = current, generation = generation, at = now })
  if #recent > 64 then table.remove(recent, 1) end
  redis.call('HSET', KEYS[1], 'current', ARGV[3], 'previous', current, 'generation', generation + 1, 'recent', cjson.encode(recent), 'usedAt', now)
  redis.call('PEXPIRE', KEYS[1], ARGV[4])
  redis.call('PEXPIRE', ARGV[8] .. userId, ARGV[4])
  return { 'ROTATED', generation + 1, 1, ARGV[3], tonumber(ARGV[4]), userId, tonumber(family[7]) }
end

local steps = nil
for _, entry in ipairs(recent) do
  if entry.hash == ARGV[2] then steps = generation - entry.generation end
end
-- The answer that carried this generation may have been lost; once the router has met its access token it was not, and later nobody remembers.
local remembered = now - tonumber(family[8]) < tonumber(ARGV[9])
if not steps and ARGV[2] == previous and remembered and tonumber(redis.call('GET', KEYS[2]) or '0') < generation then steps = 1 end
if steps then
  redis.call('HSET', KEYS[1], 'usedAt', now)
  return { 'GRACE', generation, steps, current, redis.call('PTTL', KEYS[1]), userId, tonumber(family[7]) }
end

endSession(KEYS[1], KEYS[3], ARGV[1], userId, ARGV[6], ARGV[7], ARGV[8])
return { 'REUSE', generation }
`;

/** KEYS sess, sess:rev · ARGV sid, revoked life ms, channel, user-sessions prefix → 1 if it was alive */
export const END_SCRIPT = `${END}
local family = redis.call('HMGET', KEYS[1], 'userId', 'revoked')
endSession(KEYS[1], KEYS[2], ARGV[1], family[1], ARGV[2], ARGV[3], ARGV[4])
return (family[1] and not family[2]) and 1 or 0
`;

/** KEYS user-version · ARGV userId, version, life ms, channel. Only ever upwards: changes may be carried over in any order, any number of times. */
export const RAISE_SCRIPT = `
if tonumber(redis.call('GET', KEYS[1]) or '0') >= tonumber(ARGV[2]) then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
redis.call('PUBLISH', ARGV[4], cjson.encode({ userId = ARGV[1], version = tonumber(ARGV[2]) }))
return 1
`;
