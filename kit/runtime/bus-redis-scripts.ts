// The braces keep a stream, its mark and its dead letters in one Cluster slot: they change together.
export const streamKey = (source: string): string => `bus:{${source}}`;
export const markKey = (source: string): string => `outbox-mark:{${source}}`;
export const deadLettersKey = (source: string): string => `bus-dead:{${source}}`;

/** KEYS stream, mark · ARGV believed mark or empty, new mark, entries kept, event */
export const PUBLISH = `
if (redis.call('GET', KEYS[2]) or '') ~= ARGV[1] then return 0 end
redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[3], '*', 'event', ARGV[4])
redis.call('SET', KEYS[2], ARGV[2])
return 1`;

/** Whoever acknowledges it buries it: of two members that gave up at once only one. KEYS stream, dead letters · ARGV group, entry, kept, event, error */
export const BURY = `
if redis.call('XACK', KEYS[1], ARGV[1], ARGV[2]) == 0 then return 0 end
redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[3], '*', 'event', ARGV[4], 'group', ARGV[1], 'error', ARGV[5])
return 1`;

/**
 * Deleting a member deletes what is pending for it, so looking and deleting are one step. KEYS stream · ARGV group, idle for at least (ms), a member or
 * empty for all
 */
export const FORGET_MEMBERS = `
local forgotten = 0
for _, fields in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])) do
  local member = {}
  for i = 1, #fields, 2 do member[fields[i]] = fields[i + 1] end
  if member.pending == 0 and member.idle >= tonumber(ARGV[2]) and (ARGV[3] == '' or member.name == ARGV[3]) then
    redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], member.name)
    forgotten = forgotten + 1
  end
end
return forgotten`;
