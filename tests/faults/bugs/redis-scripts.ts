import type { RedisClient } from '../../../kit/runtime/redis.ts';

const CONFLICTS = "if #conflicts > 0 then return { 'CONFLICT', cjson.encode(conflicts) } end";
const STATUS = 'local function status_of(seat)\n';

export const isHoldScript = (lua: string): boolean => lua.includes("return { 'LIMIT' }");
const isReleaseScript = (lua: string): boolean => lua.includes("return { 'MARKED' }");

/** A bug whose place in the script is gone would be no bug any more, and look like one that nobody notices. */
function replaced(lua: string, from: string, to: string): string {
  if (!lua.includes(from)) throw new Error(`The script has changed; there is no "${from}" in it.`);
  return lua.replace(from, to);
}

export const insteadOf = {
  /** A hold is placed whatever stands there. */
  conflicts: (lines: string) => (lua: string) => (isHoldScript(lua) ? replaced(lua, CONFLICTS, lines) : lua),
  /** What a hold lets go is published with a status that nobody has computed. */
  freedStatus: (lines: string) => (lua: string) => (isReleaseScript(lua) ? replaced(lua, STATUS, `${STATUS}${lines}\n`) : lua),
};

/** The same connection, with other scripts, or with something that happens before one of them. */
export function rewritingScripts(
  redis: RedisClient,
  change: { rewrite?: (lua: string) => string; before?: (lua: string) => Promise<void> },
): RedisClient {
  const evaluate = async (lua: string, ...rest: [number, ...(string | number)[]]): Promise<unknown> => {
    await change.before?.(lua);
    return redis.eval(change.rewrite?.(lua) ?? lua, ...rest);
  };
  return new Proxy(redis, {
    get(target, name) {
      // The digest is of the script as it was.
      if (name === 'evalsha') return () => Promise.reject(new Error('NOSCRIPT of the test'));
      if (name === 'eval') return evaluate;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
